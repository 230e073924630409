"""`maintplan run --set` and `--answers`, up to the parameters with which the notebook is executed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from maintplan import headless as execution
from maintplan import session, store
from maintplan.errors import MaintplanError
from maintplan.interview import headless
from maintplan.plan import Given, Plan

Call = Callable[..., CompletedProcess[str]]
DATA = Path(__file__).parents[2] / "data"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
STAGES, GATES = "rollout.rollout-stages.stages", "rollout.rollout-stages.gates"
PLAN = (DATA / "store" / "plan.yaml").read_text(encoding="utf-8")


class Stopped(MaintplanError):
    """Stands for the notebook, whose parameters are all that is asked here."""


@pytest.fixture
def after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> Callable[..., Plan]:
    """Give the plan as it is after a call with these options."""
    monkeypatch.setenv("MAINTPLAN_TEMPLATES", str(DATA))
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_text(PLAN, encoding="utf-8")
    given: list[Mapping[str, Any]] = []

    def execute(_: Path, parameters: Mapping[str, Any], **_options: Any) -> None:
        given.append(parameters)
        raise Stopped("")

    monkeypatch.setattr(execution, "execute", execute)

    def called(*options: str) -> Plan:
        done = call("run", "plan.yaml", "-o", "out", *options)
        assert given, done.stderr
        answers = session.parameters(given.pop()).answers
        return headless.drive(store.open("plan.yaml").plan, answers=answers, when=NOW)

    return called


def rows(plan: Plan, place: str) -> list[dict[str, Any]]:
    answer = plan.answers[place]
    assert isinstance(answer, Given)
    return list(answer.value)


def test_a_cell_is_set_and_its_row_and_the_others_stay(after: Callable[..., Plan]) -> None:
    found = rows(after("--set", f"{STAGES}[canary].percent=10"), STAGES)
    assert found[0] == {"name": "canary", "percent": 10, "bake_time": "120m", "gate": "errors"}
    assert found[1]["name"] == "everyone"


def test_several_cells_of_one_table_are_set_together(after: Callable[..., Plan]) -> None:
    plan = after(
        f"--set={STAGES}[canary].percent=10",
        f"--set={STAGES}[everyone].bake_time=1d",
        "--set=rollout.stages[everyone]={name: everyone, percent: 90}",
    )
    assert [each["percent"] for each in rows(plan, STAGES)] == [10, 90]


def test_renaming_a_row_renames_its_references(after: Callable[..., Plan]) -> None:
    plan = after("--set", f"{GATES}[errors].gate=error rate")
    assert [each["gate"] for each in rows(plan, STAGES)] == ["error rate", "error rate"]


def test_an_equals_sign_belongs_to_the_value_and_to_a_name_in_quotes(after: Callable[..., Plan]) -> None:
    plan = after("--set", f"{GATES}[errors].threshold=a=b==c")
    assert rows(plan, GATES)[0]["threshold"] == "a=b==c"
    Path("plan.yaml").write_text(PLAN.replace("gate: errors", 'gate: "a=b"'), encoding="utf-8")
    assert rows(after("--set", f'{GATES}["a=b"].threshold=5'), GATES)[0] == {"gate": "a=b", "threshold": "5"}


def test_what_is_set_goes_over_a_file_of_answers(after: Callable[..., Plan]) -> None:
    text = "rollout:\n  considerations:\n    rollout-stages:\n      gates: [{gate: delay}, {gate: load}]\n"
    Path("more.yaml").write_text(text, encoding="utf-8")
    plan = after("--answers", "more.yaml", "--set", f"{GATES}[load].threshold=90 %")
    assert rows(plan, GATES) == [{"gate": "delay"}, {"gate": "load", "threshold": "90 %"}]


@pytest.mark.parametrize("word", ["recovery.rto", "recovery.rto=", "recovery.rto= ", "=4h"])
def test_what_sets_nothing_is_refused(after: Callable[..., Plan], call: Call, word: str) -> None:
    del after
    done = call("run", "plan.yaml", "-o", "out", "--set", word)
    assert done.returncode == 2
    assert "sets nothing; write PLACE=VALUE; to take an answer back, delete it in the plan" in done.stderr
