"""The calendar file: another parser reads it, it keeps its times over a clock change, and updates itself."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject  # type: ignore[import-untyped]
from dateutil import tz
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from maintplan import fields, template
from maintplan.calendar import Timing, items
from maintplan.calendar.ics import calendar
from maintplan.calendar.timing import timings
from maintplan.calendar.zones import timezone
from maintplan.errors import ValueProblem
from maintplan.plan import AcceptedRisk, Action, Plan, Round, Service, edits, stand

NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
SCHEDULE = fields.Spec(kind="schedule", id="schedule")
Make = Callable[..., Plan]


@pytest.fixture(scope="module")
def make() -> Make:
    bank = template.load("maintenance-rollout")

    def made(tasks: list[dict[str, Any]] | None = None, **answers: Any) -> Plan:
        plan = Plan(bank, Service(name="pay", tier=3, stage="prototype", owner="payments"), revision=7)
        given = {"runbook.tasks": tasks} if tasks else {}
        for name, value in {**given, **answers}.items():
            plan = edits.answer(plan, name.replace("__", "."), value)
        return plan

    return made


def read(plan: Plan, before: Plan | None = None) -> list[Any]:
    """The events as another parser reads them."""
    text = calendar(stand(plan), NOW, before).decode()
    return list(vobject.readOne(text).contents.get("vevent", ()))


def only(plan: Plan) -> Any:
    [event] = read(plan)
    return event


def occurrences(event: Any, count: int) -> list[dt.datetime]:
    rule = rrulestr(event.rrule.value, dtstart=event.dtstart.value)
    return [each for each, _ in zip(rule, range(count), strict=False)]


def test_a_weekly_window_is_a_recurring_event_of_its_zone(make: Make) -> None:
    schedule = {"every": "week", "days": ["sun"], "time": "02:00", "for": "2h", "zone": "Europe/Berlin"}
    event = only(make(runbook__maintenance_window=schedule))
    assert event.summary.value == "Maintenance window"
    assert event.rrule.value == "FREQ=WEEKLY;BYDAY=SU"
    assert event.dtstart.value.replace(tzinfo=None) == dt.datetime(2026, 11, 29, 2)  # noqa: DTZ001 - the clock on the wall
    assert event.duration.value == dt.timedelta(hours=2)
    assert event.valarm.trigger.value == dt.timedelta(days=-1)
    assert "every Sunday at 02:00" in event.description.value


def test_the_clock_time_stays_on_both_sides_of_a_clock_change(make: Make) -> None:
    schedule = {"every": "day", "time": "09:00", "zone": "Europe/Berlin"}
    event = only(make([{"task": "look", "schedule": schedule}]))
    found = occurrences(event, 200)
    assert {each.hour for each in found} == {9}
    utc = {each.astimezone(dt.UTC).hour for each in found}
    assert utc == {7, 8}
    changes = [
        after.date() for day, after in itertools.pairwise(found) if day.utcoffset() != after.utcoffset()
    ]
    assert changes == [dt.date(2027, 3, 28)]


def test_the_file_says_itself_when_its_zones_change_their_clocks(make: Make) -> None:
    schedule = {"every": "day", "time": "09:00", "zone": "Europe/Berlin"}
    text = calendar(stand(make([{"task": "look", "schedule": schedule}])), NOW).decode()
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "DTSTART:20251026T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10" in text


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Casablanca",
        "America/Sao_Paulo",
        "Pacific/Kiritimati",
        "Europe/Dublin",
    ],
)
def test_any_zone_is_spelled_out_as_it_is(name: str) -> None:
    text = timezone(name, 2025, 2036).to_ical().decode()
    file = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{text}END:VCALENDAR\r\n"
    said = tz.tzical(io.StringIO(file)).get(name)
    assert said is not None
    for day in range(400, 4000, 3):
        moment = dt.datetime(2025, 1, 1, 12) + dt.timedelta(days=day)  # noqa: DTZ001 - the clock on the wall
        assert said.utcoffset(moment) == ZoneInfo(name).utcoffset(moment), moment


@pytest.mark.parametrize(
    ("schedule", "first", "rule"),
    [
        ("daily", "20261124", "FREQ=DAILY"),
        ("weekly", "20261130", "FREQ=WEEKLY;BYDAY=MO"),
        ("monthly", "20261207", "FREQ=MONTHLY;BYDAY=1MO"),
        ("quarterly", "20270104", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO"),
        ("yearly", "20270104", "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO"),
    ],
)
def test_a_schedule_without_a_time_takes_the_whole_day_and_says_so(
    make: Make, schedule: str, first: str, rule: str
) -> None:
    event = only(make([{"task": "look", "schedule": schedule}]))
    assert event.dtstart.value == dt.date.fromisoformat(first)
    assert not isinstance(event.dtstart.value, dt.datetime)
    assert set(event.rrule.value.split(";")) == set(rule.split(";"))
    assert event.summary.value in ("look (no time set)", "look (no day set)")
    assert "The plan names no time" in event.description.value


def test_days_of_a_month_by_number_and_by_name_are_two_events(make: Make) -> None:
    schedule = {"every": "month", "days": [1, 31, "last fri"], "time": "06:30", "zone": "UTC"}
    found = read(make([{"task": "look", "schedule": schedule}]))
    assert [each.rrule.value for each in found] == [
        "FREQ=MONTHLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=MONTHLY;BYDAY=-1FR",
    ]
    assert len({each.uid.value for each in found}) == 3
    assert [each.day for each in occurrences(found[1], 4)] == [30, 31, 31, 28]


def test_every_other_week_keeps_step_whenever_it_is_exported() -> None:
    rule = {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"}
    days = [dt.date(2026, 11, 1) + dt.timedelta(days=each) for each in range(60)]
    starts = {timing.start for day in days for timing in timings(rule, day)}
    assert len({(each.toordinal() % 14) for each in starts}) == 1


def test_a_rule_that_matches_no_day_ends_the_search() -> None:
    [timing] = timings({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, NOW.date())
    assert timing.start == NOW.date()


@pytest.mark.parametrize(
    ("schedule", "until"),
    [
        ({"rrule": "FREQ=DAILY;UNTIL=20270101T000000Z", "start": "2026-12-01"}, "20270101"),
        ({"rrule": "FREQ=DAILY;UNTIL=20270101", "start": "2026-12-01T08:00"}, "20270101T235959"),
        (
            {
                "rrule": "FREQ=DAILY;UNTIL=20270101T080000",
                "start": "2026-12-01T08:00",
                "zone": "Europe/Berlin",
            },
            "20270101T070000Z",
        ),
    ],
)
def test_a_rules_end_has_the_form_of_its_start(schedule: dict[str, str], until: str) -> None:
    [timing] = timings(fields.parse(schedule, SCHEDULE), NOW.date())
    assert timing.rule.endswith(f"UNTIL={until}")


def test_a_new_revision_updates_its_events_and_cancels_what_is_gone(make: Make) -> None:
    rows = [{"task": "look", "schedule": "weekly"}, {"task": "listen", "schedule": "weekly"}]
    old = make(rows)
    new = replace(make([{"task": "look", "schedule": "monthly"}]), revision=8)
    before = {each.summary.value[:4]: each for each in read(old)}
    after = {each.summary.value[:4]: each for each in read(new, old)}
    assert after["look"].uid.value == before["look"].uid.value
    assert [after["look"].sequence.value, before["look"].sequence.value] == ["8", "7"]
    assert after["list"].status.value == "CANCELLED"
    assert after["list"].uid.value == before["list"].uid.value
    assert "valarm" not in after["list"].contents


def test_what_a_task_and_a_drill_both_say_is_one_event_under_one_name_for_good(make: Make) -> None:
    monthly = {"every": "month", "days": ["first sun"], "time": "06:00", "zone": "Europe/Berlin"}
    rows = [
        {"task": "restore test", "schedule": monthly, "owner": "Mara"},
        {"task": "look", "schedule": "weekly"},
    ]
    old = make(rows, recovery__restore_test={**monthly, "time": "07:00"})
    task, drill = (each for each in read(old) if each.summary.value.lower() == "restore test")
    plan = make(rows[::-1], recovery__restore_test=monthly)
    event, gone = (each for each in read(plan, old) if each.summary.value.lower() == "restore test")
    assert (event.uid.value, event.status.value) == (task.uid.value, "CONFIRMED")
    assert (gone.uid.value, gone.status.value) == (drill.uid.value, "CANCELLED")
    assert event.categories.value == ["Task", "Drill"]
    assert [each.trigger.value.days for each in event.contents["valarm"]] == [-7, -1]
    for where in ("routine maintenance tasks", "recovery testing and validation", "Owner: Mara."):
        assert where in event.description.value


def test_what_else_has_a_day_stands_there_too(make: Make) -> None:
    plan = make(
        roadmap__components=[{"component": "PostgreSQL 16", "version": "16.4", "eol": "2028-11-09"}],
        security__certificates=[{"name": "api", "expires": "2027-02-01", "renew_before": "3w"}],
        release__flags=[{"name": "new-search", "remove_after": "2027-01-31"}],
        release__freeze_periods=[{"name": "Christmas", "start": "2026-12-20", "end": "2027-01-03"}],
    )
    plan = replace(
        plan,
        actions=(
            Action(id="a1", about="x", owner="lead", due=dt.date(2026, 12, 1), note="Name the rota"),
            Action(id="a2", about="x", due=dt.date(2026, 12, 2), state="done"),
        ),
        accepted_risks=(
            AcceptedRisk(
                rule="r",
                at="recovery.system-recovery-procedures.rto",
                reason="Soon gone",
                by="lead",
                until=dt.date(2027, 3, 31),
            ),
        ),
    )
    found = {each.summary.value: each for each in read(plan)}
    assert set(found) == {
        "Support ends: PostgreSQL 16",
        "Certificate ends: api",
        "Remove the flag new-search",
        "No releases: Christmas",
        "Action: Name the rota",
        "Accepted risk ends: System recovery procedures, restore within",
    }
    freeze = found["No releases: Christmas"]
    assert (freeze.dtstart.value, freeze.dtend.value) == (dt.date(2026, 12, 20), dt.date(2027, 1, 4))
    ahead = [each.trigger.value for each in found["Certificate ends: api"].contents["valarm"]]
    assert ahead == [dt.timedelta(days=-days, hours=9) for days in (30, 21, 7)]


def test_the_plans_own_moment_counts_and_not_the_clock(make: Make) -> None:
    said = Round(confirmed=False, by="lead", when=dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC), feedback="No.")
    plan = replace(make([{"task": "look", "schedule": "weekly"}]), rounds=(said,))
    first, second = (calendar(stand(plan), NOW + dt.timedelta(days=days)) for days in (0, 100))
    assert first == second
    assert b"DTSTAMP:20261001T080000Z" in first


@given(st.text(min_size=1, max_size=200))
@example(r"copy \\host\Notes to \\N\n")
@settings(max_examples=80, deadline=None)
def test_any_text_comes_back_from_another_parser(text: str) -> None:
    try:
        plan = edits.answer(TEXTS, "runbook.tasks", [{"task": f"a {text}", "schedule": "daily"}])
    except ValueProblem:  # a character that no plan holds
        return
    file = calendar(stand(plan), NOW)
    assert b"\n" not in file.replace(b"\r\n", b"")
    assert all(len(each) <= 75 for each in file.split(b"\r\n"))
    [event] = vobject.readOne(file.decode()).contents["vevent"]
    row = stand(plan).fields["runbook.routine-maintenance-tasks.tasks"].value[0]["task"]
    said = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "\ufffd", row)
    assert event.summary.value == f"{said} (no time set)"


TEXTS = Plan(template.load("maintenance-rollout"), Service(name="pay", tier=3, stage="prototype"), revision=1)


@given(
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.lists(st.sampled_from(["mon", "wed", "sun"]), unique=True),
    st.lists(st.integers(1, 31) | st.sampled_from(["first mon", "last sun"]), unique=True),
    st.none() | st.times(),
    st.none() | st.sampled_from(["Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata"]),
    st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
)
@settings(max_examples=150, deadline=None)
def test_any_schedule_begins_on_one_of_its_own_days(
    every: str,
    week: list[str],
    month: list[Any],
    time: dt.time | None,
    zone: str | None,
    since: dt.date,
) -> None:
    days = {"week": week, "month": month}.get(every)
    given_ = {"every": every, "days": days, "time": f"{time:%H:%M}" if time else None, "zone": zone}
    schedule = fields.parse({key: each for key, each in given_.items() if each}, SCHEDULE)
    found = list(timings(schedule, since))
    assert found
    for timing in found:
        assert isinstance(timing, Timing)
        assert timing.whole_day == (time is None)
        start = (
            timing.start
            if isinstance(timing.start, dt.datetime)
            else dt.datetime.combine(timing.start, dt.time())
        )
        assert start.date() >= since
        assert rrulestr(timing.rule, dtstart=start)[0] == start


def test_the_example_has_an_item_for_each_task_review_and_open_question(make: Make) -> None:
    from maintplan import resources, store  # noqa: PLC0415 - for this test alone

    plan = store.open(resources.example() / "plan.yaml").plan
    found = items(stand(plan), NOW.date())
    kinds = {each.kind for each in found}
    assert {"task", "drill", "review", "expiry", "action", "open", "due"} <= kinds
    assert len({each.place for each in found}) == len(found)
    assert len(read(plan)) == len(found)
