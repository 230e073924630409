"""When the maintenance of many services happens, and where that of two that need each other meets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAYS = 28
"""How many days the calendar shows."""
_MOST = 60
"""Occurrences of one item in these days; what happens more often is no date."""


@dataclass(frozen=True, order=True)
class Occurrence:
    """One time at which one service is worked on, in UTC."""

    begin: dt.datetime
    end: dt.datetime
    service: str
    title: str
    zone: str


@dataclass(frozen=True)
class Collision:
    """Work on two services at once, one of which needs the other."""

    first: Occurrence
    second: Occurrence


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
        start = dt.datetime.fromisoformat(item["start"]).replace(tzinfo=None)
        until = dt.datetime.combine(since, dt.time()) + dt.timedelta(days=DAYS)
        if item["rule"]:
            rule = rrulestr(f"RRULE:{item['rule'].split(';UNTIL')[0]}", dtstart=start)
            moments = rule.xafter(dt.datetime.combine(since, dt.time()), count=_MOST + 1, inc=True)
            times = [each for each in moments if each < until]
        else:
            times = [start] if dt.datetime.combine(since, dt.time()) <= start < until else []
    except (ValueError, KeyError, OverflowError):  # a rule or a zone that is not known here
        return
    if len(times) > _MOST:
        return
    length = dt.timedelta(minutes=item["minutes"] or 60)
    for each in times:
        begin = each.replace(tzinfo=zone).astimezone(dt.UTC)
        yield Occurrence(begin, begin + length, service, item["title"], item["zone"])


def collisions(
    times: Mapping[str, list[Occurrence]], needs: Mapping[str, list[tuple[str, Any]]]
) -> list[Collision]:
    """Return where the maintenance of two services falls together that need each other."""
    pairs = {tuple(sorted((service, other))) for service, waits in needs.items() for other, _ in waits}
    result = []
    for one, other in sorted(pairs):
        later = list(times.get(other, ()))
        for first in times.get(one, ()):
            result += [
                Collision(first, second)
                for second in later
                if first.begin < second.end and second.begin < first.end
            ]
    return sorted(result, key=lambda each: each.first.begin)
