"""Regular expressions for JSON Schema, which knows no flag for "in any case"."""

from __future__ import annotations

import re

# Words and number-like texts that a usual YAML parser hands on as something else than text.
_READ_OTHERWISE = re.compile(r"(?i:true|false|yes|no|on|off|y|n|null|~)|[-+.]?[0-9].*")


def any_case(text: str) -> str:
    """Match a text whatever the case of its letters."""
    return "".join(_letter(char) for char in text)


def _letter(char: str) -> str:
    both = sorted({char, *(form for form in (char.lower(), char.upper()) if len(form) == 1)})
    return f"[{''.join(both)}]" if len(both) > 1 else _escaped(char)


def _escaped(char: str) -> str:
    # Not re.escape: the patterns of JSON Schema allow a backslash before these alone.
    return f"\\{char}" if char in r"\^$.*+?()[]{}|/" else char


def same_in_any_case(one: str, other: str) -> bool:
    """Tell whether two texts differ in nothing but case, exactly as `any_case` does in a schema."""
    return re.fullmatch(any_case(one), other) is not None


def read_otherwise(text: str) -> bool:
    """Tell whether a usual YAML parser may take a plain text for a number, a boolean or nothing."""
    return _READ_OTHERWISE.fullmatch(text) is not None


def whole(pattern: str) -> str:
    """Match a whole text, white space around it aside."""
    return rf"^\s*(?:{pattern})\s*$"
