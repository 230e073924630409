"""Conditions in CEL: typed names, wrong ones refused with their line, missing values waited for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from maintplan import fields
from maintplan.errors import InputError, Where
from maintplan.expressions import Expression, Missing, Scope

WHERE = Where("fields.yaml", 12, "rollout.stages")
SCOPE = Scope(
    {
        "rollout.strategy": fields.Spec(kind="choice", id="strategy", options={"canary": "Canary"}),
        "rollout.stages": fields.Spec(
            kind="table",
            id="stages",
            key="name",
            columns=(fields.Spec(kind="text", id="name"), fields.Spec(kind="duration", id="bake_time")),
        ),
        "rollout.published": fields.Spec(kind="boolean", id="published"),
        "recovery.rto": fields.Spec(kind="duration", id="rto"),
        "recovery.share": fields.Spec(kind="percent", id="share"),
        "recovery.copies": fields.Spec(kind="integer", id="copies"),
        "recovery.tested": fields.Spec(kind="date", id="tested"),
        "recovery.types": fields.Spec(kind="several", id="types", options={"a": "A", "b": "B"}),
    }
)
SERVICE: dict[str, Any] = {"service.name": "notes", "service.tier": 2, "service.stage": "production"}


def compiled(text: str) -> Expression:
    return SCOPE.compile(text, WHERE)


def holds(text: str, **values: Any) -> bool | Missing:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return compiled(text).holds({**SERVICE, **named})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("rollout.strategy == 'canary'", {"rollout__strategy": "canary"}),
        ("rollout.strategy in ['canary', 'ring']", {"rollout__strategy": "canary"}),
        ("recovery.rto <= duration('4h')", {"recovery__rto": dt.timedelta(hours=4)}),
        ("recovery.share > 20.0", {"recovery__share": 20.5}),
        ("recovery.copies == 3.0", {"recovery__copies": 3.0}),
        ("'a' in recovery.types", {"recovery__types": ["a"]}),
        ("rollout.stages.exists(row, row.name == 'canary')", {"rollout__stages": [{"name": "canary"}]}),
        ("rollout.published", {"rollout__published": True}),
        ("rollout.published.given", {"rollout__published.given": True}),
        (
            "recovery.tested > timestamp('2026-01-01T00:00:00Z')",
            {"recovery__tested": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)},
        ),
        ("service.tier <= 2 && service.stage == 'production' && service.name != ''", {}),
    ],
)
def test_a_condition_sees_every_kind_as_what_it_is(text: str, values: dict[str, Any]) -> None:
    assert holds(text, **values) is True
    assert holds(f"!({text})", **values) is False


def test_what_a_condition_waits_for_is_named() -> None:
    assert holds("recovery.rto <= duration('4h')") == Missing("recovery.rto")
    assert holds("rollout.published.given") == Missing("rollout.published.given")


def test_another_part_may_decide_without_it() -> None:
    assert holds("service.tier == 2 || rollout.published") is True
    assert holds("service.tier == 1 && rollout.published") is False


def test_a_condition_knows_the_names_that_it_looks_at_and_no_words_of_its_texts() -> None:
    expression = compiled("rollout.strategy == 'recovery.rto' && recovery.copies > 1.0  // recovery.share")
    assert expression.names == {"rollout.strategy", "recovery.copies"}


@pytest.mark.parametrize(
    ("text", "said", "mend"),
    [
        ("recovery.rt > duration('1h')", "unknown name 'recovery.rt'", "did you mean recovery.rto?"),
        ("recovery.rto > 4.0", "does not compile: found no matching overload", "duration('4h')"),
        ("rollout.published &&", "does not compile: Syntax error", "question.field"),
        ("recovery.rto", "the expression gives", "make it a condition"),
        ("has(recovery.rto)", "has(recovery.rto) asks for a field's value", "write recovery.rto.given"),
        ("has( recovery . rto )", "asks for a field's value", "write recovery.rto.given"),
        ("(" * 40 + "true" + ")" * 40, "nested too deeply", "nest fewer brackets"),
        ("true" + " && true" * 1000, "the expression has 8004 characters", "keep it under 4000"),
        ("", "does not compile", "question.field"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_line_and_a_mend(text: str, said: str, mend: str) -> None:
    with pytest.raises(InputError) as caught:
        compiled(text)
    assert said in caught.value.what
    assert mend in (caught.value.mend or "")
    assert caught.value.where == WHERE
    assert "\n" not in str(caught.value)


def test_brackets_within_a_text_are_no_nesting() -> None:
    assert holds(f"service.name != '{'(' * 50}'") is True


def test_a_row_is_there_for_conditions_of_columns() -> None:
    scope = Scope({"recovery.copies": fields.Spec(kind="integer", id="copies")}, {"row": "row"})
    expression = scope.compile("row.name == 'canary' && has(row.gate)", WHERE)
    assert expression.holds({"row": {"name": "canary", "gate": "errors"}}) is True
    assert expression.holds({"row": {"name": "canary"}}) is False
