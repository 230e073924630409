"""The lists of a DOCX: every one counts for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from maintplan.reporting.parts import DECLARED

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LISTS = re.compile(r'<w:num\b[^>]*w:numId="(\d+)"')
_BULLETS = ("\u2022", "\u2013", "\u00b7")
_STEP = 360
"""Twentieths of a point that each level stands in."""
_LEVELS = 9


def highest(numbering: str) -> int:
    """Return the highest number that a list has."""
    return max(map(int, _LISTS.findall(numbering)), default=0)


def numbered(numbering: str, lists: Iterable[tuple[bool, int, int]], after: int) -> str:
    """Return a reference document's lists with more of them.

    Parameters
    ----------
    numbering
        Those of the reference document.
    lists
        For each list: whether it is ordered, its level, and what it begins with.
    after
        The number after which they are numbered.
    """
    if "</w:numbering>" not in numbering:
        numbering = f'{DECLARED}<w:numbering xmlns:w="{_W}"></w:numbering>'
    taken = [int(each) for each in re.findall(r'w:abstractNumId="(\d+)"', numbering)]
    bullets, numbers = (max(taken, default=-1) + step for step in (1, 2))
    shapes = _abstract(bullets, ordered=False) + _abstract(numbers, ordered=True)
    used = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{numbers if ordered else bullets}"/>'
        + (_from(level, start) if ordered else "")
        + "</w:num>"
        for at, (ordered, level, start) in enumerate(lists, start=after + 1)
    )
    shaped = _put(numbering, shapes, r"<w:num\b|<w:numIdMacAtCleanup\b|</w:numbering>")
    return _put(shaped, used, r"<w:numIdMacAtCleanup\b|</w:numbering>")


def _put(xml: str, more: str, before: str) -> str:
    """Put something before the first of what Word wants behind it."""
    found = re.search(before, xml)
    at = found.start() if found else len(xml)
    return f"{xml[:at]}{more}{xml[at:]}"


def _from(level: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def _abstract(number: int, *, ordered: bool) -> str:
    kind = "decimal" if ordered else "bullet"

    def level(at: int) -> str:
        mark = f"%{at + 1}." if ordered else _BULLETS[at % len(_BULLETS)]
        return (
            f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{mark}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{_STEP * (at + 1)}" w:hanging="{_STEP}"/></w:pPr>'
            "</w:lvl>"
        )

    levels = "".join(map(level, range(_LEVELS)))
    shape = f'<w:multiLevelType w:val="multilevel"/>{levels}'
    return f'<w:abstractNum w:abstractNumId="{number}">{shape}</w:abstractNum>'
