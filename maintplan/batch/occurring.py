"""When the maintenance of many services happens, and where that of two that need each other meets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from maintplan.fields import recurrence

DAYS = 28
"""How many days the calendar shows."""
_MOST = 60
"""Occurrences of one item in these days; what happens more often is no date."""


@dataclass(frozen=True, order=True, slots=True)
class Occurrence:
    """One time at which one service is worked on, in UTC."""

    begin: dt.datetime
    end: dt.datetime
    service: str
    title: str
    zone: str

    @property
    def local(self) -> dt.datetime:
        """When it begins where it was said."""
        return self.begin.astimezone(ZoneInfo(self.zone)) if self.zone else self.begin


@dataclass(frozen=True)
class Collision:
    """Work on two services at once, the first of which needs the second."""

    first: Occurrence
    second: Occurrence

    @property
    def begin(self) -> dt.datetime:
        """When both are worked on."""
        return max(self.first.begin, self.second.begin)

    @property
    def end(self) -> dt.datetime:
        """When one of them is left alone again."""
        return min(self.first.end, self.second.end)


def occurrences(service: str, about: Mapping[str, Any], since: dt.date) -> list[Occurrence]:
    """Return the times of one service's maintenance from a day on; items without an hour have none."""
    result: list[Occurrence] = []
    for item in about.get("calendar", ()):
        if "T" not in item["start"]:
            continue
        result += _of(service, item, since)
    return sorted(result)


def _of(service: str, item: Mapping[str, Any], since: dt.date) -> Iterator[Occurrence]:
    try:
        zone = ZoneInfo(item["zone"]) if item["zone"] else dt.UTC
        times = _moments(item["start"], item["rule"], zone, since)
    except (ValueError, KeyError, OverflowError):  # a rule or a zone that is not known here
        return
    if len(times) > _MOST:
        return
    length = dt.timedelta(minutes=item["minutes"] or 60)
    for each in times:
        begin = each.replace(tzinfo=zone).astimezone(dt.UTC)
        yield Occurrence(begin, begin + length, service, item["title"], item["zone"])


@lru_cache(maxsize=4096)
def _moments(start: str, rule: str, zone: dt.tzinfo, since: dt.date) -> tuple[dt.datetime, ...]:
    """Return when something begins, in local time; many plans say the same."""
    begin = dt.datetime.fromisoformat(start).replace(tzinfo=None)
    first = dt.datetime.combine(since, dt.time())
    last = first + dt.timedelta(days=DAYS)
    if not rule:
        return (begin,) if first <= begin < last else ()
    found = rrulestr(_bounded(rule, zone, last), dtstart=begin)
    return tuple(each for each in found.xafter(first, count=_MOST + 1, inc=True) if each < last)


def _bounded(rule: str, zone: dt.tzinfo, last: dt.datetime) -> str:
    """End a rule with the days that are looked at, in local time: one may match no day at all."""
    parts = recurrence.parts(rule)
    ends = last - dt.timedelta(seconds=1)
    if "UNTIL" in parts:
        until = dt.datetime.fromisoformat(parts["UNTIL"])
        ends = min(ends, until if until.tzinfo is None else until.astimezone(zone).replace(tzinfo=None))
    if "COUNT" not in parts:  # of the two a rule has one; what is counted ends by itself
        parts["UNTIL"] = f"{ends:%Y%m%dT%H%M%S}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def collisions(
    times: Mapping[str, list[Occurrence]], needs: Mapping[str, list[tuple[str, Any]]]
) -> list[Collision]:
    """Return where the maintenance of two services falls together, one of which needs the other."""
    pairs = {frozenset((one, other)): (one, other) for one, waits in needs.items() for other, _ in waits}
    result = []
    for one, other in sorted(pairs.values()):
        later = list(times.get(other, ()))
        for first in times.get(one, ()):
            result += [
                Collision(first, second)
                for second in later
                if first.begin < second.end and second.begin < first.end
            ]
    return sorted(result, key=lambda each: each.begin)
