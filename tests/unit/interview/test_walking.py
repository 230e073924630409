"""The walk: steps, moving about, what is asked, what is left, taking back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from maintplan.errors import InputError
from maintplan.interview import Interview
from maintplan.interview.walk import KEPT
from maintplan.plan import approval, edits
from maintplan.plan.model import Plan

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
QUESTIONS = ["rollout", "recovery"]
LISTS = ["security-privacy", "responsible-ai"]
STEPS = ["service", "inputs", *QUESTIONS, *LISTS, "summary", "confirm"]
RTO = "recovery.recovery-targets.rto"
RPO = "recovery.recovery-targets.rpo"


def test_the_steps_come_in_the_order_of_the_template(plan: Plan) -> None:
    steps = Interview(plan).steps
    assert [each.id for each in steps] == STEPS
    assert [each.number for each in steps] == list(range(1, len(STEPS) + 1))
    assert [each.title for each in steps if each.kind == "question"] == ["Rollout", "Recovery"]


def test_next_goes_through_all_steps_and_stays_at_the_last(plan: Plan) -> None:
    interview = Interview(plan)
    seen = []
    for _ in range(len(STEPS)):
        seen.append(interview.step.id)
        interview = interview.next()
    assert seen == STEPS
    assert interview.step.id == "confirm"


def test_going_back_never_discards_anything(plan: Plan) -> None:
    interview = Interview(plan, "recovery").apply(lambda held: edits.answer(held, RTO, "2h"))
    for _ in range(10):
        interview = interview.back()
    assert interview.step.id == "service"
    assert edits.answer(interview.plan, RTO, "2h") is interview.plan


def test_a_step_that_does_not_exist_is_named_with_the_closest(plan: Plan) -> None:
    with pytest.raises(InputError, match=r"unknown step 'rolout'; did you mean rollout\?"):
        Interview(plan).go_to("rolout")


def test_what_is_asked_and_what_waits_under_more_detail(plan: Plan) -> None:
    asked = {each.consideration.id: each for each in Interview(plan, "rollout").asked_now()}
    stages = asked["rollout-stages"]
    assert [each.field.id for each in stages.fields] == ["stages", "gates"]
    assert [each.field.id for each in stages.more] == ["first_gate"]
    # Where notes are published is asked once they are; until then it is nowhere.
    notes = asked["release-notes"]
    assert [each.field.id for each in (*notes.fields, *notes.more)] == ["published", "version"]


def test_a_condition_that_turns_asks_a_field_or_sets_it_aside(plan: Plan) -> None:
    interview = Interview(plan, "rollout").apply(lambda held: edits.answer(held, "rollout.published", "true"))
    assert [each.field.id for each in interview.asked_now()[1].fields] == ["published", "where"]
    interview = interview.apply(lambda held: edits.answer(held, "rollout.where", "https://notes.example"))
    interview = interview.apply(lambda held: edits.answer(held, "rollout.published", "false"))
    notes = interview.asked_now()[1]
    assert [each.field.id for each in notes.fields] == ["published"]
    more = {each.field.id: each.state for each in notes.more}
    assert more == {"where": "set_aside", "version": "not_asked"}


def test_nothing_is_asked_outside_the_questions(plan: Plan) -> None:
    assert Interview(plan, "summary").asked_now() == ()


def test_what_is_left_is_counted_by_step_and_state(plan: Plan) -> None:
    assert Interview(plan).left() == {
        "service": {},
        "inputs": {"missing": 2},
        "rollout": {"missing": 2},
        "recovery": {"missing": 2},
        "security-privacy": {"missing": 2},
        "responsible-ai": {"missing": 1},
        "summary": {},
        "confirm": {"missing": 2},
    }


def test_the_rail_shows_done_open_and_reopened(whole: Plan) -> None:
    rail = {each.step.id: each.state for each in Interview(whole).progress()}
    assert rail == {**dict.fromkeys(STEPS, "done"), "confirm": "open"}
    no = approval.say_no(whole, by="me", when=NOW, feedback="Name the gates.", reopen=["rollout"])
    rail = {each.step.id: each.state for each in Interview(no).progress()}
    assert (rail["rollout"], rail["recovery"], rail["summary"]) == ("reopened", "done", "open")


def test_next_missing_goes_round_from_where_one_is(plan: Plan) -> None:
    interview = Interview(plan, "recovery")
    seen = []
    for _ in range(9):
        interview = interview.to_next_missing()
        seen.append((interview.at, interview.focus))
    assert seen == [
        ("recovery", "recovery.recovery-targets"),
        ("recovery", "recovery.backups"),
        ("security-privacy", "security-privacy.secure-backups"),
        ("security-privacy", "security-privacy.access-review"),
        ("responsible-ai", "responsible-ai.bias-monitoring"),
        ("inputs", "alert-rules"),
        ("inputs", "deployment-manifests"),
        ("rollout", "rollout.rollout-stages"),
        ("rollout", "rollout.release-notes"),
    ]
    assert interview.to_next_missing().focus == "recovery.recovery-targets"


def test_nothing_is_missing_when_all_is_answered(whole: Plan) -> None:
    interview = Interview(whole)
    assert interview.next_missing() is None
    assert interview.to_next_missing() is interview


def test_a_reopened_question_needs_another_look(whole: Plan) -> None:
    no = approval.say_no(whole, by="me", when=NOW, feedback="Look again.", reopen=["recovery"])
    found = Interview(no).next_missing()
    assert found is not None
    assert (found.step.id, found.place) == ("recovery", "recovery")


def test_not_known_yet_needs_an_answer_until_it_has_a_date(whole: Plan) -> None:
    place = "recovery.recovery-targets"
    undated = Interview(edits.not_known_yet(whole, place, who="me"))
    found = undated.next_missing()
    assert found is not None
    assert found.place == place
    due = dt.date(2026, 12, 1)
    dated = Interview(edits.not_known_yet(whole, place, who="me", due=due))
    assert dated.next_missing() is None
    assert dated.left()["recovery"] == {"not_known_yet": 1}


def test_changes_are_taken_back_and_made_again(plan: Plan) -> None:
    interview = Interview(plan)
    for value in ("1h", "2h", "3h"):
        interview = interview.apply(lambda held, value=value: edits.answer(held, RTO, value))  # type: ignore[misc]
    back = interview.undo().undo()
    assert edits.answer(back.plan, RTO, "1h") is back.plan
    assert back.redo().redo().plan == interview.plan
    assert back.undo().plan == plan
    assert not back.undo().can_undo
    assert back.undo().undo() == back.undo()
    other = back.apply(lambda held: edits.answer(held, RTO, "9h"))
    assert not other.can_redo


def test_a_change_that_changes_nothing_is_none(plan: Plan) -> None:
    interview = Interview(plan)
    assert interview.apply(lambda held: edits.clear(held, RTO)) is interview


def test_so_many_changes_can_be_taken_back(plan: Plan) -> None:
    interview = Interview(plan)
    for minutes in range(1, KEPT + 21):
        interview = interview.apply(
            lambda held, minutes=minutes: edits.answer(held, RTO, f"{minutes}m")  # type: ignore[misc]
        )
    count = 0
    while interview.can_undo:
        interview, count = interview.undo(), count + 1
    assert count == KEPT


def test_taking_back_a_change_after_a_save_keeps_the_revision(plan: Plan) -> None:
    interview = Interview(plan).apply(lambda held: edits.answer(held, RTO, "1h"))
    saved = replace(interview.plan, revision=4)
    interview = interview.saved(saved).undo()
    assert interview.plan.revision == 4
    assert interview.redo().plan == saved


def test_what_was_said_at_the_prompt_can_not_be_taken_back(plan: Plan) -> None:
    interview = Interview(plan).apply(lambda held: edits.answer(held, RTO, "1h"))
    interview = interview.apply(lambda held: approval.say_no(held, by="me", when=NOW, feedback="Not yet."))
    assert not interview.can_undo


def test_a_question_named_like_a_fixed_step_has_an_id_of_its_own(plan: Plan) -> None:
    question = replace(plan.template.questions[0], id="summary")
    bank = replace(plan.template, questions=(question,))
    steps = Interview(replace(plan, template=bank)).steps
    assert [each.id for each in steps][2] == "question:summary"
    assert len({each.id for each in steps}) == len(steps)
