"""Says a schedule in the words of a catalogue: ``every Sunday at 02:00 (Europe/Berlin), for 2 hours``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from maintplan.fields import duration, recurrence
from maintplan.fields.base import Value
from maintplan.fields.wording import calendar_date, joined
from maintplan.fields.words import Words

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_SIMPLE = {"FREQ", "INTERVAL", "BYDAY"}
_DURATION_UNITS = {"day": "d", "week": "w", "month": "mo", "year": "y"}
_CODES = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}


def in_words(schedule: Mapping[str, Value], words: Words) -> str:
    """Say a schedule that is given as a mapping in canonical form."""
    rule = schedule.get("rrule")
    told = _rule(str(rule), words) if rule else _calendar(schedule, words)
    start, _, clock = str(schedule.get("start", "")).partition("T")
    if time := schedule.get("time", clock):
        told += words.at_time.format(time=time)
    if zone := schedule.get("zone"):
        told += words.in_zone.format(zone=zone)
    if start:
        told += words.starting.format(date=calendar_date(start, words))
    if length := schedule.get("for"):
        told += words.lasting.format(duration=duration.show(str(length), words))
    return told


def _calendar(schedule: Mapping[str, Value], words: Words) -> str:
    every = str(schedule["every"])
    days = cast("list[str | int]", schedule.get("days", []))
    if not days:
        return words.every[every]
    if every == "week":
        return words.every_weekday.format(days=joined([words.weekdays[str(day)] for day in days], words))
    names = [words.month_days[day - 1] if isinstance(day, int) else _ordinal(day, words) for day in days]
    return words.on_the.format(period=words.every[every], days=joined(names, words))


def _ordinal(day: str, words: Words) -> str:
    ordinal, _, weekday = day.partition(" ")
    return f"{words.ordinals[ordinal]} {words.weekdays[weekday]}"


def _rule(rule: str, words: Words) -> str:
    """Say a rule of frequency, interval and plain weekdays; quote any other as it stands."""
    parts = recurrence.parts(rule)
    codes = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    if not set(parts) <= _SIMPLE or parts["FREQ"] not in _UNITS or not set(codes) <= set(_CODES):
        return words.by_rule.format(rule=rule)
    unit = _UNITS[parts["FREQ"]]
    if codes and unit not in {"week", "day"}:
        return words.by_rule.format(rule=rule)
    number = int(parts.get("INTERVAL", "1"))
    few = words.every_few.format(number=number, unit=words.units[_DURATION_UNITS[unit]][1])
    period = words.every[unit] if number == 1 else few
    if not codes:
        return period
    days = joined([words.weekdays[_CODES[code]] for code in codes], words)
    return (
        words.every_weekday.format(days=days)
        if number == 1
        else words.on_days.format(period=period, days=days)
    )
