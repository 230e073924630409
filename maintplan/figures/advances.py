"""How far the characters of a wide font run: what the widths in pictures are estimated from.

The font is DejaVu Sans, which comes with matplotlib; matplotlib itself is not imported for it.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

_UNKNOWN = 1.0
"""Ems that a character takes which the font does not have."""
_WHOLE = (3, 10)
"""The table of characters that has all of Unicode: its platform and its encoding."""


@lru_cache(maxsize=4096)
def of(character: str) -> float:
    """Return how far a character runs, in ems; one that the font does not have takes a whole one."""
    font = _font()
    return font.advance(ord(character)) if font else _UNKNOWN


class _Font:
    """The two tables of a TrueType font that say which glyph is drawn, and how far it runs."""

    def __init__(self, data: bytes) -> None:
        (count,) = struct.unpack_from(">H", data, 4)
        records = (struct.unpack_from(">4s4xII", data, 12 + 16 * at) for at in range(count))
        tables = {name: data[begin : begin + length] for name, begin, length in records}
        self._em: int = struct.unpack_from(">H", tables[b"head"], 18)[0]
        (wide,) = struct.unpack_from(">H", tables[b"hhea"], 34)
        self._advances: tuple[int, ...] = struct.unpack_from(">" + "Hh" * wide, tables[b"hmtx"])[::2]
        self._groups = _groups(tables[b"cmap"])
        self._first = [group[0] for group in self._groups]

    def advance(self, code: int) -> float:
        at = bisect_right(self._first, code) - 1
        if at < 0 or code > self._groups[at][1]:
            return _UNKNOWN
        first, _, glyph = self._groups[at]
        return self._advances[min(glyph + code - first, len(self._advances) - 1)] / self._em


def _groups(table: bytes) -> list[tuple[int, int, int]]:
    """Return stretches of characters: the first, the last, and the first one's glyph."""
    (count,) = struct.unpack_from(">H", table, 2)
    found = (struct.unpack_from(">HHI", table, 4 + 8 * at) for at in range(count))
    begin = next(begin for *kind, begin in found if tuple(kind) == _WHOLE)
    (groups,) = struct.unpack_from(">I", table, begin + 12)
    return [struct.unpack_from(">III", table, begin + 16 + 12 * at) for at in range(groups)]


@cache
def _font() -> _Font | None:
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return _Font(path.read_bytes()) if path.exists() else None
