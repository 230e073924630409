"""The few words that showing a value needs, in one place.

This is the only catalogue of this floor. Another language is another `Words`; nothing here reads a file, and
no sentence of a plan belongs here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _frozen(**words: str) -> Mapping[str, str]:
    return MappingProxyType(words)


def _ordinal(day: int) -> str:
    suffix = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


_NAMES = """
    Arabic Bengali Chinese Czech Danish Dutch English Finnish French German Greek Hebrew Hindi
    Hungarian Indonesian Italian Japanese Korean Norwegian Polish Portuguese Romanian Spanish
    Swedish Thai Turkish Ukrainian Vietnamese
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday
    Dependabot Renovate
"""


@dataclass(frozen=True)
class Words:
    """Words and patterns for showing values; the defaults are English.

    Attributes
    ----------
    units
        Unit of duration to its singular and plural.
    every
        Period of a schedule to how it is said.
    """

    true: str = "yes"
    false: str = "no"
    months: tuple[str, ...] = (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    )  # fmt: skip
    date: str = "{day} {month} {year}"
    listing: str = ", "
    last_of_list: str = " and "
    thousands: str = ","
    decimal: str = "."
    percent: str = "{number} %"
    quantity: str = "{number} {unit}"
    at_once: str = "at once"
    units: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: MappingProxyType(
            {
                "ms": ("millisecond", "milliseconds"),
                "s": ("second", "seconds"),
                "m": ("minute", "minutes"),
                "h": ("hour", "hours"),
                "d": ("day", "days"),
                "w": ("week", "weeks"),
                "mo": ("month", "months"),
                "y": ("year", "years"),
            }
        ),
        hash=False,
    )
    weekdays: Mapping[str, str] = field(
        default_factory=lambda: _frozen(
            mon="Monday",
            tue="Tuesday",
            wed="Wednesday",
            thu="Thursday",
            fri="Friday",
            sat="Saturday",
            sun="Sunday",
        ),
        hash=False,
    )
    ordinals: Mapping[str, str] = field(
        default_factory=lambda: _frozen(
            first="first", second="second", third="third", fourth="fourth", last="last"
        ),
        hash=False,
    )
    month_days: tuple[str, ...] = tuple(_ordinal(day) for day in range(1, 32))
    every: Mapping[str, str] = field(
        default_factory=lambda: _frozen(
            day="every day",
            week="every week",
            month="every month",
            quarter="every quarter",
            year="every year",
        ),
        hash=False,
    )
    every_weekday: str = "every {days}"
    every_few: str = "every {number} {unit}"
    on_days: str = "{period} on {days}"
    on_the: str = "{period} on the {days}"
    of_month: str = "{days} of {months}"
    by_rule: str = "by the rule {rule}"
    at_time: str = " at {time}"
    in_zone: str = " ({zone})"
    starting: str = ", from {date}"
    always: str = "around the clock"
    lasting: str = ", for {duration}"
    names: frozenset[str] = frozenset(_NAMES.split())
    """Words that keep their capital within a sentence."""
    rows: tuple[str, str] = ("row", "rows")


ENGLISH = Words()
