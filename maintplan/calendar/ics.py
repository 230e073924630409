"""The calendar file (RFC 5545), written by `icalendar`.

An event's UID follows from the service and the item's place in the plan, its SEQUENCE is the plan's revision:
importing a new revision changes events and doubles none, and what the plan no longer holds is cancelled. All
times come from the plan; the same plan gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from maintplan.calendar.items import Item, items, moment
from maintplan.calendar.timing import Timing
from maintplan.calendar.zones import timezone
from maintplan.plan import Plan, Standing, stand
from maintplan.words import Words, words

if TYPE_CHECKING:
    from icalendar import Alarm, Event

    from maintplan.calendar.text import Text

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "calendar.maintplan")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MORNING = 9 * 3600
"""When a whole day reminds: at nine."""
_DAY = 86400
_AHEAD = 15
"""For how many years time zones are written out."""
_UTC = ("UTC", "Etc/UTC")


def calendar(standing: Standing, now: dt.datetime, before: Plan | None = None) -> bytes:
    """Return a plan's calendar file.

    Parameters
    ----------
    standing
        How the plan stands.
    now
        The moment that counts where the plan itself records none.
    before
        The plan as it was last approved; its items that are gone are cancelled.
    """
    from icalendar import Calendar  # noqa: PLC0415 - only who asks for a calendar waits for it

    plan = standing.plan
    when = (moment(plan) or now).astimezone(dt.UTC).replace(microsecond=0)
    say = words(plan.template.language)
    found = items(standing, when.date())
    kept = {each.place for each in found}
    gone = [each for each in _items_of(before, when.date()) if each.place not in kept]
    file = Calendar()
    file.add("version", "2.0")
    file.add("prodid", say("calendar.prodid", service=_text(plan.service.name)))
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    name = _text(say("calendar.name", service=plan.service.name))
    file.add("name", name)
    file.add("x-wr-calname", name)
    for zone, first in _zones([*found, *gone]).items():
        file.add_component(timezone(zone, min(first, when.year) - 1, when.year + _AHEAD))
    for each in found:
        file.add_component(_event(each, plan, when, say))
    for each in gone:
        file.add_component(_event(each, plan, when, say, cancelled=True))
    text: bytes = file.to_ical()
    return text


def _zones(found: Iterable[Item]) -> dict[str, int]:
    """Return the zones that items name, each with the first year in which it is asked for."""
    years: dict[str, int] = {}
    for each in found:
        zone, year = each.timing.zone, each.timing.start.year
        if zone and zone not in _UTC:
            years[zone] = min(years.get(zone, year), year)
    return dict(sorted(years.items()))


def uid(service: str, place: str) -> str:
    """Return an event's name: the same for the same place of the same service, whatever the revision."""
    name = uuid.uuid5(_NAMESPACE, f"{service}\n{place}")
    return f"{name}@maintplan"


def _items_of(plan: Plan | None, since: dt.date) -> list[Item]:
    return items(stand(plan), since) if plan is not None else []


def _event(item: Item, plan: Plan, when: dt.datetime, say: Words, *, cancelled: bool = False) -> Event:
    from icalendar import Event, vRecur  # noqa: PLC0415 - see above

    event = Event()
    event.add("uid", uid(plan.service.name, item.place))
    event.add("sequence", plan.revision)
    event.add("dtstamp", when)
    event.add("last-modified", when)
    event.add("summary", _text(_title(item, say)))
    details = [*item.details, say("calendar.from", service=plan.service.name, revision=plan.revision)]
    event.add(
        "description", _text("\n".join([say("calendar.cancelled"), *details] if cancelled else details))
    )
    event.add("categories", [_text(say(f"calendar.kinds.{each}")) for each in item.kinds])
    for name, value in _when(item.timing):
        event.add(name, value)
    if item.timing.rule:
        event.add("rrule", vRecur.from_ical(item.timing.rule))
    event.add("transp", "TRANSPARENT" if item.timing.whole_day else "OPAQUE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED" if item.settled else "TENTATIVE")
    if not cancelled:
        for alarm in _alarms(item):
            event.add_component(alarm)
    return event


def _title(item: Item, say: Words) -> str:
    """Name an item, and what the plan leaves open of its time: it may be seen in a month's view alone."""
    lack = next((each for each in ("no_day", "no_time") if each in item.timing.lacks), None)
    return say(f"calendar.titles.{lack}", title=item.title) if lack else item.title


def _when(timing: Timing) -> Iterator[tuple[str, Any]]:
    """Yield start and length; a whole day ends, as the format wants it, on the day after."""
    start: Any = timing.start
    if isinstance(start, dt.datetime):
        yield "dtstart", start.replace(tzinfo=_zone(timing.zone)) if timing.zone else start
        if timing.length:
            yield "duration", timing.length
        return
    yield "dtstart", start
    if timing.last:
        yield "dtend", timing.last + dt.timedelta(days=1)


def _zone(name: str) -> dt.tzinfo:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - see above

    return dt.UTC if name in _UTC else ZoneInfo(name)


def _alarms(item: Item) -> Iterable[Alarm]:
    from icalendar import Alarm  # noqa: PLC0415 - see above

    for ahead in item.remind:
        seconds = -ahead + _MORNING if item.timing.whole_day and ahead >= _DAY else -ahead
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _text(item.title))
        alarm.add("trigger", dt.timedelta(seconds=seconds))
        yield alarm


def _text(text: str) -> Text:
    """Return a text without the characters that no calendar file can hold."""
    from maintplan.calendar.text import Text  # noqa: PLC0415 - see above

    return Text(_CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))
