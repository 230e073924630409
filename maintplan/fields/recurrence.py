"""Checks recurrence rules of RFC 5545 and estimates how often they come round.

Nothing is expanded: a rule that matches no day at all would be searched until the year 9999. The calendar
itself is made where documents are.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from maintplan.errors import closest
from maintplan.fields.base import refuse
from maintplan.fields.given import quoted

FREQUENCIES = {
    "SECONDLY": 1.0,
    "MINUTELY": 60.0,
    "HOURLY": 3600.0,
    "DAILY": 86400.0,
    "WEEKLY": 7 * 86400.0,
    "MONTHLY": 30 * 86400.0,
    "YEARLY": 365 * 86400.0,
}
_PARTS = (
    "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY",
    "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST",
)  # fmt: skip
_VALUE = re.compile(r"[A-Z0-9,+-]{1,200}")
_UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")
_COUNT = re.compile(r"0*[1-9][0-9]{0,5}")
_WEEKS_IN_A_MONTH = 4
_WEEKS_IN_A_YEAR = 52
_MEND = "write a rule such as FREQ=WEEKLY;BYDAY=SU"


def parts(rule: str) -> dict[str, str]:
    """Return a checked rule's parts by name."""
    return dict(part.split("=", 1) for part in rule.split(";"))


def canonical(text: str) -> str:
    """Check a rule and return it in upper case, without white space and without ``RRULE:``.

    Raises
    ------
    ValueProblem
        When RFC 5545 does not allow it.
    """
    rule = "".join(text.split()).upper().removeprefix("RRULE:").rstrip(";")
    found: dict[str, str] = {}
    for part in rule.split(";"):
        name, equals, value = part.partition("=")
        if name not in _PARTS:
            near = closest(name, _PARTS)
            mend = f"did you mean {near}?" if near else _MEND
            raise refuse(f"{quoted(name)} is no part of a recurrence rule", mend)
        if name in found or not equals or not _VALUE.fullmatch(value):
            raise refuse(f"{quoted(part)} is not right in a recurrence rule", _MEND)
        found[name] = value
    if found.get("FREQ") not in FREQUENCIES:
        raise refuse(f"the rule {quoted(rule)} has no valid FREQ", f"use one of {', '.join(FREQUENCIES)}")
    for name in ("COUNT", "INTERVAL"):
        if name in found and not _COUNT.fullmatch(found[name]):
            raise refuse(
                f"{name} of the rule is {quoted(found[name])}", "write a whole number from 1 to 999999"
            )
    _check(rule, found.get("UNTIL"))
    return rule


def _check(rule: str, until: str | None) -> None:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - slow to load, and few plans hold a rule

    if until is not None and not _UNTIL.fullmatch(until):
        raise refuse(f"UNTIL of the rule is {quoted(until)}", "write it as 20261231 or 20261231T000000Z")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    try:
        rrulestr(rule, dtstart=start if until and until.endswith("Z") else start.replace(tzinfo=None))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise refuse(f"the recurrence rule {quoted(rule)} is not valid ({reason})", _MEND) from None


def period(rule: str) -> float:
    """Estimate the seconds between two occurrences of a checked rule."""
    found = parts(rule)
    frequency = found["FREQ"]
    every = FREQUENCIES[frequency] * int(found.get("INTERVAL", "1"))
    return every / _times(frequency, found)


def _times(frequency: str, found: dict[str, str]) -> float:
    """Count the occurrences in one interval; below 1 where the rule leaves intervals out."""
    if "BYSETPOS" in found:
        return float(_listed(found, "BYSETPOS"))
    days = _days(frequency, found)
    hours = _listed(found, "BYHOUR") * (1 / 24 if frequency in {"HOURLY", "MINUTELY", "SECONDLY"} else 1)
    minutes = _listed(found, "BYMINUTE") * (1 / 60 if frequency in {"MINUTELY", "SECONDLY"} else 1)
    seconds = _listed(found, "BYSECOND") * (1 / 60 if frequency == "SECONDLY" else 1)
    times = days
    for name, factor in (("BYHOUR", hours), ("BYMINUTE", minutes), ("BYSECOND", seconds)):
        times *= factor if name in found else 1
    return times


def _days(frequency: str, found: dict[str, str]) -> float:
    months = _listed(found, "BYMONTH") if "BYMONTH" in found else None
    if frequency == "YEARLY":
        return _days_of_year(found, months)
    share = months / 12 if months else 1.0
    if frequency == "MONTHLY":
        if "BYDAY" in found:
            return share * _weekdays(found["BYDAY"], _WEEKS_IN_A_MONTH)
        return share * (_listed(found, "BYMONTHDAY") if "BYMONTHDAY" in found else 1)
    if "BYDAY" in found:
        share *= _listed(found, "BYDAY") / (1 if frequency == "WEEKLY" else 7)
    return share * (_listed(found, "BYMONTHDAY") / 30 if "BYMONTHDAY" in found else 1)


def _days_of_year(found: dict[str, str], months: int | None) -> float:
    if "BYYEARDAY" in found:
        return float(_listed(found, "BYYEARDAY"))
    weeks = _WEEKS_IN_A_MONTH * months if months else _WEEKS_IN_A_YEAR
    if "BYWEEKNO" in found:
        weeks = _listed(found, "BYWEEKNO")
    if "BYDAY" in found:
        return _weekdays(found["BYDAY"], weeks)
    if "BYMONTHDAY" in found:
        return float(_listed(found, "BYMONTHDAY") * (months or 12))
    return float(months or (weeks if "BYWEEKNO" in found else 1))


def _weekdays(days: str, weeks: int) -> float:
    """Count weekdays: one with an ordinal (``1SU``) comes once, one without in every week."""
    return float(sum(1 if day[:-2] else weeks for day in days.split(",")))


def _listed(found: dict[str, str], name: str) -> int:
    return len(found[name].split(",")) if name in found else 1
