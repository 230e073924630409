"""How far the characters of a font run, and the fonts of matplotlib, which is not loaded for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

SANS, MONO = "DejaVuSans.ttf", "DejaVuSansMono.ttf"
"""The files of DejaVu, which has characters that few others have, and runs wide."""


@lru_cache(maxsize=32)
def widths(path: Path, index: int = 0) -> Mapping[str, float]:
    """Return the width of each character that a font has, in ems; none for one that can't be read.

    Parameters
    ----------
    path
        The font's file: TrueType, OpenType, or a collection of them.
    index
        Its place in a collection.
    """
    from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415 - only where something is set or drawn

    try:
        with TTFont(path, lazy=True, fontNumber=index) as font:
            glyphs = font.getBestCmap() or {}
            advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
            return {
                chr(code): advances[glyph][0] / em for code, glyph in glyphs.items() if glyph != ".notdef"
            }
    except (OSError, TTLibError, KeyError):  # no font after all, or one of bitmaps alone
        return {}


@lru_cache(maxsize=1)
def dejavu() -> Path | None:
    """Return the folder of matplotlib's fonts; None where they are not there."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder if all((folder / name).is_file() for name in (SANS, MONO)) else None
