"""A sheet to draw on: a few marks, measured in points from the top left, written as a small SVG.

The marks are written as they are drawn. matplotlib, whose renderer wrote the same text, took a quarter of
the time of a plan's whole notebook for it, and half a second to be imported. Text stays text, so that it can
be searched and selected; the fonts are those of whoever shows the picture. Widths are therefore estimates,
taken from a wide font (`maintplan.glyphs`), and nothing depends on them to the point. The same marks give
the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal
from xml.sax.saxutils import escape

from maintplan import glyphs
from maintplan.figures.palette import HAIRLINE, INK

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

WIDTH = 700.0
"""Width of every picture: that of the report's text."""
SANS = "Inter, 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif"
"""The fonts that a picture asks its viewer for, the report's own first."""

_SVG = "http://www.w3.org/2000/svg"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML can't hold."""
_UNKNOWN = 1.0
"""Ems that a character takes which the measured font does not have."""
_NARROWER = 0.93
"""How wide the sans of documents runs beside the one that is measured, rounded up."""
_DOT = 0.01
"""How long a stroke is that shows nothing but its round ends."""
_NEAR, _EIGHTH = 0.2652031, 0.5**0.5
_FAR = _NEAR * _EIGHTH
_CIRCLE = (
    (0, -1),
    *((_NEAR, -1), (_EIGHTH - _FAR, -_EIGHTH - _FAR), (_EIGHTH, -_EIGHTH)),
    *((_EIGHTH + _FAR, -_EIGHTH + _FAR), (1, -_NEAR), (1, 0)),
    *((1, _NEAR), (_EIGHTH + _FAR, _EIGHTH - _FAR), (_EIGHTH, _EIGHTH)),
    *((_EIGHTH - _FAR, _EIGHTH + _FAR), (_NEAR, 1), (0, 1)),
    *((-_NEAR, 1), (-_EIGHTH + _FAR, _EIGHTH + _FAR), (-_EIGHTH, _EIGHTH)),
    *((-_EIGHTH - _FAR, _EIGHTH - _FAR), (-1, _NEAR), (-1, 0)),
    *((-1, -_NEAR), (-_EIGHTH - _FAR, -_EIGHTH + _FAR), (-_EIGHTH, -_EIGHTH)),
    *((-_EIGHTH + _FAR, -_EIGHTH - _FAR), (-_NEAR, -1), (0, -1)),
)
"""A circle as eight curves: where it begins, then two handles and an end for each."""


class Canvas:
    """A sheet.

    Parameters
    ----------
    height
        Its height in points; its width is always the same.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self._marks: list[str] = []
        self._texts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        bold: bool = False,
        colour: str = INK,
        anchor: Anchor = "start",
    ) -> None:
        """Write a line of text; `y` is its baseline."""
        text = " ".join(_CONTROL.sub("\ufffd", text).split())
        if not text:
            return
        weight = "font-weight: 600; " if bold else ""
        style = f"{weight}font-size: {_number(size)}px; text-anchor: {anchor}; fill: {colour}"
        place = f'x="{_number(x)}" y="{_number(y)}"'
        self._texts.append(f'<text style="{style}" {place}>{escape(text)}</text>')

    def line(
        self, points: Sequence[Point], *, colour: str = HAIRLINE, width: float = 1, dashed: bool = False
    ) -> None:
        """Draw a line through points."""
        self._path(_through(points), edge=colour, width=width, dashed=dashed)

    def area(
        self,
        points: Sequence[Point],
        *,
        fill: str | None = None,
        edge: str | None = None,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        """Draw a closed shape; without a fill only its outline."""
        self._path(_through([*points, points[0]]), fill=fill, edge=edge, width=width, dashed=dashed)

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Draw a box by its top left corner; it looks as an area does."""
        self.area(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), **look)

    def diamond(self, x: float, y: float, size: float, **look: Any) -> None:
        """Draw a diamond around a point."""
        self.area(((x, y - size), (x + size, y), (x, y + size), (x - size, y)), **look)

    def dot(self, x: float, y: float, size: float, *, fill: str | None, edge: str | None = None) -> None:
        """Draw a circle around a point."""
        first, *rest = (f"{_number(x + size * right)} {_number(y + size * down)}" for right, down in _CIRCLE)
        curves = " ".join(f"C {' '.join(rest[at : at + 3])}" for at in range(0, len(rest), 3))
        self._path(f"M {first} {curves} z", fill=fill, edge=edge)

    def marks(self, points: Sequence[Point], size: float, *, colour: str, tall: bool = False) -> None:
        """Draw small marks of one look as one shape: round ones, or (tall) strokes of that height."""
        high = size if tall else _DOT
        shape = " ".join(f"M {_number(x)} {_number(y - high / 2)} v {_number(high)}" for x, y in points)
        self._path(shape, edge=colour, width=1 if tall else size, round_ends=not tall)

    def svg(self) -> str:
        """Return the sheet as SVG, with nothing in it but what was drawn."""
        width, height = f"{self.width:g}", f"{self.height:g}"
        frame = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        lines = [f'<svg xmlns="{_SVG}" {frame} font-family="{SANS}">', *self._marks, *self._texts, "</svg>\n"]
        return "\n".join(lines)

    def _path(
        self,
        shape: str,
        *,
        fill: str | None = None,
        edge: str | None = None,
        width: float = 1,
        dashed: bool = False,
        round_ends: bool = False,
    ) -> None:
        style = f"fill: {fill or 'none'}"
        if dashed:
            style += "; stroke-dasharray: 3,3; stroke-dashoffset: 0"
        if edge:
            style += f"; stroke: {edge}"
            style += f"; stroke-width: {_number(width)}" if width != 1 else ""
            style += "; stroke-linecap: round" if round_ends else ""
        self._marks.append(f'<path d="{shape}" style="{style}" />')


def _through(points: Sequence[Point]) -> str:
    return "M " + " L ".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text runs, in points; rather too wide than too narrow."""
    widths = _widths()
    return sum(widths.get(each, _UNKNOWN) for each in text) * size * (1.06 if bold else 1) * _NARROWER


@cache
def _widths() -> Mapping[str, float]:
    folder = glyphs.dejavu()
    return glyphs.widths(folder / glyphs.SANS) if folder else {}


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Shorten a text to the room that it has; what it says whole stands in the table beside the picture."""
    text = " ".join(text.split())
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip(' ,.;:')}…" if text else ""


def lines(text: str, room: float, size: float, most: int = 3) -> list[str]:
    """Break a text into lines that fit; the last of them is shortened where they are too many."""
    found: list[str] = []
    for word in text.split():
        if found and width(f"{found[-1]} {word}", size) <= room:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > most:
        found = [*found[: most - 1], " ".join(found[most - 1 :])]
    return [cut(each, room, size) for each in found]
