"""The sections of a reference document: its page, and the running heads that its last section shows.

What a section inherits is followed, as Word does: one that names no running heads has those of the section
before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_PREFIXES = {f"{{{W}}}": "w:", f"{{{R}}}": "r:"}
_HEADS = ("headerReference", "footerReference")
_PAGE = ("pgSz", "pgMar", "paperSrc", "pgBorders", "lnNumType", "pgNumType", "titlePg", "bidi", "docGrid")
"""What of a section is taken, in the order in which Word wants it; its columns were for its own text."""
_FIRST = ("pgNumType", "titlePg")
"""What is said of the first page of a document, and not of that of each section."""
_A4 = (11906.0, 16838.0)
_MARGIN = {"top": "1400", "right": "1134", "bottom": "1280", "left": "1134"}
_MEASURE = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|pi)?")
_TWENTIETHS = {
    "": 1.0,
    "pt": 20.0,
    "pc": 240.0,
    "pi": 240.0,
    "in": 1440.0,
    "mm": 1440 / 25.4,
    "cm": 1440 / 2.54,
}
_LEAST_ROOM = 160.0


@dataclass(frozen=True)
class Section:
    """The page and running heads of a document.

    Attributes
    ----------
    parts
        What is said of it: elements, in Word's order.
    heads
        Which running heads it shows.
    """

    parts: tuple[ET.Element, ...]
    heads: tuple[ET.Element, ...] = ()

    @cached_property
    def sides(self) -> tuple[float, float]:
        """Width and height of its page, in twentieths of a point."""
        size = self._part("pgSz")
        return _measure(size, "w", _A4[0]), _measure(size, "h", _A4[1])

    @property
    def _margins(self) -> float:
        margin = self._part("pgMar")
        return sum(_measure(margin, each, 0.0) for each in ("left", "right", "gutter"))

    @property
    def turned(self) -> tuple[float, float]:
        """The same of a page across; as it is where it lies across already."""
        low, high = sorted(self.sides)
        return high, low

    @property
    def room(self) -> float:
        """The width that its page leaves for text, in points."""
        return max((self.sides[0] - self._margins) / 20, _LEAST_ROOM)

    @property
    def across(self) -> float:
        """The same on a page across."""
        return max((self.turned[0] - self._margins) / 20, self.room)

    def written(self, *, first: bool, across: bool = False) -> str:
        """Return it as a section of a document.

        Parameters
        ----------
        first
            Whether it is the document's first one; running heads go on from there.
        across
            Whether its page lies across.
        """
        return "".join(("<w:sectPr>", *self._written(first=first, across=across), "</w:sectPr>"))

    def _written(self, *, first: bool, across: bool) -> Iterator[str]:
        if first:
            yield from map(_xml, self.heads)
        for each in self.parts:
            name = each.tag.rpartition("}")[2]
            if name == "pgSz" and across:
                wide, high = map(round, self.turned)
                yield f'<w:pgSz w:w="{wide}" w:h="{high}" w:orient="landscape"/>'
            elif first or name not in _FIRST:
                yield _xml(each)

    def _part(self, name: str) -> ET.Element | None:
        return next((each for each in self.parts if each.tag == f"{{{W}}}{name}"), None)


def last(document: ET.Element) -> Section:
    """Return the last section of a document, with the running heads that it inherits."""
    found = [
        *document.iterfind(f".//{{{W}}}pPr/{{{W}}}sectPr"),
        *document.iterfind(f"./{{{W}}}body/{{{W}}}sectPr"),
    ]
    heads = {
        (each.tag, each.get(f"{{{W}}}type", "default")): each
        for section in found
        for each in section
        if each.tag in [f"{{{W}}}{name}" for name in _HEADS]
    }
    said = {each.tag: each for section in found[-1:] for each in section}
    parts = [said.get(f"{{{W}}}{name}") for name in _PAGE]
    kept = [each for each in parts if each is not None]
    if f"{{{W}}}pgMar" not in said:
        kept.insert(
            0, ET.Element(f"{{{W}}}pgMar", {f"{{{W}}}{side}": size for side, size in _MARGIN.items()})
        )
    if f"{{{W}}}pgSz" not in said:
        wide, high = _A4
        kept.insert(0, ET.Element(f"{{{W}}}pgSz", {f"{{{W}}}w": f"{wide:.0f}", f"{{{W}}}h": f"{high:.0f}"}))
    return Section(tuple(kept), tuple(heads.values()))


def _measure(of: ET.Element | None, name: str, default: float) -> float:
    """Return a measure in twentieths of a point, whatever unit it has."""
    found = _MEASURE.fullmatch(of.get(f"{{{W}}}{name}", "") if of is not None else "")
    return float(found[1]) * _TWENTIETHS[found[2] or ""] if found else default


def _xml(element: ET.Element) -> str:
    """Return an element as text, without what other programs add to it in words of their own."""
    name = _named(element.tag)
    about = "".join(f" {_named(key)}={quoteattr(value)}" for key, value in element.items() if _named(key))
    return f"<{name}{about}>{''.join(_inner(element))}</{name}>" if name else ""


def _inner(element: Iterable[ET.Element]) -> Iterator[str]:
    return map(_xml, element)


def _named(tag: str) -> str:
    space, _, name = tag.rpartition("}")
    prefix = _PREFIXES.get(f"{space}}}")
    return f"{prefix}{name}" if prefix else ""
