"""`maintplan diff`: what changed between two plans, in words that a reviewer reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from maintplan import resources, store
from maintplan.plan import edits

Call = Callable[..., CompletedProcess[str]]
EXAMPLE = (resources.example() / "plan.yaml").read_text(encoding="utf-8")
RTO = "recovery.system-recovery-procedures.rto"
STAGES = "rollout.phased-feature-rollout-strategy.stages"


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The example's plan, and a later copy of it in which several things are different."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text(EXAMPLE, encoding="utf-8")
    file = store.open("b.yaml")
    plan = edits.answer(file.plan, RTO, "9h")
    plan = edits.own(plan, "recovery.system-recovery-procedures", "ops <b>lead</b>")
    plan = edits.respond(plan, "recovery", "One line.\nAnother | line.")
    rows = [{"name": "first", "percent": 1}, {"name": "all", "percent": 100}]
    plan = edits.answer(plan, STAGES, rows)
    file.save(plan)
    return "a.yaml", "b.yaml"


def test_two_equal_plans_have_no_differences(call: Call, changed: tuple[str, str]) -> None:
    done = call("diff", changed[0], changed[0])
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == "no differences"


def test_a_reader_is_told_the_question_the_label_and_both_values(
    call: Call, changed: tuple[str, str]
) -> None:
    done = call("diff", *changed)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())  # a line breaks where the terminal ends
    assert "revision 1 (a.yaml) → directory, revision 2 (b.yaml)" in said
    assert "→ 9 hours" in said
    assert RTO in said


def test_json_is_what_its_schema_says_and_nothing_else(call: Call, changed: tuple[str, str]) -> None:
    done = call("diff", *changed, "--format", "json")
    data: Any = json.loads(done.stdout)
    schema = json.loads((resources.root() / "templates" / "schemas" / "diff.json").read_text())
    Draft202012Validator(schema).validate(data)
    found = {each["place"]: each for each in data["differences"]}
    assert (found[RTO]["kind"], found[RTO]["new"]) == ("changed", "9h")
    assert any(place.startswith(f"{STAGES}[first]") for place in found)
    assert data["b"]["revision"] == data["a"]["revision"] + 1


def test_the_other_way_round_old_and_new_change_places(call: Call, changed: tuple[str, str]) -> None:
    there: Any = json.loads(call("diff", *changed, "--format", "json").stdout)["differences"]
    back: Any = json.loads(call("diff", *reversed(changed), "--format", "json").stdout)["differences"]
    one = {each["place"]: (each["old"], each["new"]) for each in there if each["kind"] == "changed"}
    other = {each["place"]: (each["new"], each["old"]) for each in back if each["kind"] == "changed"}
    assert one == other


def test_markdown_shows_what_a_person_wrote_as_text(call: Call, changed: tuple[str, str]) -> None:
    text = call("diff", *changed, "--format", "markdown").stdout
    assert text.startswith("# directory: what changed\n")
    assert "| What | Before | Now |" in text
    assert "<b>lead" not in text.replace("\\<b>lead", "")
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") == 4


def test_a_renamed_row_is_one_difference(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text(EXAMPLE, encoding="utf-8")
    file = store.open("b.yaml")
    table = "runbook.emergency-response-procedures.contacts"
    name = file.plan.answers[table].value[0]["name"]  # type: ignore[union-attr]
    file.save(edits.rename_row(file.plan, table, name, "night desk"))
    data: Any = json.loads(call("diff", "a.yaml", "b.yaml", "--format", "json").stdout)
    kinds = [each["kind"] for each in data["differences"]]
    assert kinds.count("renamed") == 1
    assert set(kinds) <= {"renamed", "changed"}
    assert "now called night desk" in call("diff", "a.yaml", "b.yaml").stdout
