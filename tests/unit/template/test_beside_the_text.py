"""What an author may write of pictures, calendar and the next step, and how a slip is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maintplan import template
from maintplan.errors import InputError

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


def written(folder: Path, **files: str) -> Path:
    """Return a copy of the pocket template with the good files, and the given ones in their place."""
    copy = folder / "pocket"
    shutil.copytree(POCKET, copy)
    for name, text in (GOOD | {f"{name}.yaml": text for name, text in files.items()}).items():
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
        ("pictures", "draw: stages", "draw: stagse", "unknown drawing 'stagse'; did you mean stages?"),
        (
            "pictures",
            "at: rollout.rollout-stages",
            "at: rollout.rollout-stage",
            "did you mean rollout.rollout-",
        ),
        ("pictures", "share: rollout", "shar: rollout", "unknown role 'shar'; did you mean share?"),
        ("pictures", "stages.percent", "stages.percents", "unknown column 'percents'"),
        ("pictures", "kinds: [task]", "kinds: [tasks]", "task"),
        ("calendar", "[2h]", "[soon]", "soon"),
        ("calendar", "remind: {task", "remind: {tasks", "task"),
        ("calendar", "recovery.interval:", "recovery.intervall:", "did you mean recovery.interval?"),
        ("calendar", "recovery.interval:", "recovery.rto:", "recovery.rto is a duration"),
        ("calendar", "lasts: rto", "lasts: keeps", "keeps is a boolean; name a duration"),
        ("calendar", "lasts: rto", "lasts: rtoo", "did you mean rto?"),
        ("calendar", "lasts: rto", "until: rto", "recovery.interval is a schedule"),
        ("handover", "alert-rules", "alert-rule", "unknown input 'alert-rule'; did you mean alert-rules?"),
        ("handover", "recovery.rto", "recovery.rtoo", "did you mean recovery.rto?"),
        ("handover", "shows: state", "shows: all", "shows"),
        ("handover", "next: The next one", "", "next"),
    ],
)
def test_a_slip_is_refused_with_its_file_and_mend(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    text = GOOD[f"{name}.yaml"]
    assert old in text
    with pytest.raises(InputError) as refused:
        template.load(written(tmp_path, **{name: text.replace(old, new, 1)}))
    assert said in str(refused.value)
    assert f"{name}.yaml:" in str(refused.value)


def test_a_document_shows_pictures_that_there_are(tmp_path: Path) -> None:
    text = "doc: {title: Doc, sections: [{show: stages, from: [rollout.stages], picture: stagse}]}"
    with pytest.raises(InputError, match="unknown picture 'stagse'; did you mean stages"):
        template.load(written(tmp_path, deliverables=text))
