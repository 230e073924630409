"""Puts numbers, dates and lists into the words of a catalogue.

Pure functions from a value and a `Words`; what a whole kind of value looks like is decided in its own file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from maintplan.fields.words import ENGLISH, Words

_COMMA = re.compile(r"([0-9]),([0-9]{1,2}|[0-9]{4,})(?![0-9])")


def lowered(text: str, words: Words = ENGLISH) -> str:
    """Lower the first letter of a label within a sentence, but not that of an acronym or a name."""
    first = text.partition(" ")[0].rstrip(",;:")
    named = first in words.names or not (first[1:].islower() or text.startswith("A "))
    return text if named else text[:1].lower() + text[1:]


def joined(items: Sequence[str], words: Words = ENGLISH) -> str:
    """Join a list as a sentence does: ``code, configuration and content``."""
    if len(items) < 2:  # noqa: PLR2004 - a list of one needs no joining word
        return "".join(items)
    return words.listing.join(items[:-1]) + words.last_of_list + items[-1]


def number(value: float, words: Words = ENGLISH) -> str:
    """Show a number in full, never with an exponent: ``12,500`` or ``0.5``."""
    # By way of its shortest text: 0.1 is shown as 0.1, not as the fraction that stands for it in memory.
    plain = format(Decimal(repr(value)), ",f")
    whole, _, fraction = plain.partition(".")
    whole = whole.replace(",", words.thousands) if abs(value) >= 10_000 else whole.replace(",", "")  # noqa: PLR2004 - four digits read well unbroken
    fraction = fraction.rstrip("0")
    return whole + (words.decimal + fraction if fraction else "")


def pointed(text: str) -> str:
    """End a mend with a number as it has to be written, where it came with a decimal comma: ``12,5 %``.

    Three digits behind a comma may be thousands as well, so nothing is said of them, and nothing is guessed.
    """
    plain = text.count(",") == 1 and "." not in text and len(text) <= 60  # noqa: PLR2004 - a readable length
    found = _COMMA.subn(r"\1.\2", text) if plain else ("", 0)
    return f", with a decimal point: {found[0]}" if found[1] else ""


def counted(amount: float, forms: tuple[str, str], words: Words = ENGLISH) -> str:
    """Show an amount with its noun: ``1 hour``, ``4 hours``."""
    return f"{number(amount, words)} {forms[0] if amount == 1 else forms[1]}"


def calendar_date(text: str, words: Words = ENGLISH) -> str:
    """Show an ISO 8601 date: ``1 December 2026``."""
    day = date.fromisoformat(text)
    return words.date.format(day=day.day, month=words.months[day.month - 1], year=day.year)
