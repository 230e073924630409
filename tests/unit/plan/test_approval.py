"""The prompt: what a Yes needs, whom it counts for, what voids it, and how a plan is reopened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from maintplan import yamltext
from maintplan.errors import InputError, Reason, RefusedError, describe
from maintplan.plan import approval, document, edits
from maintplan.plan.model import (
    AcceptedRisk,
    Action,
    Comment,
    CrossItem,
    Given,
    Inherited,
    Input,
    Plan,
    Round,
)
from maintplan.plan.standing import stand

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
RTO = "recovery.recovery-targets.rto"


def yes(plan: Plan, role: str, by: str, **given: Any) -> Plan:
    return approval.say_yes(plan, by=by, role=role, when=NOW, **{"blocking": (), **given})


def approved(plan: Plan) -> Plan:
    return yes(yes(plan, "service-owner", "ana"), "operations", "ben")


def test_the_plan_is_complete_when_all_roles_of_its_tier_have_said_yes(whole: Plan) -> None:
    assert approval.status(whole) == "draft"
    once = yes(whole, "service-owner", "ana")
    assert approval.status(once) == "in_review"
    both = yes(once, "operations", "ben")
    assert approval.status(both) == "complete"
    assert [each.counts for each in approval.sign_offs(both)] == [True, True]


def test_a_plan_of_the_least_critical_tier_needs_its_owner_alone(whole: Plan) -> None:
    small = edits.describe_service(whole, tier=3)
    assert approval.status(yes(small, "service-owner", "ana")) == "complete"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda plan: edits.clear(plan, RTO), "Restore within: recommended, and nobody has let it stand"),
        (lambda plan: edits.clear(plan, "recovery.rpo"), "Lose at most: missing"),
        (lambda plan: edits.answer(plan, "rollout.stages", []), "Stages: missing"),
        (
            lambda plan: edits.answer(plan, "recovery.rpo", "5m", source="copied"),
            "Lose at most: copied or proposed, and nobody has let it stand",
        ),
        (
            lambda plan: edits.not_known_yet(plan, "recovery.rpo", who="me"),
            "Lose at most: not known yet, and without a date",
        ),
        (
            lambda plan: edits.not_known_yet(plan, "recovery.backups", who="me"),
            "recovery.backups: not known yet, and without a date",
        ),
        (
            lambda plan: edits.cross_cut(plan, "security-privacy", "access-review", None),
            "security-privacy.access-review: not answered",
        ),
        (lambda plan: edits.answer(plan, "rollout.gates", [{"gate": "delay"}]), "'errors' is not in rollout"),
    ],
)
def test_a_yes_is_refused_with_what_is_missing(whole: Plan, edit: Callable[[Plan], Plan], said: str) -> None:
    with pytest.raises(RefusedError) as caught:
        yes(edit(whole), "service-owner", "ana")
    assert len(caught.value.reasons) == 1
    assert said in caught.value.reasons[0]
    assert caught.value.exit_code == 1


def test_all_that_is_missing_is_listed_at_once(plan: Plan) -> None:
    with pytest.raises(RefusedError) as caught:
        yes(plan, "service-owner", "ana")
    reasons = caught.value.reasons
    counted = sum(each.things for each in reasons if isinstance(each, Reason))
    assert caught.value.what == f"the plan is not complete, {counted} answers missing"
    assert counted == len(approval.needed(plan, stand(plan))) > 6, "the app counts the same"
    assert len(describe(caught.value).splitlines()) == 1 + len(reasons)


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: edits.not_known_yet(plan, "recovery.rpo", who="me", due=dt.date(2026, 12, 1)),
        lambda plan: edits.not_known_yet(plan, "recovery.backups", who="me", due=dt.date(2026, 12, 1)),
        lambda plan: edits.not_applicable(plan, "recovery.backups", "It keeps nothing."),
        lambda plan: edits.say_none(plan, "rollout.stages", "All at once."),
        lambda plan: edits.provide_input(plan, "alert-rules", Input(status="missing")),
        lambda plan: edits.clear(plan, "rollout.release-notes.version"),
    ],
)
def test_what_is_open_with_a_date_none_or_not_applicable_does_not_block(
    whole: Plan, edit: Callable[[Plan], Plan]
) -> None:
    assert approval.status(approved(edit(whole))) == "complete"


def test_nobody_fills_two_roles(whole: Plan) -> None:
    once = yes(whole, "service-owner", "Ana Lopez")
    with pytest.raises(RefusedError, match="ANA lopez has said Yes as service-owner already"):
        yes(once, "operations", " ANA lopez".strip())
    forged = replace(once, rounds=(*once.rounds, once.rounds[0].model_copy(update={"role": "operations"})))
    assert approval.status(forged) == "in_review"


def test_who_says_it_and_in_which_role_has_to_be_known(whole: Plan) -> None:
    with pytest.raises(InputError, match="give a name"):
        yes(whole, "service-owner", " ")
    with pytest.raises(InputError, match=r"unknown role 'operation'; did you mean operations\?"):
        yes(whole, "operation", "ana")
    with pytest.raises(InputError, match="unknown role 'security'"):
        yes(whole, "security", "ana")  # a role of the tier above
    with pytest.raises(InputError, match="give a name"):
        approval.say_no(whole, by="", when=NOW, feedback="Again.")
    with pytest.raises(InputError, match="say what should be refined"):
        approval.say_no(whole, by="ana", when=NOW, feedback=" ")


def test_saying_the_same_again_changes_nothing(whole: Plan) -> None:
    done = approved(whole)
    assert yes(done, "operations", "ben") is done
    no = approval.say_no(done, by="ana", when=NOW, feedback="Again.")
    assert approval.say_no(no, by="ana", when=NOW + dt.timedelta(hours=1), feedback="Again.") is no


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: edits.answer(plan, RTO, "3h"),
        lambda plan: edits.clear(plan, RTO),
        lambda plan: edits.answer(plan, "recovery.note", "One more word."),
        lambda plan: edits.respond(plan, "rollout", "In two stages."),
        lambda plan: edits.own(plan, "recovery.backups", "ben"),
        lambda plan: edits.not_applicable(plan, "recovery.backups", "It keeps nothing."),
        lambda plan: edits.rename_row(plan, "rollout.gates", "errors", "error rate"),
        lambda plan: edits.describe_service(plan, owner="team"),
        lambda plan: edits.describe_service(plan, stage="beta"),
        lambda plan: edits.provide_input(plan, "alert-rules", None),
        lambda plan: edits.cross_cut(plan, "security-privacy", "access-review", CrossItem(status="planned")),
        lambda plan: edits.accept_risk(
            plan,
            AcceptedRisk(
                rule="x", at=RTO, reason="Small.", by="ana", agreed_by="ben", until=dt.date(2027, 1, 1)
            ),
            NOW.date(),
        ),
    ],
)
def test_any_change_of_the_content_voids_the_yes_and_taking_it_back_restores_it(
    whole: Plan, edit: Callable[[Plan], Plan]
) -> None:
    done = approved(whole)
    changed = edit(done)
    assert approval.status(changed) == "in_review"
    assert [each.round for each in approval.sign_offs(changed)] == [None, None]
    assert approval.status(replace(whole, rounds=changed.rounds)) == "complete"


@pytest.mark.parametrize(
    "edit",
    [
        lambda plan: edits.note_action(plan, Action(id="a1", about="later")),
        lambda plan: edits.comment(plan, Comment(id="c1", at=RTO, by="ana", when=NOW, text="Why?")),
        lambda plan: replace(plan, revision=9),
    ],
)
def test_actions_and_comments_leave_a_yes_as_it_is(whole: Plan, edit: Callable[[Plan], Plan]) -> None:
    assert approval.status(edit(approved(whole))) == "complete"


def test_a_change_in_an_editor_voids_the_yes_whatever_the_file_says_of_its_status(whole: Plan) -> None:
    text = yamltext.dump(approval.document(approved(whole)))
    assert "status: complete" in text
    assert "rto: 2h" in text
    by_hand = yamltext.read(text.replace("rto: 2h", "rto: 20h"))
    assert approval.status(document.read(by_hand.data, whole.template, by_hand)) == "in_review"
    in_other_words = yamltext.read(text.replace("rto: 2h", "rto: 2 hours"))
    assert approval.status(document.read(in_other_words.data, whole.template, in_other_words)) == "complete"


def test_a_yes_that_somebody_writes_by_hand_has_to_fit_the_content(whole: Plan) -> None:
    said = {"confirmed": True, "by": "eve", "role": "service-owner", "when": NOW, "identity": "typed"}
    forged = replace(whole, rounds=(Round.model_validate({**said, "content": "sha256:" + "0" * 64}),))
    assert approval.status(forged) == "in_review"
    without = replace(whole, rounds=(Round.model_validate(said),))
    assert [each.round for each in approval.sign_offs(without)] == [None, None]


def test_a_server_s_word_without_its_seal_counts_as_a_file(whole: Plan) -> None:
    done = yes(yes(whole, "service-owner", "ana", identity="server"), "operations", "ben")
    assert [each.counts for each in approval.sign_offs(done)] == [False, True]
    assert approval.status(done) == "in_review"


def test_a_no_reopens_the_questions_that_it_names_until_the_next_yes(whole: Plan) -> None:
    no = approval.say_no(whole, by="ben", when=NOW, feedback="Name the rota.", reopen=["recovery"])
    assert approval.status(no) == "in_review"
    assert {name: each.feedback for name, each in approval.reopened(no).items()} == {
        "recovery": "Name the rota."
    }
    assert no.answers == whole.answers
    assert approval.reopened(yes(no, "service-owner", "ana")) == {}
    with pytest.raises(InputError, match=r"did you mean recovery\?"):
        approval.say_no(whole, by="ben", when=NOW, feedback="Again.", reopen=["recovry"])


def test_a_no_takes_back_the_yeses_before_it(whole: Plan) -> None:
    once = yes(whole, "service-owner", "ana")
    no = approval.say_no(once, by="ben", role="operations", when=NOW, feedback="Not yet.")
    assert [each.round for each in approval.sign_offs(no)] == [None, None]
    assert approval.status(approved(no)) == "complete"


def test_a_complete_plan_is_reopened_as_a_new_round(whole: Plan) -> None:
    done = approved(whole)
    again = approval.say_no(done, by="ana", when=NOW, feedback="Next half-year.", reopen=["rollout"])
    assert approval.status(again) == "in_review"
    assert again.rounds[: len(done.rounds)] == done.rounds
    changed = edits.answer(again, RTO, "3h")
    assert approval.status(approved(changed)) == "complete"


def test_a_yes_lapses_where_the_template_says_so(whole: Plan) -> None:
    assert approval.lapses(approved(whole)) is None
    approvals = replace(whole.template.approvals, lapses_after={2: "30d"})
    lapsing = replace(approved(whole), template=replace(whole.template, approvals=approvals))
    assert approval.lapses(lapsing) == dt.date(2026, 12, 23)
    assert approval.lapses(edits.answer(lapsing, RTO, "9h")) is None


def test_what_flows_in_from_another_plan_is_part_of_what_was_agreed(whole: Plan) -> None:
    bare = edits.clear(whole, "recovery.rpo")
    flowing = {
        value: replace(
            bare,
            inherited={
                "recovery.recovery-targets.rpo": Inherited(Given(value), "postgres", "pg.yaml", approved=True)
            },
        )
        for value in ("5m", "9m")
    }
    done = approved(flowing["5m"])
    assert approval.status(done) == "complete"
    assert approval.status(replace(done, inherited=flowing["9m"].inherited)) == "in_review"
