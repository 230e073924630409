"""When an item happens: a schedule's canonical value as a calendar's rules, first day and length.

A schedule may name less than a calendar needs. ``weekly`` names no day: it is put on the first working day of
its period, and says so. Without a time it takes the whole day. Rules keep step with fixed days and not with
the day of the export, so that a later export finds the same occurrences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from maintplan.fields import duration, recurrence

Lack = Literal["no_day", "no_time", "no_zone"]
Moment = dt.date | dt.datetime

_EPOCH = dt.date(2024, 1, 1)
"""A Monday and the first day of a year: where rules with an interval are counted from."""
_AHEAD = dt.timedelta(days=5 * 366)
"""How far the first occurrence is looked for; a rule may match no day at all."""
_SHORT = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_PROPOSED = {
    "week": "FREQ=WEEKLY;BYDAY=MO",
    "month": "FREQ=MONTHLY;BYDAY=1MO",
    "quarter": "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO",
    "year": "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO",
}
"""Where a schedule stands that names no day: a Monday, the first of its period."""
_CODES = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}
_SURE = 28
"""The last day that every month has."""
_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


@dataclass(frozen=True)
class Timing:
    """One recurring or single time.

    Attributes
    ----------
    start
        The first occurrence: a date for a whole day, else a local time without its zone.
    rule
        The recurrence as RFC 5545 writes it; empty for what happens once.
    zone
        The time zone's name; empty for the time of wherever the reader is.
    length
        How long it takes; None where nobody said, and for whole days.
    last
        The last day of a period of whole days.
    lacks
        What the plan does not say, and the calendar had to settle.
    """

    start: Moment
    rule: str = ""
    zone: str = ""
    length: dt.timedelta | None = None
    last: dt.date | None = None
    lacks: tuple[Lack, ...] = ()

    @property
    def whole_day(self) -> bool:
        """Whether it takes whole days."""
        return not isinstance(self.start, dt.datetime)


def timings(schedule: Any, since: dt.date, length: str | None = None) -> Iterator[Timing]:
    """Yield the times of a schedule in its canonical form, one for each rule that it takes.

    Parameters
    ----------
    schedule
        The document value.
    since
        The day that the first occurrence is looked for from.
    length
        How long it takes, as a duration, where the schedule does not say so itself.
    """
    parts: Mapping[str, Any] = {"every": _SHORT[schedule]} if isinstance(schedule, str) else schedule
    clock = str(parts.get("time") or "")
    zone = str(parts.get("zone") or "")
    lasts = parts.get("for") or length
    takes = _length(str(lasts)) if lasts else None
    if "rrule" in parts:
        yield from _by_rule(str(parts["rrule"]), str(parts.get("start") or ""), zone, takes, since)
        return
    days = list(parts.get("days") or ())
    lacks: list[Lack] = [] if days or parts["every"] == "day" else ["no_day"]
    lacks += [] if clock else ["no_time"]
    lacks += ["no_zone"] if clock and not zone else []
    for rule in _rules(str(parts["every"]), days):
        day = _first(rule, since)
        start: Moment = dt.datetime.combine(day, dt.time.fromisoformat(clock)) if clock else day
        yield Timing(start, rule, zone if clock else "", takes if clock else None, lacks=tuple(lacks))


def occurrences(timing: Timing, first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the days of a period on which something happens; each once, however often it happens on it.

    Parameters
    ----------
    timing
        When it happens.
    first, last
        The first and the last day of the period, at most a few years apart.
    """
    start = (
        timing.start
        if isinstance(timing.start, dt.datetime)
        else dt.datetime.combine(timing.start, dt.time())
    )
    if not timing.rule:
        return [start.date()] if first <= start.date() <= last else []
    return list(_days(timing.rule, start, first, last))


