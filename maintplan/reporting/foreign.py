"""Outputs of an analyst's own cells as blocks, with nothing in them that runs, fetches or lays out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

from maintplan.reporting import outputs, svg
from maintplan.reporting.collecting import Output
from maintplan.summary import escaping, links
from maintplan.summary.blocks import (
    Block,
    Code,
    Column,
    Figure,
    Line,
    Paragraph,
    Prose,
    Span,
    Table,
    Tone,
)

_BITMAPS = ("image/png", "image/jpeg", "image/gif", "image/webp")
_TONES: dict[str, Tone] = {
    **dict.fromkeys(("b", "strong", "th", "dt"), "strong"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
}
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")


def blocks(output: Output) -> Iterator[Block]:
    """Yield the blocks of an output, from the best of what it offers."""
    picture = _picture(output)
    if picture is not None:
        yield picture
    elif "text/markdown" in output.data:
        yield Prose(markdown=str(output.data["text/markdown"]))
    elif "text/html" in output.data and (found := _Reader.read(str(output.data["text/html"]))):
        yield from found
    elif "text/plain" in output.data:
        text = escaping.cleaned(str(output.data["text/plain"])).strip("\n")
        if text.strip():
            yield Code(text=text)


def _picture(output: Output) -> Figure | None:
    if "image/svg+xml" in output.data:
        cleaned = svg.cleaned(str(output.data["image/svg+xml"]))
        if cleaned is not None:
            return Figure(svg=cleaned.decode(), alt=outputs.alternative(output, "image/svg+xml"))
    for mime in _BITMAPS:
        data = "".join(str(output.data.get(mime, "")).split())
        size = outputs.size(mime, data) if _BASE64.fullmatch(data) else None
        if size is not None:
            width, height = size
            wrapped = (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
                f'<image width="{width}" height="{height}" href="data:{mime};base64,{escape(data)}"/></svg>'
            )
            return Figure(svg=wrapped, alt=outputs.alternative(output, mime))
    return None


class _Reader(HTMLParser):
    """Reads cleaned HTML: paragraphs, lists as paragraphs, listings and tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self.spans: list[Span] = []
        self.tones: list[Tone] = []
        self.href: list[str | None] = []
        self.rows: list[list[Line]] | None = None
        self.header = 0
        self.listing = False

    @classmethod
    def read(cls, source: str) -> list[Block]:
        """Return the blocks of foreign HTML; none where nothing is left of it."""
        cleaned = outputs.sanitised(source)
        reader = cls()
        reader.feed(cleaned)
        reader.close()
        reader.end()
        return reader.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _TONES:
            self.tones.append(_TONES[tag])
        elif tag == "a":
            self.href.append(links.allowed(dict(attrs).get("href")))
        elif tag == "br":
            self.spans.append(Span(text="\n"))
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        if tag == "table":
            self.end()
            self.rows, self.header = [], 0
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th"):
            self.spans = []
        elif self.rows is None and tag in (
            "p",
            "li",
            "h1",
            "h2",
            "h3",
            "ul",
            "ol",
            "blockquote",
            "pre",
            "hr",
        ):
            self.end()
            self.listing = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _TONES and self.tones:
            self.tones.pop()
        elif tag == "a" and self.href:
            self.href.pop()
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append(tuple(self.spans))
            self.spans = []
        elif tag == "thead" and self.rows is not None:
            self.header = len(self.rows)
        elif tag == "table" and self.rows is not None:
            self._table(self.rows)
            self.rows = None
        elif self.rows is None and tag in ("p", "li", "ul", "ol", "blockquote", "pre"):
            self.end()

    def handle_data(self, data: str) -> None:
        """Take text."""
        text = data if self.listing else re.sub(r"\s+", " ", data)
        if text.strip() or (text and self.spans):
            self.spans.append(
                Span(
                    text=text,
                    tone=self.tones[-1] if self.tones else "plain",
                    href=self.href[-1] if self.href else None,
                )
            )

    def _table(self, rows: list[list[Line]]) -> None:
        rows = [row for row in rows if row]
        if not rows:
            return
        width = max(len(row) for row in rows)
        filled = [(*row, *((),) * (width - len(row))) for row in rows]
        header = filled[max(self.header, 1) - 1]
        columns = tuple(Column(label="".join(span.text for span in cell)) for cell in header)
        self.found.append(Table(columns=columns, rows=tuple(filled[max(self.header, 1) :])))

    def end(self) -> None:
        """Close the paragraph or listing that is being read."""
        if any(span.text.strip() for span in self.spans):
            if self.listing:
                self.found.append(Code(text="".join(span.text for span in self.spans).strip("\n")))
            else:
                self.found.append(Paragraph(line=tuple(self.spans)))
        self.spans, self.listing = [], False
