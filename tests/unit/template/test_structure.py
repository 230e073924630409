"""What an author may write into a template's YAML files, and how a slip is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maintplan import template
from maintplan.errors import InputError
from maintplan.plan import Plan, Service, edits, stand

POCKET = Path(__file__).parents[2] / "data" / "pocket"
GOOD = {
    "pictures.yaml": """
stages: {draw: stages, at: rollout.rollout-stages, from: {share: rollout.stages.percent}}
week: {draw: calendar, kinds: [task]}
""",
    "calendar.yaml": """
remind: {task: [2h], drill: [1w, 1d]}
items:
  recovery.interval: {kind: task, title: "Backup of {label}", lasts: rto}
""",
    "handover.yaml": """
next: The next one
needs: [{need: Rules, inputs: [alert-rules], answers: [recovery.rto], shows: state}]
""",
}


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of the pocket template, and of the good files with it, with one text replaced in one."""
    copy = written(folder)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def written(folder: Path, **files: str) -> Path:
    """Return a copy of the pocket template with the good files, and with the given ones."""
    copy = folder / "pocket"
    shutil.copytree(POCKET, copy)
    for name, text in {**GOOD, **{f"{name}.yaml": text for name, text in files.items()}}.items():
        (copy / name).write_text(text, encoding="utf-8")
    return copy


