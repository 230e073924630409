"""Schedules: short forms, places in the calendar and recurrence rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintplan import fields
from maintplan.errors import ValueProblem
from maintplan.fields import Spec

SCHEDULE = Spec("schedule")
DAY = 86400


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        ("Weekly", "weekly", "every week"),
        ({"every": "quarter"}, {"every": "quarter"}, "every quarter"),
        (
            {"zone": "Europe/Berlin", "for": "2 hours", "every": "week", "days": ["Sunday"], "time": "2:00"},
            {"every": "week", "days": ["sun"], "time": "02:00", "for": "2h", "zone": "Europe/Berlin"},
            "every Sunday at 02:00 (Europe/Berlin), for 2 hours",
        ),
        (
            {"every": "week", "days": "thu, mon"},
            {"every": "week", "days": ["mon", "thu"]},
            "every Monday and Thursday",
        ),
        (
            {"every": "month", "days": ["last fri", "First Sun", 15, "1"]},
            {"every": "month", "days": [1, 15, "first sun", "last fri"]},
            "every month on the 1st, 15th, first Sunday and last Friday",
        ),
        (
            {"rrule": "rrule:freq=weekly; interval=2; byday=su", "start": "2026-12-06 02:00", "for": "1h"},
            {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "start": "2026-12-06T02:00", "for": "1h"},
            "every 2 weeks on Sunday at 02:00, from 6 December 2026, for 1 hour",
        ),
        (
            {"rrule": "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU", "start": dt.datetime(2026, 12, 6)},  # noqa: DTZ001 - as PyYAML makes it
            {"rrule": "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU", "start": "2026-12-06"},
            "every year on the first Sunday of March, from 6 December 2026",
        ),
    ],
)
def test_a_schedule_is_read_and_shown(raw: object, value: Any, shown: str) -> None:
    assert fields.parse(raw, SCHEDULE) == value
    assert fields.show(value, SCHEDULE) == shown


def test_a_schedule_is_written_as_yaml_in_one_line() -> None:
    text = '{every: week, days: [sun], time: "02:00", for: 2h, zone: Europe/Berlin}'
    value = fields.parse(text, SCHEDULE)
    assert value == {"every": "week", "days": ["sun"], "time": "02:00", "for": "2h", "zone": "Europe/Berlin"}
    assert fields.parse(fields.text(value, SCHEDULE), SCHEDULE) == value


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("FREQ=DAILY", "every day at 02:00"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every Monday and Thursday at 02:00"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=3TH", "every 3 months on the third Thursday at 02:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "every month on the 1st and 15th at 02:00"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday at 02:00"),
        (
            "FREQ=YEARLY;BYMONTH=3,9;BYDAY=+1SU",
            "every year on the first Sunday of March and September at 02:00",
        ),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "every 2 years on the 29th of February at 02:00"),
        ("FREQ=DAILY;BYHOUR=12,0;BYMINUTE=30", "every day at 00:30 and 12:30"),
        ("FREQ=WEEKLY;BYDAY=SU;BYHOUR=3", "every Sunday at 03:00"),
        # What has no plain words stands as it is.
        ("FREQ=MONTHLY;BYDAY=SU", "by the rule FREQ=MONTHLY;BYDAY=SU at 02:00"),
        ("FREQ=MONTHLY;BYDAY=5SU", "by the rule FREQ=MONTHLY;BYDAY=5SU at 02:00"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "by the rule FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13 at 02:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "by the rule FREQ=MONTHLY;BYMONTHDAY=-1 at 02:00"),
        ("FREQ=YEARLY;BYMONTH=3", "by the rule FREQ=YEARLY;BYMONTH=3 at 02:00"),
        ("FREQ=WEEKLY;COUNT=3", "by the rule FREQ=WEEKLY;COUNT=3 at 02:00"),
        ("FREQ=HOURLY", "by the rule FREQ=HOURLY at 02:00"),
    ],
)
def test_a_rule_is_said_in_plain_words_where_there_are_some(rule: str, shown: str) -> None:
    value = fields.parse({"rrule": rule, "start": "2026-12-06T02:00"}, SCHEDULE)
    assert value is not None
    assert fields.show(value, SCHEDULE) == f"{shown}, from 6 December 2026"


def test_a_rule_that_leaves_the_minute_to_a_start_that_is_not_there_is_quoted() -> None:
    assert fields.show({"rrule": "FREQ=DAILY;BYHOUR=3"}, SCHEDULE) == "by the rule FREQ=DAILY;BYHOUR=3"


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]),
    st.dictionaries(
        st.sampled_from(["INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR", "BYMINUTE", "BYSETPOS"]),
        st.lists(
            st.sampled_from(["0", "1", "13", "32", "-1", "24", "60", "SU", "1SU", "-5MO", "+2FR", "9TU"]),
            min_size=1,
            max_size=3,
        ),
        max_size=4,
    ),
)
def test_any_rule_that_is_taken_is_said(frequency: str, parts: dict[str, list[str]]) -> None:
    rule = ";".join([f"FREQ={frequency}", *(f"{name}={','.join(each)}" for name, each in parts.items())])
    try:
        value = fields.parse({"rrule": rule}, SCHEDULE)
    except ValueProblem:
        return
    assert value is not None
    assert fields.show(value, SCHEDULE)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("weekley", "'weekley' is not a schedule; did you mean weekly?"),
        ({"every": "week", "dayz": []}, "unknown key of a schedule 'dayz'; did you mean days?"),
        ({"time": "02:00"}, "the schedule does not say how often; add every: "),
        ({"every": "weekly"}, "'weekly' is not a period of a schedule; did you mean week?"),
        ({"every": "week", "days": ["sunda"]}, "'sunda' is not a day of the week; did you mean sun?"),
        ({"every": "week", "days": [1]}, "'1' is not a day of the week; write mon, tue"),
        ({"every": "week", "days": ["sun", "Sunday"]}, "the day sun stands twice"),
        ({"every": "month", "days": [32]}, "'32' is not a day of the month; write 1 to 31"),
        ({"every": "day", "days": ["sun"]}, "days do not go with every: day"),
        ({"every": "week", "time": 750}, "'750' is not a clock time; write hours and minutes in quotes"),
        ({"every": "week", "time": "24:00"}, "'24:00' is not a clock time"),
        ({"every": "week", "for": "0s"}, "'0s' is no length of time"),
        ({"every": "week", "zone": "Berlin"}, "'Berlin' is not a time zone; did you mean Europe/Berlin?"),
        ({"every": "week", "zone": "../../etc/passwd"}, "'../../etc/passwd' is not a time zone; "),
        ({"every": "week", "start": "2026-12-06"}, "'start' does not go with every; "),
        ({"rrule": "FREQ=DAILY", "time": "02:00"}, "'time' does not go with rrule; "),
        ({"rrule": "FREQ=DALY"}, "the rule 'FREQ=DALY' has no valid FREQ; use one of "),
        ({"rrule": "FREQ=DAILY;BYDAYS=SU"}, "'BYDAYS' is no part of a recurrence rule; did you mean BYDAY?"),
        ({"rrule": "FREQ=DAILY;INTERVAL=0"}, "INTERVAL of the rule is '0'; write a whole number from 1"),
        ({"rrule": "FREQ=DAILY;BYDAY=XX"}, "the recurrence rule 'FREQ=DAILY;BYDAY=XX' is not valid"),
        ({"rrule": "FREQ=DAILY", "start": "2026-12-06T02:00Z"}, "'2026-12-06T02:00Z' is not a start; "),
    ],
)
def test_a_wrong_schedule_is_refused_with_what_would_be_right(raw: object, message: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        fields.parse(raw, SCHEDULE)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("raw", "days"),
    [
        ("daily", 1),
        ("quarterly", 91),
        ({"every": "week", "days": ["mon", "thu"]}, 3.5),
        ({"every": "month", "days": ["first sun"]}, 30),
        ({"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"}, 14),
        ({"rrule": "FREQ=DAILY;BYHOUR=2,14"}, 0.5),
        ({"rrule": "FREQ=DAILY;BYDAY=SU"}, 7),
        ({"rrule": "FREQ=MONTHLY;BYDAY=1SU"}, 30),
        ({"rrule": "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1"}, 182.5),
        ({"rrule": "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31;BYHOUR=1;BYMINUTE=1;BYSECOND=1"}, 360),
    ],
)
def test_the_period_is_estimated_without_expanding_a_rule(raw: object, days: float) -> None:
    value = fields.parse(raw, SCHEDULE)
    assert value is not None
    seen = fields.to_cel(value, SCHEDULE)
    assert isinstance(seen, dict)
    assert seen["period"].total_seconds() == pytest.approx(days * DAY)


@pytest.mark.parametrize("length", ["24h", "1d"])
def test_every_day_from_midnight_for_a_day_is_around_the_clock(length: str) -> None:
    value: dict[str, Any] = {"every": "day", "time": "00:00", "zone": "Europe/Berlin", "for": length}
    assert fields.show(value, SCHEDULE) == "around the clock"
    assert fields.show({**value, "for": "8h"}, SCHEDULE).startswith("every day at 00:00")
