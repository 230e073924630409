"""Schedules: a short form (``weekly``), a place in the calendar, or a recurrence rule of RFC 5545.

Canonical values keep the form that was chosen: a word stays a word and a mapping a mapping.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import cast

from maintplan.errors import ValueProblem, closest, unknown
from maintplan.fields import duration, flow, recurrence
from maintplan.fields.base import Kind, Schema, Value, refuse
from maintplan.fields.given import Given, clean, one_line, plain, quoted, scalar_text
from maintplan.fields.kinds import days as weekdays
from maintplan.fields.kinds.date import canonical as canonical_date
from maintplan.fields.kinds.duration import PATTERN as DURATION
from maintplan.fields.patterns import any_case, whole
from maintplan.fields.schedule_words import in_words
from maintplan.fields.spec import Spec
from maintplan.fields.words import ENGLISH, Words

SHORT = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
SECONDS = {
    "day": 86400.0,
    "week": 7 * 86400.0,
    "month": 30 * 86400.0,
    "quarter": 91 * 86400.0,
    "year": 365 * 86400.0,
}
_CALENDAR = ("every", "days", "time", "for", "zone")
_RULE = ("rrule", "start", "for", "zone")
_RIGHT = f'{", ".join(SHORT)}, or a mapping such as {{every: week, days: [sun], time: "02:00"}}'
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")
_START = re.compile(r"([0-9-]+)(?:[Tt ]\s*([0-9:]+))?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_LONGEST_YAML = 10_000


def period(value: Value) -> float:
    """Estimate the seconds between two occurrences of a document value."""
    if isinstance(value, str):
        return SECONDS[SHORT[value]]
    found = cast("dict[str, Value]", value)
    if "rrule" in found:
        return recurrence.period(str(found["rrule"]))
    return SECONDS[str(found["every"])] / max(1, len(cast("list[Value]", found.get("days", []))))


class Schedule(Kind):
    """How often, and optionally when exactly, something happens."""

    name = "schedule"
    cel_type = "schedule"
    longest = _LONGEST_YAML

    def read(self, given: Given, spec: Spec) -> Value | None:  # noqa: ARG002 - the kind's contract
        """Return the short form, or the mapping with its parts in canonical form."""
        if isinstance(given, dict):
            return _mapping(given)
        text = scalar_text(given, declared_text=False, what_is_right=_RIGHT).strip()
        if text.startswith("{"):
            data = flow.read(text, _RIGHT)
            if isinstance(data, dict):
                return _mapping(cast("dict[object, object]", data))
            raise refuse(f"{quoted(text)} is not a schedule", f"write {_RIGHT}")
        if text.lower() in SHORT:
            return text.lower()
        near = closest(text.lower(), SHORT)
        raise refuse(
            f"{quoted(text)} is not a schedule", f"did you mean {near}?" if near else f"write {_RIGHT}"
        )

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show it as a sentence says it: ``every Sunday at 02:00 (Europe/Berlin), for 2 hours``."""
        return in_words(
            {"every": SHORT[value]} if isinstance(value, str) else cast("dict[str, Value]", value), words
        )

    def text(self, value: Value, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Write the short form, or the mapping as YAML in one line."""
        return value if isinstance(value, str) else flow.write(value)

    def to_cel(self, value: Value, spec: Spec) -> dict[str, object]:
        """Return the estimated period and the schedule in words."""
        return {"period": timedelta(seconds=period(value)), "text": self.show(value, spec)}

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe the short forms, a place in the calendar and a recurrence rule."""
        shared: Schema = {"for": {"type": "string", "pattern": DURATION}, "zone": {"type": "string"}}
        # A YAML 1.1 parser makes the number 750 of an unquoted 12:30.
        clock: Schema = {"anyOf": [{"type": "string", "pattern": whole(_TIME.pattern)}, {"type": "integer"}]}
        every: Schema = {"type": "string", "pattern": whole("|".join(any_case(name) for name in SECONDS))}
        calendar: Schema = {"every": every, "days": weekdays.FORM, "time": clock, **shared}
        rule: Schema = {"rrule": {"type": "string"}, "start": {"type": "string"}, **shared}
        short = whole("|".join(any_case(name) for name in SHORT))
        return [
            {"enum": list(SHORT)},
            {"type": "string", "pattern": rf"{short}|^\s*\{{"},
            _object(calendar, "every"),
            _object(rule, "rrule"),
        ]


def _object(properties: Schema, required: str) -> Schema:
    nothing: Schema = {"enum": [None, "", [], {}]}
    either = {
        name: each if name == required else {"anyOf": [each, nothing]} for name, each in properties.items()
    }
    other = [name for name in (*_CALENDAR, *_RULE) if name not in properties]
    return {
        "type": "object",
        "properties": either | dict.fromkeys(other, nothing),
        "required": [required],
        "additionalProperties": False,
    }


def _mapping(given: dict[object, object]) -> dict[str, Value] | None:
    """Return the parts of a schedule in canonical form and order."""
    found = _given_parts(given)
    if not found:
        return None
    allowed, mend = _forms_of(found)
    for name in found:
        if name not in allowed:
            raise refuse(f"{name!r} does not go with {allowed[0]}", mend)
    if allowed[0] not in found:
        raise refuse("the schedule does not say how often", f"add every: {', '.join(SECONDS)}")
    parts: dict[str, Value] = {}
    for name in (name for name in allowed if name in found):
        if name != "days":
            parts[name] = _READERS[name](_line(name, found[name]))
        elif days := weekdays.canonical(found[name], str(parts["every"])):
            parts[name] = days
    return parts


def _forms_of(found: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Return the keys that go together with those found, and the mend for any other."""
    if "rrule" in found:
        return _RULE, "leave it out; a rule's own parts and its start say that"
    return _CALENDAR, "start goes with rrule; with every, say days and time"


def _given_parts(given: dict[object, object]) -> dict[str, Given]:
    """Return the parts that hold anything, by their known names."""
    found: dict[str, Given] = {}
    for name, raw in given.items():
        if not isinstance(name, str) or name not in _READERS:
            word = name if isinstance(name, str) else f"({type(name).__name__})"
            error = unknown("key of a schedule", word, _READERS)
            raise ValueProblem(error.what, error.where, error.mend)
        part = plain(raw)
        if isinstance(part, str):
            part = clean(part).strip()
        if part is not None and part not in ("", [], {}):
            found[name] = part
    return found


def _line(name: str, given: Given) -> str:
    return one_line(scalar_text(given, declared_text=False, what_is_right=f"one text for {name}"))


def _every(text: str) -> str:
    word = text.lower()
    if word not in SECONDS:
        near = SHORT.get(word) or closest(word, SECONDS)
        mend = f"did you mean {near}?" if near else f"write one of {', '.join(SECONDS)}"
        raise refuse(f"{quoted(text)} is not a period of a schedule", mend)
    return word


def _time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if not found:
        raise refuse(
            f"{quoted(text)} is not a clock time", 'write hours and minutes in quotes, such as "02:00"'
        )
    return f"{int(found[1]):02}:{found[2]}"


def _length(text: str) -> str:
    length = duration.canonical(text)
    if not duration.seconds(length):
        raise refuse(f"{quoted(text)} is no length of time", "leave for out, or write such as 2h")
    return length


def _zone(text: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones  # noqa: PLC0415 - few plans name one

    try:
        if _ZONE.fullmatch(text):
            return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    zones = {zone.lower(): zone for zone in available_timezones()}
    # People often know the city alone.
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
    near = closest(text.lower().replace(" ", "_"), [*zones, *cities])
    mend = (
        f"did you mean {zones[cities.get(near, near)]}?"
        if near
        else "write a name such as Europe/Berlin or UTC"
    )
    raise refuse(f"{quoted(text)} is not a time zone", mend)


def _start(text: str) -> str:
    found = _START.fullmatch(text)
    if not found:
        mend = "write it as 2026-12-06 or 2026-12-06T02:00, and the time zone under zone"
        raise refuse(f"{quoted(text)} is not a start", mend)
    day = canonical_date(found[1])
    clock = _time(found[2]) if found[2] else "00:00"
    moment = datetime.fromisoformat(f"{day}T{clock}")
    return moment.isoformat(timespec="minutes") if clock != "00:00" else day


_READERS: dict[str, Callable[[str], Value]] = {
    "every": _every,
    "days": str,  # Read by `weekdays.canonical`, which has to know the period.
    "time": _time,
    "rrule": recurrence.canonical,
    "start": _start,
    "for": _length,
    "zone": _zone,
}
