"""The days of a schedule: weekdays of a week, numbers or ``first sun`` of a month. Not a kind of its own."""

from __future__ import annotations

import re

from maintplan.errors import closest
from maintplan.fields.base import Schema, Value, refuse
from maintplan.fields.given import Given, clean, one_line, plain, quoted, scalar_text

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = ("first", "second", "third", "fourth", "last")
FORM: Schema = {
    "anyOf": [
        {"type": "array", "items": {"type": ["string", "integer", "null"]}},
        {"type": ["string", "integer"]},
    ]
}
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name: name[:3] for name in (*WEEK, *_FULL)}
_NUMBER = re.compile(r"0?[1-9]|[12][0-9]|3[01]")
_OF_MONTH = "write 1 to 31, or a weekday such as first sun or last fri"
_OF_WEEK = f"write {', '.join(WEEK)}"


def canonical(given: Given, every: str) -> list[Value]:
    """Return the days in the order of the calendar.

    Parameters
    ----------
    given
        A list of days, or text such as ``mon, thu``.
    every
        The schedule's period.

    Raises
    ------
    ValueProblem
        When one is no day of that period, or stands twice.
    """
    if every not in {"week", "month"}:
        raise refuse(f"days do not go with every: {every}", "leave days out, or use every: week or month")
    if isinstance(given, list):
        items = [plain(item) for item in given]
    else:
        text = scalar_text(given, declared_text=False, what_is_right="a list of days, such as [mon, thu]")
        items = list(text.strip().removeprefix("[").removesuffix("]").split(","))
    found: list[Value] = []
    for item in items:
        if item is None:
            continue
        text = one_line(clean(scalar_text(item, declared_text=False, what_is_right="one day")))
        if not text:
            continue
        day = _of_week(text) if every == "week" else _of_month(text)
        if day in found:
            raise refuse(f"the day {day} stands twice", "name each day once")
        found.append(day)
    return sorted(found, key=_place)


def _of_week(text: str) -> str:
    day = _WEEKDAYS.get(text.lower())
    if day is None:
        near = closest(text.lower(), _WEEKDAYS)
        mend = f"did you mean {_WEEKDAYS[near]}?" if near else _OF_WEEK
        raise refuse(f"{quoted(text)} is not a day of the week", mend)
    return day


def _of_month(text: str) -> int | str:
    if _NUMBER.fullmatch(text):
        return int(text)
    ordinal, _, weekday = " ".join(text.lower().split()).partition(" ")
    if ordinal not in ORDINALS or weekday not in _WEEKDAYS:
        raise refuse(f"{quoted(text)} is not a day of the month", _OF_MONTH)
    return f"{ordinal} {_WEEKDAYS[weekday]}"


def _place(day: Value) -> tuple[int, int]:
    if isinstance(day, int):
        return 0, day
    ordinal, _, weekday = str(day).rpartition(" ")
    return (ORDINALS.index(ordinal) + 1 if ordinal else 0), WEEK.index(weekday)
