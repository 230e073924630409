"""Says a schedule in the words of a catalogue: ``every Sunday at 02:00 (Europe/Berlin), for 2 hours``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from maintplan.fields import duration, recurrence
from maintplan.fields.base import Value
from maintplan.fields.wording import calendar_date, joined
from maintplan.fields.words import Words

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_SAID = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYHOUR", "BYMINUTE"}
_DURATION_UNITS = {"day": "d", "week": "w", "month": "mo", "year": "y"}
_CODES = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}


def in_words(schedule: Mapping[str, Value], words: Words) -> str:
    """Say a schedule that is given as a mapping in canonical form."""
    if _always(schedule):
        return words.always
    start, _, clock = str(schedule.get("start", "")).partition("T")
    if rule := schedule.get("rrule"):
        told, time = _rule(str(rule), clock, words)
    else:
        told, time = _calendar(schedule, words), str(schedule.get("time", ""))
    if time:
        told += words.at_time.format(time=time)
    if zone := schedule.get("zone"):
        told += words.in_zone.format(zone=zone)
    if start:
        told += words.starting.format(date=calendar_date(start, words))
    if length := schedule.get("for"):
        told += words.lasting.format(duration=duration.show(str(length), words))
    return told


def _always(schedule: Mapping[str, Value]) -> bool:
    """Whether it goes on all the time: every day from midnight, for a day."""
    whole_day = schedule.get("time") == "00:00" and schedule.get("for") in ("24h", "1d")
    return schedule.get("every") == "day" and not schedule.get("days") and whole_day


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


def _rule(rule: str, clock: str, words: Words) -> tuple[str, str]:
    """Say a rule, and the times of day that it names; quote one that has no plain words as it stands."""
    parts = recurrence.parts(rule)
    told = _days_of(parts, words) if set(parts) <= _SAID and parts["FREQ"] in _UNITS else None
    time = _times_of(parts, clock, words)
    return (words.by_rule.format(rule=rule), clock) if told is None or time is None else (told, time)


def _days_of(parts: Mapping[str, str], words: Words) -> str | None:
    """Say on which days a rule comes round, or return None."""
    unit, number = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    few = words.every_few.format(number=number, unit=words.units[_DURATION_UNITS[unit]][1])
    period = words.every[unit] if number == 1 else few
    if unit in {"day", "week"}:
        if {"BYMONTH", "BYMONTHDAY"} & set(parts):
            return None
        codes = parts["BYDAY"].split(",") if "BYDAY" in parts else []
        if not set(codes) <= set(_CODES):
            return None
        if not codes:
            return period
        days = joined([words.weekdays[_CODES[code]] for code in codes], words)
        every = words.every_weekday.format(days=days)
        return every if number == 1 else words.on_days.format(period=period, days=days)
    if ("BYDAY" in parts) == ("BYMONTHDAY" in parts):  # both together mean something narrower
        return period if set(parts) <= {"FREQ", "INTERVAL", "BYHOUR", "BYMINUTE"} else None
    if ("BYMONTH" in parts) != (unit == "year"):
        return None
    names = [_day_of(code, words) for code in (parts.get("BYDAY") or parts["BYMONTHDAY"]).split(",")]
    months = [_numbered(words.months, code) for code in parts.get("BYMONTH", "1").split(",")]
    if None in names or None in months:
        return None
    days = joined([str(name) for name in names], words)
    if unit == "year":
        days = words.of_month.format(days=days, months=joined([str(name) for name in months], words))
    return words.on_the.format(period=period, days=days)


def _numbered(names: Sequence[str], code: str) -> str | None:
    number = int(code) if code.isdigit() else 0
    return names[number - 1] if 1 <= number <= len(names) else None


def _day_of(code: str, words: Words) -> str | None:
    """Say a day of a month: its number, or its weekday with an ordinal."""
    if code.isdigit():
        return _numbered(words.month_days, code)
    ordinal, weekday = _ORDINALS.get(code[:-2].removeprefix("+")), _CODES.get(code[-2:])
    return f"{words.ordinals[ordinal]} {words.weekdays[weekday]}" if ordinal and weekday else None


def _times_of(parts: Mapping[str, str], clock: str, words: Words) -> str | None:
    """Say at which times of day: the clock where a rule names none, None where it can't be said."""
    if not {"BYHOUR", "BYMINUTE"} & set(parts):
        return clock
    hour, _, minute = clock.partition(":")
    hours, minutes = parts.get("BYHOUR", hour).split(","), parts.get("BYMINUTE", minute).split(",")
    if not all(
        each.isdigit() for each in (*hours, *minutes)
    ):  # a rule without a start leaves one of them open
        return None
    found = sorted(f"{int(each):02}:{int(at):02}" for each in hours for at in minutes)
    return joined(found, words)
