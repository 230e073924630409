"""Edits that touch more than one place: renaming a row, merging answers, letting values stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from maintplan import template
from maintplan.plan import digest, edits
from maintplan.plan.model import Action, NotApplicable, Plan, Service

POCKET = Path(__file__).parents[2] / "data" / "pocket"
GATES = "rollout.rollout-stages.gates"


@pytest.fixture
def plan() -> Plan:
    """A plan with imported gates and a stage that names one of them."""
    held = Plan(template.load(POCKET), Service(name="notes"))
    held = edits.answer(held, "rollout.stages", [{"name": "canary", "gate": "errors"}])
    rows = [{"gate": "errors", "threshold": "1 %"}, {"gate": "delay", "threshold": "2 s"}]
    return edits.answer(held, GATES, rows, source="imported", origin="gates.yaml:3")


def test_a_renamed_row_keeps_where_it_came_from_and_takes_its_places_along(plan: Plan) -> None:
    plan = edits.note_action(plan, Action(id="a1", about="gap", at=f"{GATES}[errors].threshold"))
    renamed = edits.rename_row(plan, GATES, "errors", "error rate")
    assert renamed.answers["rollout.rollout-stages.stages"].value[0]["gate"] == "error rate"  # type: ignore[union-attr]
    assert renamed.actions[0].at == f'{GATES}["error rate"].threshold'
    assert renamed.provenance[GATES].of == digest.at(renamed, GATES)


def test_another_row_in_the_place_of_one_is_no_rename(plan: Plan) -> None:
    rows = [{"gate": "load", "threshold": "90 %"}, {"gate": "delay", "threshold": "2 s"}]
    changed = edits.answer(plan, GATES, rows)
    assert changed.answers["rollout.rollout-stages.stages"].value[0]["gate"] == "errors"  # type: ignore[union-attr]


def test_answering_a_field_again_takes_back_what_was_said_of_the_whole(plan: Plan) -> None:
    plan = edits.answer(plan, "recovery.rto", "2h")
    whole = edits.not_applicable(plan, "recovery.recovery-targets", "A toy.")
    again = edits.answer(whole, "recovery.rto", "2h")
    assert "recovery.recovery-targets" not in again.answers


def test_merging_the_same_answers_twice_changes_nothing_the_second_time(plan: Plan) -> None:
    whole = "recovery.recovery-targets"
    other = replace(
        plan,
        answers={
            whole: NotApplicable(not_applicable="A toy."),
            **edits.answer(plan, "recovery.rto", "2h").answers,
        },
    )
    once = edits.merge(plan, other)
    assert whole in once.answers
    assert edits.merge(once, other) == once
