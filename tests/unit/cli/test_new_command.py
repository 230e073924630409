"""`maintplan new`: a plan file that somebody goes on with in an editor."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from maintplan import resources, store
from maintplan.errors import MaintplanError
from maintplan.plan import Given, Plan, edits, stand

Call = Callable[..., CompletedProcess[str]]
EXAMPLE = resources.example() / "plan.yaml"
WAITING = re.compile(r"^( *)# (.*)$")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def begun(call: Call, *words: object) -> Path:
    done = call("new", "checkout", *words)
    assert done.returncode == 0, done.stderr
    return Path("plan.yaml")


def taken(text: str, lines: set[int] | None = None) -> str:
    """Return the text with the "# " taken away from lines that wait; without numbers, from all of them."""
    found = []
    for number, line in enumerate(text.split("\n")):
        wanted = number > 0 and (lines is None or number in lines)  # the first is for editors
        found.append(WAITING.sub(r"\1\2", line) if wanted else line)
    return "\n".join(found)


def waiting(text: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n")) if number and WAITING.match(line)]


def opened(path: Path) -> Plan:
    return store.open(path).plan


def test_a_new_plan_is_valid_and_holds_no_answer_yet(call: Call) -> None:
    done = call("new", "checkout", "--tier", "1", "--stage", "beta")
    assert done.stdout.splitlines()[0].startswith("wrote plan.yaml: 21 fields asked of tier 1 in beta")
    plan = opened(Path("plan.yaml"))
    assert (plan.service.name, plan.service.tier, plan.service.stage) == ("checkout", 1, "beta")
    assert (plan.answers, plan.revision) == ({}, 1)


def test_it_asks_for_what_it_is_not_told_by_the_usual_values(call: Call) -> None:
    plan = opened(begun(call))
    assert (plan.service.tier, plan.service.stage) == (2, "production")


@pytest.mark.parametrize("stage", ["prototype", "production", "retiring"])
@pytest.mark.parametrize("tier", [1, 2, 3])
def test_all_that_is_asked_stands_there_and_taking_away_every_mark_leaves_a_valid_plan(
    call: Call, tier: int, stage: str
) -> None:
    path = begun(call, "--tier", tier, "--stage", stage)
    text = path.read_text(encoding="utf-8")
    asked = [each for each in opened(path).template.fields.values() if each.asks(tier, stage)]
    assert all(re.search(rf"^ +(?:# )?{each.id}:", text, re.MULTILINE) for each in asked)
    path.write_text(taken(text), encoding="utf-8")
    plan = opened(path)
    recommended = [each for each in asked if each.recommendation and tier in each.recommendation.by_tier]
    assert recommended
    for each in recommended:
        assert plan.answers[each.place] == Given(each.recommendation.by_tier[tier])  # type: ignore[union-attr]
        assert stand(plan).fields[each.place].state in {"decided", "set_aside", "not_asked"}
    assert {name: each.status for name, each in plan.inputs.items()}
    assert all(item.status == "planned" for items in plan.cross_cutting.values() for item in items.values())  # type: ignore[union-attr]


def test_taking_away_any_one_mark_leaves_a_valid_plan(call: Call) -> None:
    path = begun(call, "--tier", 2)
    text = path.read_text(encoding="utf-8")
    lines = waiting(text)
    wrong = []
    for number in random.Random(16).sample(lines, 25):  # noqa: S311 - which lines are tried is no secret
        path.write_text(taken(text, {number}), encoding="utf-8")
        try:
            opened(path)
        except MaintplanError as error:
            wrong.append((text.split("\n")[number], str(error)))
    assert not [each for each in wrong if not _goes_on(text, each[0])]


def _goes_on(text: str, line: str) -> bool:
    """Whether a line is one of several of the same value, which only make sense together."""
    lines = text.split("\n")
    return any("|" in other and lines.index(other) < lines.index(line) for other in lines if "|" in other)


def test_comments_and_marks_that_wait_survive_later_saves(call: Call) -> None:
    path = begun(call, "--tier", 2)
    text = path.read_text(encoding="utf-8")
    first = next(n for n, line in enumerate(text.split("\n")) if "# rto:" in line)
    path.write_text(taken(text, {first}), encoding="utf-8")
    by_hand = path.read_text(encoding="utf-8")
    file = store.open(path)
    file.save(edits.answer(edits.answer(file.plan, "recovery.rpo", "10m"), "runbook.coverage", "24x7"))
    after = path.read_text(encoding="utf-8")
    kept = [line for line in by_hand.split("\n") if line.lstrip().startswith("#")]
    gone = [line for line in kept if line not in after.split("\n")]
    assert [line for line in gone if "rpo" not in line and "coverage" not in line] == []
    assert {"rpo", "coverage"} <= {each.rpartition(".")[2] for each in opened(path).answers}
    assert opened(path).answers["recovery.system-recovery-procedures.rto"] == Given("4h")
    again = store.open(path)
    again.save(edits.clear(again.plan, "recovery.rpo"))
    assert [line for line in kept if "##" in line and line not in path.read_text().split("\n")] == []


def test_editors_find_the_schema_and_it_accepts_the_plan(call: Call) -> None:
    path = begun(call, "--tier", 3, "--stage", "prototype")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=maintenance-rollout.schema.json\n")
    schema = json.loads(Path("maintenance-rollout.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for each in (text, taken(text)):
        Draft202012Validator(schema).validate(json.loads(json.dumps(yaml.safe_load(each), default=str)))
    wrong = yaml.safe_load(text) | {"revison": 3}
    assert list(Draft202012Validator(schema).iter_errors(wrong))


def test_a_file_or_schema_of_somebody_else_is_left_alone(call: Call) -> None:
    Path("plan.yaml").write_text("theirs\n")
    assert call("new", "checkout").returncode == 2
    assert Path("plan.yaml").read_text() == "theirs\n"
    Path("maintenance-rollout.schema.json").write_text("{}")
    done = call("new", "checkout", "-o", "other.yaml")
    assert (done.returncode, Path("maintenance-rollout.schema.json").read_text()) == (0, "{}")
    assert "maintplan did not write it" in done.stdout


def test_answers_of_another_plan_are_copied_and_wait_to_be_confirmed(call: Call) -> None:
    shutil.copy(EXAMPLE, "directory.yaml")
    other = opened(Path("directory.yaml"))
    done = call("new", "checkout", "--tier", other.service.tier, "--from", "directory.yaml")
    assert done.returncode == 0, done.stderr
    assert "each to be confirmed" in done.stdout
    plan = opened(Path("plan.yaml"))
    assert plan.service.name == "checkout"
    assert len(plan.answers) > 50
    assert plan.rounds == ()
    assert plan.accepted_risks == ()
    assert {each.source for each in plan.provenance.values()} == {"copied"}
    assert "to_confirm" in {each.state for each in stand(plan).fields.values()}
    text = Path("plan.yaml").read_text(encoding="utf-8")
    Path("plan.yaml").write_text(taken(text), encoding="utf-8")
    opened(Path("plan.yaml"))


def test_a_markdown_file_is_template_enough(call: Call) -> None:
    words = resources.planning_templates() / "maintenance-rollout" / "template.md"
    shutil.copy(words, "ours.md")
    path = begun(call, "--template", "ours.md")
    text = path.read_text(encoding="utf-8")
    assert len(waiting(text)) > 60
    plan = opened(path)
    assert plan.template.name == "ours"
    assert stand(plan).count().asked == 60


@pytest.mark.parametrize("name", ["no", "1.10", "a: b", "# x", "Größe 🎉", "'q\"", "x" * 200, "- y"])
def test_any_name_of_a_service_comes_out_as_it_was_given(call: Call, name: str) -> None:
    done = call("new", "-o", "plan.yaml", "--", name)
    assert done.returncode == 0, done.stderr
    assert opened(Path("plan.yaml")).service.name == name


def test_a_terminal_is_asked_for_tier_and_stage(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    answers = iter(["7", "1", "live", "beta"])

    def prompt(question: str) -> str:
        said.append(question)
        return next(answers)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", prompt)
    plan = opened(begun(call))
    assert (plan.service.tier, plan.service.stage) == (1, "beta")
    assert len(said) == 4
