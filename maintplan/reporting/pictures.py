"""How large a picture is that a document shows, and the same picture in dots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from maintplan.errors import MissingExtra

_ALONE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.width) * 1pt)
"""
_ACCESSIBLE = b"""#set document(title: "A picture")
#image(bytes(sys.inputs.svg), format: "svg", width: 100pt, alt: "A picture")
"""
_PPI = 200

_TAG = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_SIDE = re.compile(r"\b(width|height)\s*=\s*[\"']\s*([0-9.]+)\s*(px|pt|mm|cm|in|)\s*[\"']")
_BOX = re.compile(r"\bviewBox\s*=\s*[\"']\s*[-0-9.]+[\s,]+[-0-9.]+[\s,]+([0-9.]+)[\s,]+([0-9.]+)")
_POINTS = {"": 0.75, "px": 0.75, "pt": 1.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
_DEFAULT = (300.0, 150.0)


def size(svg: str) -> tuple[float, float]:
    """Return a picture's width and height in points."""
    tag = _TAG.search(svg)
    if tag is None:
        return _DEFAULT
    sides = {name: float(number) * _POINTS[unit] for name, number, unit in _SIDE.findall(tag[0])}
    box = _BOX.search(tag[0])
    width, height = sides.get("width", 0.0), sides.get("height", 0.0)
    if box and not (width and height):
        wide, high = float(box[1]) or 1.0, float(box[2]) or 1.0
        width = width or (height * wide / high if height else wide * _POINTS["px"])
        height = height or width * high / wide
    return (width or _DEFAULT[0], height or _DEFAULT[1])


def drawable(svg: str, folders: Sequence[Path]) -> bool:
    """Whether a picture can be drawn in an accessible PDF with the fonts of some folders."""
    import typst  # noqa: PLC0415 - an extra, and a large one

    from maintplan.reporting import faces  # noqa: PLC0415 - as below

    compiler = typst.Compiler(font_paths=faces.load(folders), ignore_system_fonts=True)
    try:
        compiler.compile(_ACCESSIBLE, format="pdf", pdf_standards=["ua-1"], sys_inputs={"svg": svg})
    except typst.TypstError:
        return False
    return True


@lru_cache(maxsize=16)
def bitmap(svg: str) -> bytes | None:
    """Return a picture as PNG, for documents that can't hold SVG; None for one that can't be drawn.

    Raises
    ------
    MissingExtra
        Typst is not installed.
    """
    from maintplan.reporting import faces  # noqa: PLC0415 - fonts are looked at only where one is drawn

    try:
        import typst  # noqa: PLC0415 - an extra, and a large one
    except ModuleNotFoundError:
        raise MissingExtra("a picture in a DOCX needs Typst, which is not installed", "documents") from None
    width, _ = size(svg)
    chosen = faces.faces([svg])
    compiler = typst.Compiler(font_paths=faces.load(chosen.folders), ignore_system_fonts=True)
    try:
        made = compiler.compile(_ALONE, format="png", ppi=_PPI, sys_inputs={"svg": svg, "width": str(width)})
    except typst.TypstError:
        return None
    return cast("bytes", made)
