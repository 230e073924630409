"""Turns what a person, a file or a program gives into plain data that every kind can read.

One way for every Python scalar to become text, one check for the characters of a text. Nothing here knows a
kind of value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from maintplan.errors import ValueProblem
from maintplan.fields import duration

Given: TypeAlias = str | bool | int | float | list[object] | dict[object, object] | None

LONGEST_TEXT = 100_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SHOWN = 60
_MOST_BITS = 256


def quoted(text: str) -> str:
    """Quote a text for an error, cut to a readable length."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def plain(raw: object) -> Given:
    """Turn Python data into text, bool, int, float, list or dict; only the outermost layer of it.

    Raises
    ------
    ValueProblem
        When it is nothing that could stand in a plan.
    """
    if type(raw).__module__ == "numpy" and hasattr(raw, "item") and getattr(raw, "ndim", 0) == 0:
        raw = raw.item()
    if raw is None or isinstance(raw, bool | int | float):
        return raw
    if isinstance(raw, list | tuple):
        return list(raw)
    if isinstance(raw, Mapping):
        return dict(raw)
    text = _as_text(raw)
    if text is None:
        what = f"a Python {type(raw).__name__} can't stand in a plan"
        raise ValueProblem(what, mend="give text, a number, true or false, a list or a mapping")
    return text


def _as_text(raw: object) -> str | None:
    """Write what is neither number nor collection the one way that every kind reads it."""
    match raw:
        case str():
            # Not str(raw): a text enum's own str() is the name of the member, not its text.
            return str.__str__(raw)
        case Decimal():
            return str(raw)
        case timedelta():
            return duration.from_timedelta(raw)
        case date():
            midnight = isinstance(raw, datetime) and raw.time() == time.min and raw.tzinfo is None
            return raw.isoformat()[:10] if midnight else raw.isoformat()
        case time():
            return raw.isoformat("auto" if raw.second or raw.microsecond else "minutes")
    return None


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    r"""Check the characters of a text and turn ``\r\n`` into ``\n``.

    Raises
    ------
    ValueProblem
        When it is too long or holds a control character or half a surrogate pair.
    """
    if len(text) > longest:
        what = f"the text is {len(text):,} characters long"
        raise ValueProblem(what, mend=f"keep it within {longest:,}")
    text = text.replace("\r\n", "\n")
    if found := _FORBIDDEN.search(text):
        code = ord(found[0])
        name = "half a surrogate pair" if code > 0xFF else "the control character"  # noqa: PLR2004 - Latin-1 ends there
        what = f"{name} U+{code:04X} stands at position {found.start() + 1}"
        raise ValueProblem(what, mend="take it out")
    return text


def scalar_text(given: Given, *, declared_text: bool, what_is_right: str) -> str:
    """Return a scalar as text, the one way that every kind reads it.

    Parameters
    ----------
    given
        What `plain` returned.
    declared_text
        Whether the field holds text, where a Python number or boolean may no longer be what was typed.
    what_is_right
        Names what should stand there, for the error.
    """
    match given:
        case str():
            return given
        case list():
            raise ValueProblem("a list stands where one value is declared", mend=f"write {what_is_right}")
        case dict() | None:
            raise ValueProblem("a mapping stands where one value is declared", mend=f"write {what_is_right}")
        case int() if given.bit_length() > _MOST_BITS:
            raise ValueProblem("the number is far too large", mend=f"write {what_is_right}")
    text = str(given).lower() if isinstance(given, bool) else repr(given)
    if declared_text:
        name = "boolean" if isinstance(given, bool) else "number"
        # A reader of YAML 1.1 makes 7 of 007 and false of off: what was typed is lost by now.
        what = f"the {name} {text} stands where text is declared"
        raise ValueProblem(what, mend="quote it, or use --set, which is exact")
    return text


def one_line(text: str) -> str:
    """Strip a text and refuse a line break in it."""
    text = text.strip()
    if re.search("[\n\x85\u2028\u2029]", text):
        raise ValueProblem(f"{quoted(text)} has a line break", mend="use one line")
    return text