# Most plans have many things on the days that are recommended for them: "the first Monday of the month".
@lru_cache(maxsize=256)
def _days(rule: str, start: dt.datetime, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - slow to load

    parts = recurrence.parts(rule)
    if parts["FREQ"] in _OFTEN:  # on every day, as far as a day is concerned
        begin = max(first, start.date())
        return tuple(begin + dt.timedelta(days=each) for each in range((last - begin).days + 1))
    # Its own count is counted here: a rule may match no day at all, and then only an end stops the search.
    count = int(parts.pop("COUNT", "0")) or None
    until = parts.get("UNTIL", "")[:8]
    parts["UNTIL"] = min(filter(None, (f"{last:%Y%m%d}T235959", f"{until}T235959" if until else "")))
    bounded = ";".join(f"{name}={value}" for name, value in parts.items())
    found = islice(rrulestr(bounded, dtstart=start, ignoretz=True), count)
    return tuple(sorted({each.date() for each in found if first <= each.date()}))


def _length(text: str) -> dt.timedelta | None:
    seconds = duration.seconds(text)
    return dt.timedelta(seconds=round(seconds)) if seconds >= 1 else None


def _rules(every: str, days: list[Any]) -> Iterator[str]:
    """Yield the rules of a period and its days; days of a month by number and by weekday are two rules."""
    if every == "day":
        yield "FREQ=DAILY"
    elif not days:
        yield _PROPOSED[every]
    elif every == "week":
        yield f"FREQ=WEEKLY;BYDAY={','.join(_CODES[day] for day in days)}"
    else:
        sure = [str(day) for day in days if isinstance(day, int) and day <= _SURE]
        named = [_weekday(day) for day in days if not isinstance(day, int)]
        if sure:
            yield f"FREQ=MONTHLY;BYMONTHDAY={','.join(sure)}"
        for day in days:
            if isinstance(day, int) and day > _SURE:  # a shorter month has its last day instead
                listed = ",".join(str(each) for each in range(_SURE, day + 1))
                yield f"FREQ=MONTHLY;BYMONTHDAY={listed};BYSETPOS=-1"
        if named:
            yield f"FREQ=MONTHLY;BYDAY={','.join(named)}"


def _weekday(day: str) -> str:
    ordinal, _, weekday = day.partition(" ")
    return f"{_ORDINALS[ordinal]}{_CODES[weekday]}"


def _by_rule(
    rule: str, given: str, zone: str, length: dt.timedelta | None, since: dt.date
) -> Iterator[Timing]:
    """Yield the time of a recurrence rule that somebody wrote, its first occurrence in step with it."""
    parts = recurrence.parts(rule)
    timed = "T" in given or bool({"BYHOUR", "BYMINUTE", "BYSECOND"} & set(parts)) or parts["FREQ"] in _OFTEN
    start = dt.datetime.fromisoformat(given) if given else dt.datetime.combine(_EPOCH, dt.time())
    first = start if parts["FREQ"] in _OFTEN else _matching(rule, start, start if given else since)
    if parts["FREQ"] in _OFTEN and not given:
        first = dt.datetime.combine(since, dt.time())
    lacks: tuple[Lack, ...] = ("no_time",) if not timed else () if zone else ("no_zone",)
    yield Timing(
        first if timed else first.date(),
        _until(rule, timed=timed, zone=zone),
        zone if timed else "",
        length if timed else None,
        lacks=lacks,
    )


def _until(rule: str, *, timed: bool, zone: str) -> str:
    """Write a rule's end in the form that its start asks for: a date, a local time, or one in UTC."""
    until = recurrence.parts(rule).get("UNTIL")
    if until is None:
        return rule
    if not timed:
        ends = until[:8]
    elif not zone:
        ends = until.removesuffix("Z") if "T" in until else f"{until}T235959"
    elif until.endswith("Z"):
        ends = until
    else:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few plans hold a rule with an end

        local = dt.datetime.fromisoformat(until if "T" in until else f"{until}T235959")
        ends = f"{local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC):%Y%m%dT%H%M%S}Z"
    return rule.replace(f"UNTIL={until}", f"UNTIL={ends}")


def _first(rule: str, since: dt.date) -> dt.date:
    return _matching(rule, dt.datetime.combine(since, dt.time()), since).date()


@lru_cache(maxsize=256)
def _matching(rule: str, start: dt.datetime, since: Moment) -> dt.datetime:
    """Return the first occurrence of a rule from a moment on; that moment where there is none for years."""
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - slow to load

    after = since if isinstance(since, dt.datetime) else dt.datetime.combine(since, dt.time())
    bare = ";".join(each for each in rule.split(";") if not each.startswith(("UNTIL=", "COUNT=")))
    bounded = rrulestr(f"{bare};UNTIL={after + _AHEAD:%Y%m%dT%H%M%S}", dtstart=min(start, after))
    return bounded.after(after, inc=True) or after
