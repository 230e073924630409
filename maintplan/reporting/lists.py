"""The lists of a DOCX: every one counts for itself."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from maintplan.reporting import grafting
from maintplan.reporting.parts import DECLARED
from maintplan.reporting.sections import W

_BULLETS = ("\u2022", "\u2013", "\u00b7")
_STEP = 360
"""Twentieths of a point that each level stands in."""
_LEVELS = 9
_AFTER = "numIdMacAtCleanup"
"""What Word wants behind all lists."""


def highest(numbering: bytes) -> int:
    """Return the highest number that a list has; 0 for an empty file."""
    return max(_numbers(numbering, "num", "numId"), default=0)


def numbered(numbering: bytes, lists: Iterable[tuple[bool, int, int]], after: int) -> bytes:
    """Return a reference document's lists with more of them.

    Parameters
    ----------
    numbering
        Those of the reference document; empty where it has none.
    lists
        For each list: whether it is ordered, its level, and what it begins with.
    after
        The number after which they are numbered.
    """
    taken = max(_numbers(numbering, "abstractNum", "abstractNumId"), default=-1)
    bullets, numbers = taken + 1, taken + 2
    shapes = _abstract(bullets, ordered=False) + _abstract(numbers, ordered=True)
    used = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{numbers if ordered else bullets}"/>'
        + (_from(level, start) if ordered else "")
        + "</w:num>"
        for at, (ordered, level, start) in enumerate(lists, start=after + 1)
    )
    if not numbering:
        return f'{DECLARED}<w:numbering xmlns:w="{W}">{shapes}{used}</w:numbering>'.encode()
    return grafting.added(grafting.added(numbering, shapes, ("num", _AFTER)), used, (_AFTER,))


def _numbers(numbering: bytes, element: str, name: str) -> list[int]:
    if not numbering:
        return []
    root = ET.fromstring(numbering)  # noqa: S314 - expat refuses entities that grow
    return [int(each.get(f"{{{W}}}{name}", "0")) for each in root.iter(f"{{{W}}}{element}")]


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
