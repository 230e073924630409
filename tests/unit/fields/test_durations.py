"""Lengths of time: the ways to write them, their comparison and their words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maintplan import fields
from maintplan.errors import ValueProblem
from maintplan.fields import Spec, duration

DURATION = Spec("duration")


@pytest.mark.parametrize(
    ("raw", "value", "seconds"),
    [
        ("200ms", "200ms", 0.2),
        ("90s", "90s", 90),
        ("15 min", "15m", 900),
        ("15 Minutes", "15m", 900),
        ("24h", "24h", 86400),
        ("1 d", "1d", 86400),
        ("2w", "2w", 14 * 86400),
        ("12mo", "12mo", 360 * 86400),
        ("1y", "1y", 365 * 86400),
        ("1h 30m", "1h30m", 5400),
        ("1 hour 30 minutes", "1h30m", 5400),
        ("04.50h", "4.5h", 16200),
        ("at once", "0s", 0),
        ("pt2h", "PT2H", 7200),
        ("P1DT12H", "P1DT12H", 129600),
        ("P1M", "P1M", 30 * 86400),
        ("PT1M", "PT1M", 60),
        (timedelta(hours=24), "1d", 86400),
        (timedelta(minutes=90), "90m", 5400),
        (timedelta(milliseconds=2), "2ms", 0.002),
        (timedelta(0), "0s", 0),
    ],
)
def test_a_duration_keeps_the_unit_that_was_typed(raw: object, value: str, seconds: float) -> None:
    assert fields.parse(raw, DURATION) == value
    assert duration.seconds(value) == seconds


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("5", "'5' has no unit; say the unit, such as 15m, 4h or 30d"),
        (5, "'5' has no unit; say the unit, such as 15m, 4h or 30d"),
        ("0", "'0' has no unit; write 0s for at once"),
        ("-3h", "'-3h' is negative; a duration never is"),
        (timedelta(hours=-3), "'-3h' is negative; a duration never is"),
        ("12M", "'12M' is not a duration; write 12m for minutes or 12mo for months"),
        ("30m 1h", "'30m 1h' is not a duration; write the larger unit first"),
        ("1h 1h", "'1h 1h' is not a duration; write the larger unit first and each unit once"),
        ("1,5 h", "'1,5 h' is not a duration; write a number and its unit, with a decimal point: 1.5 h"),
        ("P", "'P' is not a duration; write a number and its unit"),
        ("P1DT", "'P1DT' is not a duration; write a number and its unit"),
        ("soon", "'soon' is not a duration; write a number and its unit"),
        ("1001y", "'1001y' is more than a thousand years"),
        ("9" * 500 + "h", "'999"),
    ],
)
def test_what_is_no_duration_is_refused(raw: object, message: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        fields.parse(raw, DURATION)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("4h", "4 hours"),
        ("1h", "1 hour"),
        ("1h30m", "1 hour 30 minutes"),
        ("1.5h", "1.5 hours"),
        ("PT2H", "2 hours"),
        ("12mo", "12 months"),
        ("0s", "at once"),
        ("0h", "at once"),
    ],
)
def test_a_duration_is_shown_in_words(value: str, shown: str) -> None:
    assert fields.show(value, DURATION) == shown
