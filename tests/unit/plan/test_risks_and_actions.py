"""Accepting a risk and noting an action: what each needs, and that both follow a row's new name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from maintplan.errors import InputError
from maintplan.plan import AcceptedRisk, Action, Plan, edits, risks

TODAY = dt.date(2026, 7, 1)
STAGES = "rollout.rollout-stages.stages"


def risk(**other: Any) -> AcceptedRisk:
    said = {"rule": "too-fast", "at": f"{STAGES}[canary]", "reason": "Few users.", "by": "Ann"}
    return AcceptedRisk.model_validate({**said, "agreed_by": "Ben", "until": "2027-07-01", **other})


def test_a_risk_is_accepted_and_accepted_again_with_another_date(whole: Plan) -> None:
    once = edits.accept_risk(whole, risk(at="rollout.stages[canary]"), TODAY)
    assert [each.at for each in once.accepted_risks] == [f"{STAGES}[canary]"]
    assert edits.accept_risk(once, risk(), TODAY) is once
    again = edits.accept_risk(once, risk(until="2026-12-31"), TODAY)
    assert [each.until for each in again.accepted_risks] == [dt.date(2026, 12, 31)]
    assert edits.take_back_risk(again, "too-fast", "rollout.stages[canary]") == whole
    assert edits.take_back_risk(whole, "too-fast", "rollout.stages") is whole


@pytest.mark.parametrize(
    ("other", "path", "mend"),
    [
        ({"reason": " "}, "reason", "say why"),
        ({"by": ""}, "by", "give a name"),
        ({"agreed_by": None}, "agreed_by", "a second person"),
        ({"agreed_by": " ann "}, "agreed_by", "ask a second person"),
        ({"until": "2026-06-30"}, "until", "within a year"),
        ({"until": "2027-07-03"}, "until", "within a year"),
        ({"at": "rollout.stags"}, "rollout.stags", "did you mean stages?"),
        ({"at": f"{STAGES}[canari]"}, f"{STAGES}[canari]", "did you mean canary?"),
        ({"at": f"{STAGES}[#2]"}, f"{STAGES}[#2]", "use one of: canary"),
        ({"at": f"{STAGES}[canary].gates"}, "gates", "did you mean gate?"),
    ],
)
def test_what_a_risk_lacks_is_said_with_its_place_and_mend(
    whole: Plan, other: dict[str, Any], path: str, mend: str
) -> None:
    with pytest.raises(InputError) as caught:
        edits.accept_risk(whole, risk(**other), TODAY)
    assert path in str(caught.value.where)
    assert mend in str(caught.value.mend)


def test_a_risk_can_be_accepted_for_a_year_from_its_last_day_too(whole: Plan) -> None:
    last = TODAY + dt.timedelta(days=risks.LONGEST)
    assert edits.accept_risk(whole, risk(until=last.isoformat()), TODAY) is not whole
    assert edits.accept_risk(whole, risk(until=TODAY.isoformat()), TODAY) is not whole


def test_actions_get_ids_that_are_free_and_change_by_theirs(whole: Plan) -> None:
    assert edits.new_action_id(whole) == "a1"
    noted = edits.note_action(whole, Action(id="a1", about="too-fast", at="rollout.stages[canary]"))
    assert edits.new_action_id(noted) == "a2"
    done = edits.note_action(noted, Action(id="a1", about="too-fast", at=noted.actions[0].at, state="done"))
    assert [each.state for each in done.actions] == ["done"]


@pytest.mark.parametrize(
    "action",
    [
        Action(id=" ", about="too-fast"),
        Action(id="a1", about=""),
        Action(id="a1", about="too-fast", at=f"{STAGES}[gone]"),
        Action(id="a1", about="too-fast", at="nowhere.at.all"),
    ],
)
def test_an_action_about_nothing_or_nowhere_is_refused(whole: Plan, action: Action) -> None:
    with pytest.raises(InputError):
        edits.note_action(whole, action)


def test_an_action_whose_row_is_gone_can_still_be_closed(whole: Plan) -> None:
    at = f"{STAGES}[canary]"
    noted = edits.note_action(whole, Action(id="a1", about="too-fast", at=at))
    gone = edits.answer(noted, STAGES, [{"name": "everyone", "percent": 100}])
    done = edits.note_action(gone, Action(id="a1", about="too-fast", at=at, state="done"))
    assert done.actions[0].state == "done"


def test_a_row_takes_its_risks_and_actions_along_when_it_is_renamed(whole: Plan) -> None:
    plan = edits.accept_risk(whole, risk(at=f"{STAGES}[canary].percent"), TODAY)
    plan = edits.note_action(plan, Action(id="a1", about="too-fast", at=f"{STAGES}[canary]"))
    renamed = edits.rename_row(plan, STAGES, "canary", "first few")
    assert renamed.accepted_risks[0].at == f'{STAGES}["first few"].percent'
    assert renamed.actions[0].at == f'{STAGES}["first few"]'
