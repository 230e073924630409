"""Reads, compares and shows lengths of time: ``200ms``, ``4h``, ``1h30m``, ``12mo``, ``PT2H``.

The canonical text keeps the unit that was typed, so ``24h`` stays ``24h``; lengths are compared in seconds,
with a month as 30 days and a year as 365. Points in time and calendars are not handled here.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from maintplan.errors import ValueProblem
from maintplan.fields.wording import counted, pointed
from maintplan.fields.words import ENGLISH, Words

SECONDS = {
    "y": Decimal(365 * 86400),
    "mo": Decimal(30 * 86400),
    "w": Decimal(7 * 86400),
    "d": Decimal(86400),
    "h": Decimal(3600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("0.001"),
}
LONGEST = 1000 * SECONDS["y"]
MEND = "write a number and its unit, such as 90s, 15m, 4h, 30d, 2w, 12mo or 1y"

_MOST_CHARACTERS = 200
_NAMES = {
    "y": ("y", "yr", "yrs", "year", "years"),
    "mo": ("mo", "mos", "month", "months"),
    "w": ("w", "wk", "wks", "week", "weeks"),
    "d": ("d", "day", "days"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "msecs", "millisecond", "milliseconds"),
}
_UNIT_OF = {name: unit for unit, names in _NAMES.items() for name in names}
_ORDER = list(SECONDS)
_AMOUNT = r"[0-9]{1,18}(?:\.[0-9]{1,9})?"
_PART = re.compile(rf"({_AMOUNT})\s*([A-Za-z]+)\s*")
_BARE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_ISO_AMOUNT = r"([0-9]{1,18}(?:[.,][0-9]{1,9})?)"
_ISO = re.compile(
    rf"P(?=.)(?:{_ISO_AMOUNT}Y)?(?:{_ISO_AMOUNT}M)?(?:{_ISO_AMOUNT}W)?(?:{_ISO_AMOUNT}D)?"
    rf"(?:T(?=.)(?:{_ISO_AMOUNT}H)?(?:{_ISO_AMOUNT}M)?(?:{_ISO_AMOUNT}S)?)?"
)
_ISO_UNITS = ("y", "mo", "w", "d", "h", "m", "s")


def _refuse(text: str, mend: str = MEND) -> ValueProblem:
    shown = text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - a readable length
    if point := pointed(text):
        mend = f"write a number and its unit{point}"
    return ValueProblem(f"{shown!r} is not a duration", mend=mend)


def _plain(amount: str) -> str:
    """Write an amount without leading zeros, nor zeros after its last decimal."""
    whole, _, fraction = amount.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _words_to_parts(text: str) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    end = 0
    while end < len(text):
        found = _PART.match(text, end)
        if found is None:
            raise _refuse(text)
        end = found.end()
        name = found[2]
        if name == "M":
            raise _refuse(text, f"write {found[1]}m for minutes or {found[1]}mo for months")
        unit = _UNIT_OF.get(name.lower())
        if unit is None:
            raise _refuse(text)
        if parts and _ORDER.index(unit) <= _ORDER.index(parts[-1][1]):
            raise _refuse(text, "write the larger unit first and each unit once, such as 1h30m")
        parts.append((_plain(found[1]), unit))
    return parts


def _iso_to_parts(text: str) -> list[tuple[str, str]]:
    found = _ISO.fullmatch(text)
    if found is None:
        raise _refuse(text)
    amounts = zip(found.groups(), _ISO_UNITS, strict=True)
    return [(_plain(amount.replace(",", ".")), unit) for amount, unit in amounts if amount is not None]


def _read(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the canonical text and its parts, the largest unit first."""
    if len(text) > _MOST_CHARACTERS:  # so that the memory below stays small
        raise _refuse(text)
    return _remembered(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    text = " ".join(text.split())
    if text.lower() == "at once":
        return "0s", (("0", "s"),)
    if text.startswith("-"):
        raise ValueProblem(f"{text[:60]!r} is negative; a duration never is", mend=MEND)
    if _BARE.fullmatch(text):
        if not text.strip("+0."):
            raise ValueProblem(f"{text[:60]!r} has no unit", mend="write 0s for at once")
        raise ValueProblem(f"{text[:60]!r} has no unit", mend="say the unit, such as 15m, 4h or 30d")
    if text[:1] in {"P", "p"}:
        canonical = text.upper()
        parts = _iso_to_parts(canonical)
    else:
        parts = _words_to_parts(text)
        canonical = "".join(amount + unit for amount, unit in parts)
    if not parts:
        raise _refuse(text)
    if sum(Decimal(amount) * SECONDS[unit] for amount, unit in parts) > LONGEST:
        raise ValueProblem(f"{text[:60]!r} is more than a thousand years", mend=MEND)
    return canonical, tuple(parts)


def canonical(text: str) -> str:
    """Return the canonical text of a duration: ``15 minutes`` is ``15m``, ``pt2h`` is ``PT2H``.

    Raises
    ------
    ValueProblem
        When the text is no duration.
    """
    return _read(text)[0]


def seconds(text: str) -> float:
    """Return the length of a duration in seconds, a month as 30 days and a year as 365."""
    return float(sum(Decimal(amount) * SECONDS[unit] for amount, unit in _read(text)[1]))


@lru_cache(maxsize=4096)
def to_timedelta(text: str) -> timedelta:
    """Return a duration as a timedelta, a month as 30 days and a year as 365."""
    return timedelta(seconds=seconds(text))


def from_timedelta(length: timedelta) -> str:
    """Write a timedelta in the largest unit up to days that counts it in whole numbers."""
    micros = abs(length) // timedelta(microseconds=1)
    sign = "-" if length < timedelta(0) else ""
    if micros == 0:
        return "0s"
    for unit in ("d", "h", "m", "s", "ms"):
        size = int(SECONDS[unit] * 1_000_000)
        if micros % size == 0:
            return f"{sign}{micros // size}{unit}"
    return f"{sign}{_plain(format(Decimal(micros) / 1000, 'f'))}ms"


def show(text: str, words: Words = ENGLISH) -> str:
    """Show a duration as a sentence says it: ``4 hours``, ``1 hour 30 minutes``, ``at once``."""
    parts = [(Decimal(amount), unit) for amount, unit in _read(text)[1]]
    told = [counted(_plain_number(amount), words.units[unit], words) for amount, unit in parts if amount]
    return " ".join(told) or words.at_once


def _plain_number(amount: Decimal) -> float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)
