"""What counts as decided, open or missing; the one place where that is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from maintplan.errors import InputError
from maintplan.plan import edits, stand
from maintplan.plan.model import Given, Inherited, Plan, Provenance
from maintplan.plan.standing import State

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
STAGES, GATES = "rollout.rollout-stages.stages", "rollout.rollout-stages.gates"
RTO, RPO = "recovery.recovery-targets.rto", "recovery.recovery-targets.rpo"
WHERE = "rollout.release-notes.where"
BACKUPS = "recovery.backups"


def state(plan: Plan, place: str) -> State:
    standing = stand(plan)
    return standing.fields[place].state if place.count(".") == 2 else standing.considerations[place]


@pytest.mark.parametrize(
    ("place", "edit", "expected"),
    [
        (STAGES, lambda plan: plan, "missing"),
        (STAGES, lambda plan: edits.answer(plan, STAGES, []), "missing"),
        (STAGES, lambda plan: edits.answer(plan, STAGES, [{"name": "canary"}]), "decided"),
        (STAGES, lambda plan: edits.say_none(plan, STAGES, "All at once."), "decided"),
        (STAGES, lambda plan: edits.not_applicable(plan, STAGES, "A library."), "not_applicable"),
        (STAGES, lambda plan: edits.not_known_yet(plan, STAGES, who="me"), "not_known_yet"),
        (RTO, lambda plan: plan, "recommended"),
        (RTO, lambda plan: edits.let_stand(plan, [RTO], by="ana", when=NOW), "decided"),
        (RTO, lambda plan: edits.let_stand(plan, ["recovery"], by="ana", when=NOW), "decided"),
        (RTO, lambda plan: edits.let_stand(plan, ["rollout"], by="ana", when=NOW), "recommended"),
        (RPO, lambda plan: edits.let_stand(plan, ["*"], by="ana", when=NOW), "missing"),
        (RPO, lambda plan: edits.answer(plan, RPO, "5m", source="copied", origin="b.yaml"), "to_confirm"),
        (RPO, lambda plan: edits.answer(plan, RPO, "5m", source="proposed"), "to_confirm"),
        (RPO, lambda plan: edits.answer(plan, RPO, "5m", source="imported", origin="k8s.yaml:3"), "decided"),
        (RPO, lambda plan: edits.answer(plan, RPO, ""), "missing"),
        (RPO, lambda plan: edits.answer(plan, RPO, {"none": "Nothing is kept."}), "decided"),
        ("recovery.backups.copies", lambda plan: plan, "not_asked"),
        ("recovery.backups.copies", lambda plan: edits.describe_service(plan, tier=1), "recommended"),
        (BACKUPS, lambda plan: edits.say_none(plan, BACKUPS, "None."), "decided"),
        (BACKUPS, lambda plan: edits.not_applicable(plan, BACKUPS, "No data."), "not_applicable"),
        (BACKUPS, lambda plan: edits.answer(plan, "recovery.keeps", "true"), "missing"),
        (BACKUPS, lambda plan: edits.describe_service(plan, stage="retiring"), "not_asked"),
    ],
)
def test_where_a_place_stands(plan: Plan, place: str, edit: Callable[[Plan], Plan], expected: State) -> None:
    assert state(edit(plan), place) == expected


def test_what_does_not_apply_leaves_both_sides_of_the_count(plan: Plan) -> None:
    before, after = stand(plan).count(), stand(edits.not_applicable(plan, BACKUPS, "No data.")).count()
    assert (before.asked, before.not_applicable) == (4, 0)
    assert (after.asked, after.not_applicable, after.decided) == (3, 1, 0)


def test_nothing_asked_is_in_no_count(plan: Plan) -> None:
    retiring = stand(edits.describe_service(plan, stage="retiring"))
    assert (retiring.count().asked, retiring.count_fields().asked) == (0, 0)


def test_counts_of_a_question_add_up_to_those_of_the_plan(whole: Plan) -> None:
    standing = stand(edits.clear(whole, RPO))
    questions = [standing.count(each.id) for each in whole.template.questions]
    assert sum(each.decided for each in questions) == standing.count().decided == 3
    assert [each.left for each in questions] == [0, 1]
    assert standing.count_fields(BACKUPS).decided == 2


def test_a_field_is_asked_once_its_condition_can_be_decided(plan: Plan) -> None:
    assert state(plan, WHERE) == "not_asked"
    published = edits.answer(plan, "rollout.published", "true")
    assert state(published, WHERE) == "missing"
    assert state(edits.answer(plan, "rollout.published", "false"), WHERE) == "not_asked"


def test_an_answer_whose_condition_turned_false_is_kept_and_set_aside(plan: Plan) -> None:
    answered = edits.answer(edits.answer(plan, "rollout.published", "true"), WHERE, "https://notes.example")
    aside = edits.answer(answered, "rollout.published", "false")
    standing = stand(aside)
    assert standing.fields[WHERE].state == "set_aside"
    assert not standing.fields[WHERE].shown
    assert "rollout.where" not in standing.values()
    assert WHERE in aside.answers
    assert state(edits.answer(aside, "rollout.published", "true"), WHERE) == "decided"


def test_a_recommendation_is_computed_and_not_stored(plan: Plan) -> None:
    found = stand(plan).fields[RTO]
    assert (found.value, found.source, found.origin) == ("4h", "recommended", "own judgement")
    assert plan.answers == {}
    assert stand(edits.describe_service(plan, tier=1)).fields[RTO].value == "1h"
    stood = edits.let_stand(plan, [RTO], by="ana", when=NOW)
    assert stood.answers == {RTO: Given("4h")}
    assert stand(edits.describe_service(stood, tier=1)).fields[RTO].value == "4h"


def test_a_value_changed_by_hand_is_entered_whatever_the_provenance_says(plan: Plan) -> None:
    stood = edits.let_stand(plan, [RTO], by="ana", when=NOW)
    assert stand(stood).fields[RTO].source == "recommended"
    by_hand = replace(stood, answers={RTO: Given("9h")})
    assert (state(by_hand, RTO), stand(by_hand).fields[RTO].source) == ("decided", "entered")


def test_a_copied_table_waits_until_somebody_lets_it_stand(plan: Plan) -> None:
    copied = edits.answer(plan, GATES, [{"gate": "errors"}], source="copied", origin="b.yaml")
    assert state(copied, GATES) == "to_confirm"
    assert state(edits.let_stand(copied, [GATES], by="ana", when=NOW), GATES) == "decided"
    assert state(edits.answer(copied, GATES, [{"gate": "delay", "threshold": "2 s"}]), GATES) == "decided"


@pytest.mark.parametrize(("approved", "expected"), [(True, "decided"), (False, "inherited")])
def test_an_inherited_value_is_decided_once_its_plan_is_approved(
    plan: Plan,
    approved: bool,  # noqa: FBT001
    expected: State,
) -> None:
    inherited = {RPO: Inherited(Given("1m"), "postgres", "postgres.yaml", approved=approved)}
    flowing = replace(plan, inherited=inherited)
    assert state(flowing, RPO) == expected
    assert stand(flowing).fields[RPO].origin == "postgres, postgres.yaml"
    own = edits.answer(flowing, RPO, "5m")
    assert stand(own).fields[RPO].value == "5m"
    assert state(edits.let_stand(flowing, [RPO], by="ana", when=NOW), RPO) == "decided"


def test_a_reference_to_nothing_is_named_with_its_place(whole: Plan) -> None:
    dangling = edits.answer(whole, GATES, [{"gate": "delay"}])
    (found,) = stand(dangling).dangling
    assert (found.place, found.key, found.table) == (f"{STAGES}[canary].gate", "errors", GATES)
    assert stand(edits.rename_row(whole, GATES, "errors", "error rate")).dangling == []


def test_cross_cutting_items_and_inputs_are_counted_too(plan: Plan, whole: Plan) -> None:
    assert len(stand(plan).unanswered_items) == 3
    assert stand(whole).unanswered_items == []
    assert stand(plan).missing_inputs == ["alert-rules", "deployment-manifests"]
    assert stand(whole).missing_inputs == ["deployment-manifests"]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda plan: edits.answer(plan, "recovery.rt", "4h"), "did you mean rto?"),
        (lambda plan: edits.answer(plan, "recovery", "4h"), "name a field"),
        (lambda plan: edits.answer(plan, RTO, "soon"), "not a duration"),
        (lambda plan: edits.answer(plan, f"{STAGES}[beta].percent", 5), "unknown row 'beta'"),
        (lambda plan: edits.answer(plan, f"{STAGES}[a].share", 5), "unknown column 'share'"),
        (lambda plan: edits.not_applicable(plan, RTO, " "), "the reason is missing"),
        (lambda plan: edits.not_applicable(plan, "recovery", "No."), "neither a consideration nor a field"),
        (lambda plan: edits.let_stand(plan, ["*"], by="", when=NOW), "give a name"),
        (lambda plan: edits.let_stand(plan, [f"{STAGES}[a]", "recovery.x"], by="a", when=NOW), "recovery.x"),
        (lambda plan: edits.own(plan, RTO + ".x", "me"), "is not a place"),
        (lambda plan: edits.respond(plan, "rolout", "x"), "did you mean rollout?"),
        (lambda plan: edits.provide_input(plan, "alert-rule", None), "did you mean alert-rules?"),
        (lambda plan: edits.cross_cut(plan, "responsible", None, None), "did you mean responsible-ai?"),
        (lambda plan: edits.rename_row(plan, GATES, "errors", "x"), "unknown row 'errors'"),
        (lambda plan: edits.describe_service(plan, stage="live"), "service, stage"),
    ],
)
def test_what_can_not_be_done_is_refused_with_the_closest_right_word(
    plan: Plan, edit: Callable[[Plan], Plan], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        edit(plan)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: edits.answer(plan, RTO, "2 hours"),
        lambda plan: edits.answer(plan, f"{STAGES}[canary].percent", "5 %"),
        lambda plan: edits.clear(plan, "recovery.note"),
        lambda plan: edits.let_stand(plan, ["*"], by="ana", when=NOW),
        lambda plan: edits.own(plan, BACKUPS, None),
        lambda plan: edits.respond(plan, "rollout", " "),
        lambda plan: edits.describe_service(plan, tier=2),
        lambda plan: edits.rename_row(plan, GATES, "errors", "errors"),
        lambda plan: edits.merge(plan, plan),
    ],
)
def test_a_change_that_changes_nothing_gives_the_very_same_plan(
    whole: Plan, edit: Callable[[Plan], Plan]
) -> None:
    assert edit(whole) is whole


def test_one_row_of_a_copied_table_can_be_let_stand_alone(plan: Plan) -> None:
    held = edits.answer(plan, GATES, [{"gate": "errors"}, {"gate": "delay"}])
    copied = {f"{GATES}[{key}]": Provenance(source="copied") for key in ("errors", "delay")}
    held = replace(held, provenance=copied)
    once = edits.let_stand(held, [f"{GATES}[errors]"], by="ana", when=NOW)
    assert state(once, GATES) == "to_confirm"
    assert state(edits.let_stand(once, [f"{GATES}[delay]"], by="ana", when=NOW), GATES) == "decided"
