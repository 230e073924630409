"""Opening a plan: what is no plan is refused in one line, with its place and the mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maintplan import store
from maintplan.errors import InputError, MaintplanError
from maintplan.plan import document, edits

POCKET = Path(__file__).parents[2] / "data" / "pocket"
STAGES = "rollout.rollout-stages.stages"
RTO = "recovery.recovery-targets.rto"

HEAD = "maintplan: 1\ntemplate: {name: pocket}\nservice: {name: notes}\n"
FIELD = HEAD + "answers:\n  recovery:\n    considerations:\n      recovery-targets:\n"


def cell(row: str) -> str:
    stages = "answers:\n  rollout:\n    considerations:\n      rollout-stages:\n        stages:\n"
    return f"{HEAD}{stages}          - {row}\n"


BAD: dict[str, tuple[Callable[[], str | bytes], int | None, str]] = {
    "not YAML": (lambda: HEAD + "answers: {a: ]\n", 4, "syntax"),
    "empty": (lambda: "", None, "empty"),
    "50 MB": (lambda: HEAD + "x: " + "y" * 50_000_000, None, "larger than 2 MB"),
    "an anchor bomb": (lambda: HEAD + "answers: &a {x: 1}\nactions: [*a, *a]\n", 4, "anchor"),
    "100,000 nested brackets": (lambda: HEAD + "answers: " + "[" * 100_000, 4, "deep"),
    "a Python tag": (lambda: HEAD + "revision: !!python/object:os.system x\n", 4, "tag"),
    "a duplicate key": (lambda: HEAD + "template: {name: other}\n", 4, "template"),
    "Latin-1": (lambda: HEAD.encode() + "# f\u00fcr\n".encode("latin-1"), 4, "UTF-8"),
    "an unknown key": (lambda: HEAD + "anwers: {}\n", 4, "did you mean answers?"),
    "a word for a number": (lambda: HEAD + "revision: many\n", 4, "whole number"),
    "a list for a mapping": (lambda: HEAD + "answers: [1]\n", 4, "mapping"),
    "no duration": (lambda: FIELD + "        rto: soon\n", 8, RTO),
    "an unknown field": (lambda: FIELD + "        rt: 4h\n", 8, "did you mean rto?"),
    "an unknown column": (lambda: cell("{name: canary, percnt: 14}"), 9, "did you mean percent?"),
    "a percent of 140": (
        lambda: cell("{name: canary, percent: 140}"),
        9,
        f"{STAGES}[canary].percent: '140' is not a percent",
    ),
    "a date that is none": (
        lambda: FIELD + "        not_known_yet: {due: 2026-02-30}\n",
        8,
        "such as 2026-12-01",
    ),
    "an unknown template": (lambda: HEAD.replace("pocket", "pocked"), 2, "did you mean pocket?"),
    "a template path": (lambda: HEAD.replace("pocket", "a/b"), 2, "a/b"),
    "an unknown layer": (lambda: HEAD + "layers: [acme]\n", 4, "acme"),
    "a newer format": (lambda: HEAD.replace("maintplan: 1", "maintplan: 2"), 1, "update maintplan"),
    "no template": (lambda: HEAD.replace("template: {name: pocket}", "layers: []"), None, "add template"),
    "a list": (lambda: "- a\n", 1, "mapping"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_with_its_place_and_leaves_the_file(folder: Path, name: str) -> None:
    make, line, words = BAD[name]
    text = make()
    path = folder / "plan.yaml"
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        store.open("plan.yaml")
    error = caught.value
    assert "\n" not in str(error)
    assert str(error).startswith("plan.yaml")
    if line is not None:
        assert error.where.line == line
    assert words in str(error)
    assert error.mend
    assert path.read_bytes() == data


def test_a_folder_is_no_plan(folder: Path) -> None:
    with pytest.raises(InputError, match="this is a folder; name a file in it"):
        store.open(folder)


def test_another_template_than_the_plans_own_is_refused(written: Path, folder: Path) -> None:
    (folder / "other.md").write_text((POCKET / "template.md").read_text())
    with pytest.raises(InputError, match="written for pocket, not for other; leave the template out"):
        store.open(written, template="other.md")
    assert store.open(written, template="pocket").plan.template.name == "pocket"


def test_a_plan_of_a_bare_markdown_template_beside_it_opens_again(folder: Path) -> None:
    (folder / "My Bank.md").write_text((POCKET / "template.md").read_text())
    path = folder / "plan.yaml"
    file = store.open(path, template="My Bank.md")
    file.save(edits.answer(file.plan, "recovery.backups.text", "nightly"))
    assert store.open(path).plan == file.plan


def test_what_a_newer_template_moved_is_moved_in_the_file_too(folder: Path) -> None:
    for each in POCKET.iterdir():
        (folder / "pocket").mkdir(exist_ok=True)
        (folder / "pocket" / each.name).write_bytes(each.read_bytes())
    path = folder / "plan.yaml"
    path.write_text(FIELD + "        rto: 4h   # agreed\n        rpo: 15m\n")
    bank = folder / "pocket"
    (bank / "template.yaml").write_text('name: pocket\nversion: "2"\n')
    (bank / "changes.yaml").write_text('"2":\n  - renamed: {from: recovery.rto, to: recovery.restore}\n')
    for name in ("fields.yaml", "recommendations.yaml"):
        text = (bank / name).read_text()
        (bank / name).write_text(text.replace("rto:", "restore:").replace("recovery.rto", "recovery.restore"))
    file = store.open(path)
    restore = "recovery.recovery-targets.restore"
    assert document.to_data(file.plan)["answers"]["recovery"]["considerations"]["recovery-targets"] == {
        "restore": "4h",
        "rpo": "15m",
    }
    saved = file.save(edits.answer(file.plan, restore, "2h"))
    text = path.read_text()
    assert "rto" not in text
    assert "restore: 2h" in text
    assert store.open(path).plan == saved


@pytest.mark.parametrize("name", ["plan.yaml", "plan.yml", "plan"])
def test_any_file_name_will_do(folder: Path, name: str) -> None:
    file = store.open(folder / name, template="pocket")
    file.save(file.plan, create=True)
    assert store.open(folder / name).plan == file.plan


def test_every_error_is_one_that_a_person_can_mend(folder: Path) -> None:
    with pytest.raises(MaintplanError):
        store.open("plan\0.yaml")