def test_what_is_right_is_read(tmp_path: Path) -> None:
    bank = template.load(written(tmp_path))
    assert [(each.id, each.kind, each.kinds) for each in bank.pictures] == [
        ("stages", "stages", ()),
        ("week", "calendar", ("task",)),
    ]
    assert bank.dates.remind == {"task": ("2h",), "drill": ("1w", "1d")}
    assert bank.dates.items["recovery.interval"].lasts == "rto"
    assert (bank.next.title, bank.next.needs[0].inputs) == ("The next one", ("alert-rules",))


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("fields.yaml", "kind: url", "kind: link", "unknown kind 'link'"),
        ("fields.yaml", "kind: boolean", "kind: choice", "a choice needs its options"),
        ("fields.yaml", "key: gate", "key: gaet", "unknown column 'gaet'; did you mean gate?"),
        (
            "fields.yaml",
            "to: rollout.gates, label: First",
            "to: rollout.gate, label: First",
            "unknown table",
        ),
        (
            "fields.yaml",
            "when: rollout.published",
            "when: rollout.publish",
            "did you mean rollout.published?",
        ),
        ("fields.yaml", "when: rollout.published", "when: recovery.rto > 3", "does not compile"),
        (
            "fields.yaml",
            "when: rollout.published",
            "when: has(rollout.published)",
            "write rollout.published.given",
        ),
        ("fields.yaml", "  release-notes:", "  release-note:", "did you mean release-notes?"),
        ("fields.yaml", "asked: {tier: 2}", "asked: {tier: 4}", "tier"),
        ("fields.yaml", "label: Notes", "labl: Notes", "did you mean label?"),
        ("fields.yaml", "label: Notes}", "label: Notes, min: 3, max: 1}", "above the largest"),
        ("fields.yaml", "note: {kind", "owner: {kind", "can't be the id of a field"),
        ("fields.yaml", "note: {kind: markdown", "rto: {kind: markdown", "rto stands twice"),
        ("recommendations.yaml", "at: recovery.rto", "at: recovery.rtp", "unknown field 'recovery.rtp'"),
        ("recommendations.yaml", "2: 4h", "2: four hours", "four hours"),
        ("recommendations.yaml", "  source: own judgement\n- at", "- at", "source"),
        ("approvals.yaml", "3: [service-owner]", "3: [serviceowner]", "did you mean service-owner?"),
        ("approvals.yaml", ", 3: [service-owner]", "", "nobody says Yes for tier 3"),
        ("template.yaml", "name: pocket", "nam: pocket", "did you mean name?"),
        ("pictures.yaml", "draw: stages", "draw: stagse", "unknown drawing 'stagse'; did you mean stages?"),
        (
            "pictures.yaml",
            "at: rollout.rollout-stages",
            "at: rollout.rollout-stage",
            "did you mean rollout.rollout-",
        ),
        ("pictures.yaml", "share: rollout", "shar: rollout", "unknown role 'shar'; did you mean share?"),
        ("pictures.yaml", "stages.percent", "stages.percents", "unknown column 'percents'"),
        ("pictures.yaml", "kinds: [task]", "kinds: [tasks]", "task"),
        ("calendar.yaml", "[2h]", "[soon]", "soon"),
        ("calendar.yaml", "remind: {task", "remind: {tasks", "task"),
        ("calendar.yaml", "recovery.interval:", "recovery.intervall:", "did you mean recovery.interval?"),
        ("calendar.yaml", "recovery.interval:", "recovery.rto:", "recovery.rto is a duration"),
        ("calendar.yaml", "lasts: rto", "lasts: keeps", "keeps is a boolean; name a duration"),
        ("calendar.yaml", "lasts: rto", "lasts: rtoo", "did you mean rto?"),
        ("calendar.yaml", "lasts: rto", "until: rto", "recovery.interval is a schedule"),
        (
            "handover.yaml",
            "alert-rules",
            "alert-rule",
            "unknown input 'alert-rule'; did you mean alert-rules?",
        ),
        ("handover.yaml", "recovery.rto", "recovery.rtoo", "did you mean recovery.rto?"),
        ("handover.yaml", "shows: state", "shows: all", "shows"),
        ("handover.yaml", "next: The next one", "", "next"),
    ],
)
def test_a_slip_is_refused_with_file_line_and_mend(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    copy = changed(tmp_path, name, old, new)
    with pytest.raises(InputError) as caught:
        template.load(copy)
    assert said in str(caught.value)
    problems = [*getattr(caught.value, "problems", ()), caught.value]
    assert all(each.mend for each in problems)
    said_of = {each.where.line for each in problems if each.where.file == str(copy / name)}
    text = (copy / name).read_text(encoding="utf-8")
    slip = text[: text.index(new) + len(new.rstrip()) - 1].count("\n") + 1
    assert said_of & {slip, slip - 2}, "the slip's line, or that of the entry it stands in"


def test_tables_that_refer_to_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    circle = "threshold: {kind: reference, to: rollout.stages, label: Threshold}"
    copy = changed(tmp_path, "fields.yaml", "threshold: {kind: text, label: Threshold}", circle)
    with pytest.raises(InputError, match=r"tables refer to each other in a circle: .*rollout\.gates"):
        template.load(copy)


def test_conditions_that_wait_for_each_other_are_refused(tmp_path: Path) -> None:
    old = "published: {kind: boolean,"
    copy = changed(tmp_path, "fields.yaml", old, f"{old} when: rollout.where.given,")
    with pytest.raises(InputError, match=r"conditions wait for each other: .*release-notes"):
        template.load(copy)


def test_markdown_alone_has_one_role_and_no_documents_of_its_own() -> None:
    bank = template.load(POCKET / "template.md")
    assert bank.approvals.by_tier[1] == ("service-owner",)
    assert [each.id for each in bank.questions] == ["rollout", "recovery"]
    assert bank.deliverables == ()


def test_a_condition_may_stand_on_a_whole_consideration(tmp_path: Path) -> None:
    copy = changed(
        tmp_path, "fields.yaml", "    backups:\n", "    backups:\n      when: recovery.rto.given\n"
    )
    plan = Plan(template.load(copy), Service(name="notes", tier=3))
    assert stand(plan).considerations["recovery.backups"] == "not_asked"
    answered = edits.answer(plan, "recovery.rto", "4h")
    assert stand(answered).considerations["recovery.backups"] == "missing"
    none = edits.say_none(plan, "recovery.rto", "Nobody waits for it.")
    assert stand(none).considerations["recovery.backups"] == "not_asked"


def test_a_document_shows_pictures_that_there_are(tmp_path: Path) -> None:
    text = "doc: {title: Doc, sections: [{show: stages, from: [rollout.stages], picture: stagse}]}"
    with pytest.raises(InputError, match="unknown picture 'stagse'; did you mean stages"):
        template.load(written(tmp_path, deliverables=text))
