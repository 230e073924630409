"""The widths of a font's characters, read from its own tables (TrueType, OpenType, collections).

A general reader of fonts takes longer to load than this takes to read every font of the kit. What is asked
for here stands in four tables whose form is fixed: ``head`` (the size of an em), ``hhea`` and ``hmtx`` (how
wide a glyph is), and ``cmap`` (which glyph a character has).
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

_BEST = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
"""Tables of characters by platform and encoding, the fullest first."""
_COLLECTION = b"ttcf"
_SEGMENTS, _TRIMMED, _GROUPS = 4, 6, 12
"""The forms that tables of characters have."""
_END = 0xFFFF
"""Ends the segments, and is no character."""


def widths(path: Path, index: int = 0) -> dict[str, float]:
    """Return the widths of a font's characters in ems; none for a file that can't be read.

    Parameters
    ----------
    path
        The font's file.
    index
        Its place in a collection.
    """
    try:
        return _widths(path.read_bytes(), index)
    except (OSError, struct.error, KeyError, IndexError, ValueError, ZeroDivisionError):
        return {}


def _widths(data: bytes, index: int) -> dict[str, float]:
    at = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == _COLLECTION else 0
    count = struct.unpack_from(">H", data, at + 4)[0]
    listed = struct.iter_unpack(">4sIII", data[at + 12 : at + 12 + 16 * count])
    tables = {name: (start, length) for name, _, start, length in listed}
    em = struct.unpack_from(">H", data, tables[b"head"][0] + 18)[0]
    measured = struct.unpack_from(">H", data, tables[b"hhea"][0] + 34)[0]
    start = tables[b"hmtx"][0]
    advances = [width for width, _ in struct.iter_unpack(">Hh", data[start : start + 4 * measured])]
    last = advances[-1]
    return {
        chr(code): (advances[glyph] if glyph < measured else last) / em
        for code, glyph in _characters(data, tables[b"cmap"][0])
        if glyph
    }


def _characters(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Yield characters with their glyphs, from the fullest table that there is."""
    count = struct.unpack_from(">H", data, at + 2)[0]
    found = {
        (platform, encoding): at + offset
        for platform, encoding, offset in struct.iter_unpack(">HHI", data[at + 4 : at + 4 + 8 * count])
    }
    start = next((found[each] for each in _BEST if each in found), at)
    form = struct.unpack_from(">H", data, start)[0]
    if form == _GROUPS:
        groups = struct.unpack_from(">I", data, start + 12)[0]
        for first, last, glyph in struct.iter_unpack(">III", data[start + 16 : start + 16 + 12 * groups]):
            yield from zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True)
    elif form == _TRIMMED:
        first, many = struct.unpack_from(">HH", data, start + 6)
        yield from zip(range(first, first + many), _numbers(data, start + 10, many), strict=True)
    elif form == _SEGMENTS:
        yield from _segments(data, start)


def _segments(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    doubled = struct.unpack_from(">H", data, start + 6)[0]
    many = doubled // 2
    ends = _numbers(data, start + 14, many)
    begins, deltas, offsets = (_numbers(data, start + 16 + doubled * each, many) for each in (1, 2, 3))
    for index in range(many):
        first, last, delta, offset = begins[index], ends[index], deltas[index], offsets[index]
        if not offset:
            yield from ((code, (code + delta) & _END) for code in range(first, min(last + 1, _END)))
            continue
        place = start + 16 + doubled * 3 + 2 * index + offset
        for code, glyph in zip(range(first, last + 1), _numbers(data, place, last - first + 1), strict=False):
            if glyph and code != _END:
                yield code, (glyph + delta) & _END


def _numbers(data: bytes, at: int, many: int) -> array[int]:
    found = array("H", data[at : at + 2 * many])
    if struct.pack("=H", 1) != b"\0\1":
        found.byteswap()
    return found
