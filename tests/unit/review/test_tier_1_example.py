"""A service that is run well is left in peace: the whole tier 1 plan of ``examples/checkout``.

The plan has a date, and so has every judgement of it here.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from maintplan import store
from maintplan.fields.duration import seconds
from maintplan.plan import Standing, stand
from maintplan.review import Review, load, review

EXAMPLE = Path(__file__).parents[3] / "examples" / "checkout" / "plan.yaml"
TODAY = dt.date(2026, 11, 25)
KINDS = {
    *("restart", "scale", "degrade", "restore", "failover", "other"),
    *(f"rollback-{what}" for what in ("code", "configuration", "flag", "schema", "data")),
}


@pytest.fixture(scope="module")
def checkout() -> Standing:
    return stand(store.open(EXAMPLE).plan)


@pytest.fixture(scope="module")
def judged(checkout: Standing) -> Review:
    return review(checkout, load(checkout.plan.template), TODAY)


def held(checkout: Standing, name: str) -> Any:
    return checkout.fields[checkout.plan.template.named[name].place].value


def minutes(value: str) -> float:
    return seconds(value) / 60


def test_it_answers_all_that_tier_1_in_production_is_asked_and_what_stands_under_more_detail(
    checkout: Standing,
) -> None:
    assert (checkout.plan.service.tier, checkout.plan.service.stage) == (1, "production")
    assert [place for place, each in checkout.fields.items() if each.asked and each.state != "decided"] == []
    assert [place for place, each in checkout.fields.items() if each.answer is None] == []
    assert checkout.count().left == 0
    assert checkout.unanswered_items == []
    assert checkout.missing_inputs == []


def test_each_question_has_its_paragraphs_and_each_consideration_its_owner(checkout: Standing) -> None:
    plan = checkout.plan
    assert set(plan.responses) == {each.id for each in plan.template.questions}
    assert set(plan.owners) == set(checkout.considerations)


def test_no_reference_leads_nowhere(checkout: Standing) -> None:
    assert checkout.dangling == []


def test_the_reviewer_finds_nothing_high_and_nothing_medium(judged: Review) -> None:
    assert [
        f"{each.rule} at {each.at}: {each.message}" for each in judged.findings if each.severity != "low"
    ] == []


def test_no_rule_waits_for_an_answer(judged: Review) -> None:
    assert [each.rule for each in judged.waiting] == []


def test_it_accepts_no_risk_to_get_there(checkout: Standing) -> None:
    assert checkout.plan.accepted_risks == ()


def test_it_has_procedures_of_every_kind_and_their_steps_add_up_to_their_minutes(checkout: Standing) -> None:
    procedures = held(checkout, "runbook.procedures")
    steps = held(checkout, "runbook.procedure_steps")
    assert {each["kind"] for each in procedures} == KINDS
    for each in procedures:
        own = [step["minutes"] for step in steps if step["procedure"] == each["name"]]
        assert (each["name"], len(own) >= 3, sum(own)) == (each["name"], True, each["minutes"])


def test_every_alert_leads_to_a_procedure(checkout: Standing) -> None:
    known = {each["name"] for each in held(checkout, "runbook.procedures")}
    assert {each["runbook"] for each in held(checkout, "monitoring.alerts")} <= known


def test_the_way_back_fits_the_recovery_time_and_was_measured(checkout: Standing) -> None:
    before = minutes(held(checkout, "monitoring.detection_target")) + minutes(
        held(checkout, "release.decision_time")
    )
    steps = sum(each["minutes"] for each in held(checkout, "recovery.steps"))
    assert steps == minutes(held(checkout, "recovery.restore_time_measured"))
    assert before + steps <= minutes(held(checkout, "recovery.rto"))


def test_one_region_carries_the_forecast_and_its_headroom_and_the_load_test_was_that_high(
    checkout: Standing,
) -> None:
    wanted = held(checkout, "performance.forecast_peak") * (1 + held(checkout, "performance.headroom") / 100)
    one_region = (
        held(checkout, "performance.max_replicas") / 2 * held(checkout, "performance.rps_per_replica")
    )
    assert one_region == held(checkout, "performance.target_load") == wanted


def test_its_schedules_have_a_place_in_the_calendar_and_begin_on_a_day_of_theirs(checkout: Standing) -> None:
    found = list(schedules([each.value for each in checkout.fields.values()]))
    assert len(found) > 50
    for each in found:
        assert {"time", "start"} & set(each), each
        assert {"for", "zone"} <= set(each), each
        if rule := each.get("rrule"):
            start = dt.datetime.fromisoformat(each["start"])
            assert rrulestr(rule, dtstart=start)[0] == start, each


def test_nothing_that_was_done_lies_ahead(checkout: Standing) -> None:
    done = {
        *(
            "reviewed",
            "checked_on",
            "last_exercised",
            "practised",
            "last_carried_load",
            "compared_on",
            "updated",
        ),
        *(
            "last_run",
            "last_tested",
            "last_restore_test",
            "cold_start_measured",
            "last_major_change",
            "since",
        ),
    }
    cells = [
        (column, value)
        for field in checkout.fields.values()
        for row in (field.value if isinstance(field.value, list) else [])
        if isinstance(row, dict)
        for column, value in row.items()
    ]
    values = [(place.rsplit(".", 1)[-1], each.value) for place, each in checkout.fields.items()]
    days = [dt.date.fromisoformat(value) for column, value in (*cells, *values) if column in done]
    assert len(days) > 40
    assert max(days) <= TODAY


def schedules(value: Any) -> Any:
    """Find every schedule in document values, in rows of tables too."""
    if isinstance(value, list):
        for each in value:
            yield from schedules(each)
    elif isinstance(value, dict):
        if "every" in value or "rrule" in value:
            yield value
        else:
            yield from schedules(list(value.values()))
