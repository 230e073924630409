"""Outputs of an analyst's own cells as HTML that can neither run anything nor fetch anything.

A notebook may come from anywhere. Pictures become images of their own (a browser runs no script within one),
Markdown goes through `maintplan.summary.prose`, HTML through bleach with a short list of what it may hold.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from maintplan.reporting import svg
from maintplan.reporting.collecting import Output
from maintplan.summary import escaping, links, prose

_TEXT = """a abbr b blockquote br code dd del dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s
    samp small span strong sub sup tt u ul var"""
_TABLE = "caption col colgroup table tbody td tfoot th thead tr"
_TAGS = frozenset(f"{_TEXT} {_TABLE}".split())
_DROPPED = re.compile(
    r"<(script|style|head|title|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_HEADING = re.compile(r"<(/?)h([1-6])>")
_SAYS_SOMETHING = re.compile(r">[^<]*\w|^[^<]*\w|<img ")
_BITMAPS = ("image/png", "image/jpeg", "image/gif", "image/webp")


def html(output: Output, under: int = 2) -> str:
    """Return an output as HTML, from the best of what it offers; nothing when nothing can be shown.

    Parameters
    ----------
    output
        The output.
    under
        Level of the heading that it stands under.
    """
    for mime, render in _RENDERERS.items():
        if mime in output.data:
            shown = render(output, mime, under)
            if shown:
                return f'<div class="maintplan-added tex2jax_ignore mathjax_ignore">{shown}</div>\n'
    return ""


def _svg(output: Output, mime: str, under: int) -> str:
    del under
    picture = svg.cleaned(str(output.data[mime]))
    if picture is None:
        return ""
    return _image("image/svg+xml", base64.b64encode(picture).decode("ascii"), alternative(output, mime))


def _bitmap(output: Output, mime: str, under: int) -> str:
    del under
    data = str(output.data[mime])
    return _image(mime, "".join(data.split()), alternative(output, mime)) if _BASE64.fullmatch(data) else ""


def _image(mime: str, data: str, alt: str) -> str:
    image = f'<img src="data:{mime};base64,{data}" alt="{escape(alt)}">'
    return f'<figure class="maintplan-figure">{image}</figure>'


def alternative(output: Output, mime: str) -> str:
    """Return what a picture shows, in words."""
    own = output.metadata.get(mime)
    given = (own.get("alt") if isinstance(own, Mapping) else None) or output.metadata.get("alt")
    # The text of a figure names a Python object; the heading above says more.
    return escaping.cleaned(str(given or output.under))


def size(mime: str, data: str) -> tuple[int, int] | None:
    """Return width and height of a bitmap in base64, or None where it can't be read."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only foreign pictures need it

    del mime
    try:
        with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError):
        return None


def _markdown(output: Output, mime: str, under: int) -> str:
    shown = prose.to_html(str(output.data[mime]), under)
    return f'<div class="maintplan-prose">{shown}</div>' if shown else ""


def _html(output: Output, mime: str, under: int) -> str:
    del under
    shown = sanitised(str(output.data[mime]))
    return f'<div class="maintplan-prose maintplan-scroll" tabindex="0">{shown}</div>' if shown else ""


def _plain(output: Output, mime: str, under: int) -> str:
    del under
    text = escaping.cleaned(str(output.data[mime])).strip("\n")
    return f'<pre class="maintplan-plain">{escape(text, quote=False)}</pre>' if text.strip() else ""


_RENDERERS: Mapping[str, Callable[[Output, str, int], str]] = {
    "image/svg+xml": _svg,
    **dict.fromkeys(_BITMAPS, _bitmap),
    "text/markdown": _markdown,
    "text/html": _html,
    "text/plain": _plain,
}


def sanitised(source: str) -> str:
    """Return foreign HTML without anything that runs, fetches or lays out; empty when nothing is left.

    Its headings become strong paragraphs: nobody knows what they would stand under.
    """
    from bleach import Cleaner  # noqa: PLC0415 - slow to import, and only foreign outputs need it

    # bleach keeps the text within what it strips; the text of a script or a style is none.
    source = _DROPPED.sub("", escaping.cleaned(source))
    cleaner = Cleaner(
        tags=_TAGS,
        attributes=_attribute,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        strip_comments=True,
    )
    shown = cleaner.clean(source).strip()
    shown = _HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", shown)
    return shown if _SAYS_SOMETHING.search(shown) else ""


def _attribute(tag: str, name: str, value: Any) -> bool:
    text = str(value)
    if name == "href":
        return tag == "a" and links.allowed(text) == text
    if name == "src":
        return tag == "img" and _PICTURE.fullmatch(text) is not None
    if name == "scope":
        return tag == "th" and text in ("row", "col", "rowgroup", "colgroup")
    if name in ("colspan", "rowspan"):
        return tag in ("td", "th") and text.isdigit()
    return name in ("alt", "lang", "dir", "start") and tag != "table"
