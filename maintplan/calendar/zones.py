"""A time zone as a calendar file spells it out (VTIMEZONE), for who does not know it by its name.

icalendar's own way writes the hour after a change where RFC 5545 wants the hour before it, and other parsers
then miss the change. Here each change is a yearly rule where the zone follows one, and a list of days where
it does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Timezone

_WEEK = dt.timedelta(days=7)
"""How far apart the clocks are looked at; no zone changes them twice within it."""
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TWICE = 2


@dataclass(frozen=True)
class _Change:
    """A change of the clocks: when by the clock before it, from which offset to which, and its name."""

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[dt.timedelta, dt.timedelta, str, bool]:
        return self.before, self.after, self.name, self.summer


def timezone(name: str, first: int, last: int) -> Timezone:
    """Return a zone's component.

    Parameters
    ----------
    name
        The zone's name.
    first, last
        The years that it has to hold for.
    """
    from icalendar import (  # noqa: PLC0415 - only who asks for a calendar waits for it
        Timezone,
        TimezoneDaylight,
        TimezoneStandard,
        vRecur,
    )

    zone = ZoneInfo(name)
    changes = _changes(zone, first, last)
    component = Timezone()
    component.add("tzid", name)
    for group in _grouped(changes or [_always(zone, first)]):
        part = TimezoneDaylight() if group[0].summer else TimezoneStandard()
        part.add("dtstart", group[0].at)
        part.add("tzoffsetfrom", group[0].before)
        part.add("tzoffsetto", group[0].after)
        part.add("tzname", group[0].name)
        rule = _rule(group, last)
        if rule:
            part.add("rrule", vRecur.from_ical(rule))
        else:
            for each in group[1:]:
                part.add("rdate", [each.at])
        component.add_component(part)
    return component


def _always(zone: ZoneInfo, year: int) -> _Change:
    """Return what holds all the time in a zone whose clocks do not change."""
    start = dt.datetime(year, 1, 1, tzinfo=zone)
    offset = start.utcoffset() or dt.timedelta()
    return _Change(start.replace(tzinfo=None), offset, offset, start.tzname() or "", summer=False)


def _changes(zone: ZoneInfo, first: int, last: int) -> list[_Change]:
    """Find the changes of some years: week by week, then to the minute."""
    found: list[_Change] = []
    moment = dt.datetime(first, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last + 1, 1, 1, tzinfo=dt.UTC)
    while moment < end:
        after = moment + _WEEK
        if _offset(zone, moment) != _offset(zone, after):
            found.append(_change(zone, moment, after))
        moment = after
    return found


def _change(zone: ZoneInfo, low: dt.datetime, high: dt.datetime) -> _Change:
    before = _offset(zone, low)
    while high - low > dt.timedelta(minutes=1):
        middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    local = high.astimezone(zone)
    at = high.replace(tzinfo=None) + before
    return _Change(at, before, _offset(zone, high), local.tzname() or "", summer=bool(local.dst()))


def _offset(zone: ZoneInfo, moment: dt.datetime) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()


def _grouped(changes: Sequence[_Change]) -> list[list[_Change]]:
    groups: dict[object, list[_Change]] = {}
    for each in changes:
        groups.setdefault(each.kind, []).append(each)
    return list(groups.values())


def _rule(group: Sequence[_Change], last: int) -> str:
    """Return the yearly rule that a group of changes follows to its end; nothing where it follows none."""
    years = [each.at.year for each in group]
    if len(group) < _TWICE or years != list(range(years[0], last + 1)):
        return ""
    if len({(each.at.month, each.at.weekday(), each.at.time()) for each in group}) > 1:
        return ""
    month, code = group[0].at.month, _CODES[group[0].at.weekday()]
    if all((each.at + _WEEK).month != month for each in group):
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1{code}"
    weeks = {(each.at.day - 1) // 7 + 1 for each in group}
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={weeks.pop()}{code}" if len(weeks) == 1 else ""
