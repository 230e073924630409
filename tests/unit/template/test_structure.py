"""What an author may write into a template's YAML files, and how a slip is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maintplan import template
from maintplan.errors import InputError
from maintplan.plan import Plan, Service, edits, stand

POCKET = Path(__file__).parents[2] / "data" / "pocket"


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of the pocket template with one text replaced in one file."""
    copy = folder / "pocket"
    shutil.copytree(POCKET, copy)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


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
