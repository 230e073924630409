"""A picture as part of a page: in the page's own fonts and colours, dark or light, its text to be selected.

Only what `maintplan.figures.canvas` draws gets in: paths and lines of text, with the few styles that it gives
them. Whatever else calls itself SVG (a notebook may come from anywhere) is refused, and shown as an image.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from xml.etree import ElementTree as ET

from maintplan.figures.canvas import SANS
from maintplan.figures.palette import STANDS_IN, VARIABLES

_SVG = "{http://www.w3.org/2000/svg}"
_MARKS = {"path": {"d": re.compile(r"[MLCQZvz0-9eE .,\-]+")}, "text": {}}
_NUMBER = re.compile(r"-?[0-9.]+")
_SIZE = re.compile(r"[0-9.]+")
_BOX = re.compile(r"0 0 [0-9.]+ [0-9.]+")
_STYLE = re.compile(
    r"(fill|stroke|stroke-(?:width|dasharray|dashoffset|linecap)|font-weight|font-size|text-anchor): "
    r"(#[0-9a-f]{6}|none|round|start|middle|end|[0-9.]+(?:px)?(?:,[0-9.]+)*)"
)
_MOST = 500_000


def inline(svg: str, alt: str, *, styled: bool) -> str | None:
    """Return a picture of ours as an element of a page, or None when it is none.

    Parameters
    ----------
    svg
        The picture.
    alt
        What it shows, in words.
    styled
        Whether the page has our style sheet, and so our colours by name.
    """
    if len(svg) > _MOST or "<!" in svg:
        return None
    try:
        root = ET.fromstring(svg)  # noqa: S314 - without a document type there is nothing to expand
    except (ET.ParseError, ValueError):
        return None
    size = (root.get("viewBox", ""), root.get("width", ""), root.get("height", ""))
    if root.tag != f"{_SVG}svg" or not (_BOX.fullmatch(size[0]) and all(map(_SIZE.fullmatch, size[1:]))):
        return None
    colours = _by_name() if styled else STANDS_IN
    marks = [_mark(each, colours) for each in root]
    if None in marks:
        return None
    look = 'class="maintplan-picture"' if styled else 'style="max-width:100%;height:auto"'
    return (
        f'<svg {look} viewBox="{size[0]}" width="{size[1]}" height="{size[2]}" role="img" '
        f'aria-label="{escape(alt)}" font-family="{escape(SANS)}">{"".join(filter(None, marks))}</svg>'
    )


def _mark(mark: ET.Element, colours: Mapping[str, str]) -> str | None:
    """Return one path or line of text; None for anything else."""
    name = mark.tag.removeprefix(_SVG)
    if name not in _MARKS or len(mark):
        return None
    written = [f"<{name}"]
    for key, value in mark.attrib.items():
        allowed = _MARKS[name].get(key, _NUMBER if key in ("x", "y") else None)
        if key == "style":
            style = _styled(value, colours)
            if style is None:
                return None
            written.append(f' style="{style}"')
        elif allowed is not None and allowed.fullmatch(value):
            written.append(f' {key}="{value}"')
        else:
            return None
    text = escape(mark.text or "", quote=False) if name == "text" else ""
    return f"{''.join(written)}>{text}</{name}>"


def _styled(style: str, colours: Mapping[str, str]) -> str | None:
    found: list[str] = []
    for each in filter(None, style.split("; ")):
        if not _STYLE.fullmatch(each):
            return None
        name, _, value = each.partition(": ")
        found.append(f"{name}:{colours.get(value, value)}")
    return ";".join(found)


def _by_name() -> Mapping[str, str]:
    return {colour: f"var(--{name},{colour})" for colour, name in VARIABLES.items()}
