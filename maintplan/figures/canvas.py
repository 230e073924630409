"""A sheet to draw on: a few marks, measured in points from the top left, written as a small SVG.

matplotlib draws, by its objects alone (no pyplot, no global state), and is imported with the first sheet:
a kernel that draws nothing does not pay for it. Text stays text, so that it can be searched and selected; the
fonts are those of whoever shows the picture. Widths are therefore estimates, taken from a wide font, and
nothing depends on them to the point. The same marks give the same bytes.
"""

from __future__ import annotations

import io
import logging
import pathlib
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree as ET

from maintplan.figures.palette import HAIRLINE, INK

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

WIDTH = 700.0
"""Width of every picture: that of the report's text."""
SANS = "Inter, 'Helvetica Neue', Arial, 'Noto Sans', 'DejaVu Sans', sans-serif"
"""The fonts that a picture asks its viewer for, the report's own first."""

_SVG = "http://www.w3.org/2000/svg"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML can't hold."""
_FAMILY = re.compile(r"font-family:[^;]*;\s*")
_ALIGNED = {"start": "left", "middle": "center", "end": "right"}
_NARROWER = 0.93
"""How wide the sans of documents runs beside the one that is measured, rounded up."""


class Canvas:
    """A sheet.

    Parameters
    ----------
    height
        Its height in points; its width is always the same.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self._kit = _matplotlib()
        self._down = self._kit.Affine2D().scale(1, -1).translate(0, height)
        self._text = io.StringIO()
        self._texts: list[tuple[Any, float, float, str, FontProperties, Any]] = []
        with self._kit.rc_context({"svg.hashsalt": "maintplan", "svg.fonttype": "none"}):
            self._renderer = self._kit.RendererSVG(
                width, height, self._text, image_dpi=72, metadata={"Date": None}
            )

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
        font, context = _font(size, bold=bold), self._renderer.new_gc()
        context.set_foreground(colour)
        # Not laid out by matplotlib, which would ask its own font for every character: the viewer does that.
        placed = self._kit.Text(
            x, y, text, ha=_ALIGNED[anchor], color=colour, fontproperties=font, transform=self._down
        )
        self._texts.append((context, x, y, text, font, placed))

    def line(
        self, points: Sequence[Point], *, colour: str = HAIRLINE, width: float = 1, dashed: bool = False
    ) -> None:
        """Draw a line through points."""
        self._draw(points, edge=colour, width=width, dashed=dashed)

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
        self._draw([*points, points[0]], fill=fill, edge=edge, width=width, dashed=dashed)

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Draw a box by its top left corner; it looks as an area does."""
        self.area(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), **look)

    def diamond(self, x: float, y: float, size: float, **look: Any) -> None:
        """Draw a diamond around a point."""
        self.area(((x, y - size), (x + size, y), (x, y + size), (x - size, y)), **look)

    def dot(self, x: float, y: float, size: float, *, fill: str | None, edge: str | None = None) -> None:
        """Draw a circle around a point."""
        self._put(self._kit.Path.circle((x, y), size), fill, edge, 1, dashed=False)

    def marks(self, points: Sequence[Point], size: float, *, colour: str, tall: bool = False) -> None:
        """Draw small marks of one look as one shape: round ones, or (tall) strokes of that height."""
        path, half = self._kit.Path, size / 2 if tall else 0.005
        codes = [path.MOVETO, path.LINETO] * len(points)
        ends = [end for x, y in points for end in ((x, y - half), (x, y + half))]
        context = self._renderer.new_gc()
        context.set_linewidth(1 if tall else size)
        context.set_foreground(colour)
        context.set_capstyle("butt" if tall else "round")
        self._renderer.draw_path(context, path(ends, codes), self._down, None)

    def svg(self) -> str:
        """Return the sheet as SVG, with nothing in it but what was drawn; it is finished then."""
        with self._kit.rc_context({"svg.fonttype": "none"}):  # which copies all settings: once for all texts
            for context, x, y, text, font, placed in self._texts:
                self._renderer.draw_text(context, x, y, text, font, 0, ismath=False, mtext=placed)
        self._renderer.finalize()
        return _plain(self._text.getvalue(), self.width, self.height)

    def _draw(
        self,
        points: Sequence[Point],
        *,
        fill: str | None = None,
        edge: str | None = None,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        self._put(self._kit.Path(points), fill, edge, width, dashed=dashed)

    def _put(self, path: Path, fill: str | None, edge: str | None, width: float, *, dashed: bool) -> None:
        context = self._renderer.new_gc()
        context.set_linewidth(width if edge else 0)
        context.set_foreground(edge or fill or INK)
        if dashed:
            context.set_dashes(0, (3, 3))
        self._renderer.draw_path(context, path, self._down, self._kit.to_rgba(fill) if fill else None)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text runs, in points; rather too wide than too narrow."""
    return sum(_advance(each) for each in text) * size * (1.06 if bold else 1) * _NARROWER


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


def _plain(source: str, width: float, height: float) -> str:
    """Rewrite matplotlib's SVG: no metadata, no style sheet, no names that another picture has too."""
    root = ET.fromstring(source.encode())  # noqa: S314 - just written here
    out = ET.Element("svg", {"xmlns": _SVG, "viewBox": f"0 0 {width:g} {height:g}"})
    out.set("width", f"{width:g}")
    out.set("height", f"{height:g}")
    out.set("font-family", SANS)
    for each in root.iter():
        name = each.tag.rpartition("}")[2]
        if name not in ("path", "text"):
            continue
        mark = ET.SubElement(out, name)
        for key, value in each.attrib.items():
            if key == "d":
                mark.set(key, " ".join(value.split()))
            elif key == "style":
                mark.set(key, _FAMILY.sub("", value))
            elif key in ("x", "y"):
                mark.set(key, value)
        mark.text = each.text
    ET.indent(out, "")
    return ET.tostring(out, encoding="unicode") + "\n"


class _Kit:
    """What is needed of matplotlib: its renderer alone, which takes half as long to import as a figure."""

    def __init__(self) -> None:
        log = logging.getLogger("matplotlib")
        level = log.level
        log.setLevel(logging.ERROR)  # it tells the terminal that it builds its list of fonts
        try:
            from matplotlib import rc_context  # noqa: PLC0415 - half a second
            from matplotlib.backends.backend_svg import RendererSVG  # noqa: PLC0415
            from matplotlib.colors import to_rgba  # noqa: PLC0415
            from matplotlib.path import Path  # noqa: PLC0415
            from matplotlib.text import Text  # noqa: PLC0415
            from matplotlib.transforms import Affine2D  # noqa: PLC0415
        finally:
            log.setLevel(level)
        self.RendererSVG: Any = RendererSVG  # without types of its own
        self.rc_context, self.to_rgba = rc_context, to_rgba
        self.Path, self.Text, self.Affine2D = Path, Text, Affine2D


@cache
def _matplotlib() -> _Kit:
    return _Kit()


@cache
def _file() -> str:
    from matplotlib import get_data_path  # noqa: PLC0415 - see above

    return f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf"


@lru_cache(maxsize=64)
def _font(size: float, *, bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - see above

    # With a file of its own, no font is looked for.
    return FontProperties(size=size, weight=600 if bold else 400, fname=_file())


@cache
def _measured() -> Any:
    from matplotlib.ft2font import FT2Font  # noqa: PLC0415 - see above

    # From memory: processes that are forked from this one would share an open file's position.
    font = FT2Font(io.BytesIO(pathlib.Path(_file()).read_bytes()))
    font.set_size(100, 72)
    return font


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """Return how far a character runs, in ems; one that the font does not have takes a whole one."""
    font = _measured()
    if not font.get_char_index(ord(character)):
        return 1.0
    advance: float = font.load_char(ord(character)).linearHoriAdvance / 65536 / 100
    return advance
