"""Two people change one plan: different places come together, the same place shows both values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintplan.errors import ConflictError
from maintplan.plan import approval, edits
from maintplan.plan.model import Action, Comment, CrossItem, Given, Input, NotApplicable, Nothing, Plan
from maintplan.plan.rebasing import rebase

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
STAGES = "rollout.rollout-stages.stages"
GATES = "rollout.rollout-stages.gates"
RTO = "recovery.recovery-targets.rto"
RPO = "recovery.recovery-targets.rpo"

Edit = Callable[[Plan], Plan]


def answer(place: str, value: object) -> Edit:
    return lambda plan: edits.answer(plan, place, value)


def action(**given: object) -> Edit:
    return lambda plan: edits.note_action(plan, plan.actions[0].model_copy(update=given))


@pytest.fixture
def base(plan: Plan) -> Plan:
    plan = edits.answer(plan, GATES, [{"gate": "errors", "threshold": "1 %"}])
    rows = [{"name": "canary", "percent": 5, "gate": "errors"}, {"name": "all", "percent": 100}]
    plan = edits.answer(plan, STAGES, rows)
    plan = edits.note_action(plan, Action(id="a1", about="gap"))
    plan = edits.cross_cut(plan, "security-privacy", "secure-backups", CrossItem(note="see wiki"))
    return edits.answer(plan, RTO, "4h")


APART: list[tuple[Edit, Edit]] = [
    (answer(RTO, "2h"), answer(RPO, "5m")),
    (answer(f"{STAGES}[canary].percent", 10), answer(f"{STAGES}[canary].bake_time", "1h")),
    (answer(f"{STAGES}[canary].percent", 10), answer(f"{STAGES}[all].bake_time", "1h")),
    (lambda plan: edits.rename_row(plan, STAGES, "canary", "early"), answer(f"{STAGES}[canary].percent", 10)),
    (lambda plan: edits.rename_row(plan, GATES, "errors", "bad"), answer(f"{STAGES}[canary].percent", 10)),
    (answer(f"{STAGES}[all]", None), answer(f"{STAGES}[canary].percent", 10)),
    (lambda plan: edits.respond(plan, "rollout", "mine"), lambda plan: edits.respond(plan, "recovery", "x")),
    (
        lambda plan: edits.describe_service(plan, owner="ana"),
        lambda plan: edits.describe_service(plan, tier=1),
    ),
    (action(owner="ana"), action(state="doing")),
    (
        lambda plan: edits.cross_cut(plan, "security-privacy", "secure-backups", CrossItem(status="met")),
        lambda plan: edits.cross_cut(plan, "security-privacy", "access-review", CrossItem(status="planned")),
    ),
    (
        lambda plan: edits.provide_input(plan, "alert-rules", Input(status="missing")),
        lambda plan: edits.comment(plan, Comment(id="c1", at=RTO, by="ben", when=NOW, text="why?")),
    ),
    (
        lambda plan: approval.say_no(plan, by="ana", when=NOW, feedback="who?"),
        lambda plan: approval.say_no(plan, by="ben", when=NOW, feedback="when?"),
    ),
]


@pytest.mark.parametrize(("mine", "theirs"), APART)
def test_different_places_come_together_whoever_saves_first(base: Plan, mine: Edit, theirs: Edit) -> None:
    one = rebase(base, mine(base), theirs(base))
    other = rebase(base, theirs(base), mine(base))
    for merged in (one, other):
        assert merged.answers == (both := mine(theirs(base))).answers
        assert merged.service == both.service
        assert (merged.actions, merged.inputs, merged.comments) == (both.actions, both.inputs, both.comments)
        assert merged.responses == both.responses
        assert merged.cross_cutting == both.cross_cutting
        assert {each.feedback for each in merged.rounds} == {each.feedback for each in both.rounds}


def test_rows_that_both_add_are_both_there_and_an_order_stays(base: Plan) -> None:
    held = base.answers[STAGES]
    assert isinstance(held, Given)
    canary, everyone = held.value
    mine = edits.answer(base, STAGES, [canary, {"name": "early", "percent": 20}, everyone])
    theirs = edits.answer(base, STAGES, [everyone, canary, {"name": "late", "percent": 90}])
    merged = rebase(base, mine, theirs).answers[STAGES]
    assert isinstance(merged, Given)
    assert [row["name"] for row in merged.value] == ["all", "canary", "early", "late"]


SAME: list[tuple[Edit, Edit, str]] = [
    (answer(RTO, "2h"), answer(RTO, "1h"), RTO),
    (answer(RTO, None), answer(RTO, "1h"), RTO),
    (lambda plan: edits.say_none(plan, RTO, "no need"), answer(RTO, "1h"), RTO),
    (
        answer(f"{STAGES}[canary].percent", 10),
        answer(f"{STAGES}[canary].percent", 20),
        f"{STAGES}[canary].percent",
    ),
    (answer(f"{STAGES}[canary]", None), answer(f"{STAGES}[canary].percent", 20), f"{STAGES}[canary]"),
    (
        lambda plan: edits.rename_row(plan, STAGES, "canary", "early"),
        lambda plan: edits.rename_row(plan, STAGES, "canary", "first"),
        f"{STAGES}[canary].name",
    ),
    (
        lambda plan: edits.not_applicable(plan, "rollout.rollout-stages", "never"),
        answer(f"{STAGES}[canary].percent", 20),
        "rollout.rollout-stages",
    ),
    (
        lambda plan: edits.respond(plan, "rollout", "mine"),
        lambda plan: edits.respond(plan, "rollout", "theirs"),
        "rollout.response",
    ),
    (action(state="done"), action(state="doing"), "actions[a1].state"),
    (
        lambda plan: edits.cross_cut(plan, "security-privacy", "secure-backups", CrossItem(status="met")),
        lambda plan: edits.cross_cut(
            plan, "security-privacy", "secure-backups", NotApplicable(not_applicable="none kept")
        ),
        "cross_cutting.security-privacy.secure-backups.status",
    ),
]


@pytest.mark.parametrize(("mine", "theirs", "place"), SAME)
def test_the_same_place_shows_both_values(base: Plan, mine: Edit, theirs: Edit, place: str) -> None:
    for one, other in ((mine, theirs), (theirs, mine)):
        with pytest.raises(ConflictError) as caught:
            rebase(base, one(base), other(base))
        assert place in [each.place for each in caught.value.clashes]


def test_a_value_that_holds_a_mapping_is_one_value(base: Plan) -> None:
    interval = "recovery.backups.interval"
    mine = edits.answer(base, interval, {"every": "week", "days": ["sun"]})
    theirs = edits.answer(base, interval, "daily")
    with pytest.raises(ConflictError) as caught:
        rebase(base, mine, theirs)
    assert caught.value.clashes[0].mine == {"every": "week", "days": ["sun"]}
    assert caught.value.clashes[0].theirs == "daily"


def test_a_stance_is_told_as_a_document_writes_it(base: Plan) -> None:
    mine = edits.say(base, RTO, Nothing(none="no need"))
    with pytest.raises(ConflictError) as caught:
        rebase(base, mine, edits.answer(base, RTO, "1h"))
    assert caught.value.clashes[0].mine == {"none": "no need"}


EDITS = st.lists(
    st.sampled_from(
        [
            *(answer(RTO, value) for value in ("1h", "2h", None)),
            *(answer(RPO, value) for value in ("5m", None)),
            *(answer(f"{STAGES}[all].percent", value) for value in (50, 60)),
            answer(f"{STAGES}[all].bake_time", "1h"),
            lambda plan: edits.rename_row(plan, STAGES, "all", "everyone"),
            lambda plan: edits.not_applicable(plan, "recovery.recovery-targets", "never"),
            lambda plan: edits.own(plan, "rollout.rollout-stages", "ops"),
            action(state="done"),
            lambda plan: edits.let_stand(plan, ["*"], by="ana", when=NOW),
        ]
    ),
    max_size=4,
)


def applied(plan: Plan, changes: list[Edit]) -> Plan:
    from maintplan.errors import MaintplanError  # noqa: PLC0415

    for change in changes:
        try:
            plan = change(plan)
        except MaintplanError:  # such as a row that was renamed before
            continue
    return plan


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(mine=EDITS, theirs=EDITS)
def test_any_changes_come_together_or_clash_alike_from_both_sides(
    base: Plan, mine: list[Edit], theirs: list[Edit]
) -> None:
    one, other = applied(base, mine), applied(base, theirs)
    assert rebase(base, one, base) == one
    assert rebase(base, base, other) == other
    results: list[Plan | list[str]] = []
    for ours, others in ((one, other), (other, one)):
        try:
            results.append(rebase(base, ours, others))
        except ConflictError as error:
            results.append(sorted(each.place for each in error.clashes))
    if isinstance(results[0], Plan) and isinstance(results[1], Plan):
        assert results[0].answers == results[1].answers
        assert results[0].service == results[1].service
    else:
        assert results[0] == results[1]
