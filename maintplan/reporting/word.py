"""A document as pandoc's own data, from which pandoc writes a DOCX.

Pandoc is given a tree and never text to read, so that nothing a person typed can mean anything to it. Styles
are named, not described: what they look like stands in the reference document.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from maintplan.reporting import faces, flow, pictures, widths
from maintplan.reporting.paper import Paper, Sheet
from maintplan.reporting.typesetting import VAST

Tree = dict[str, Any]

_API = [1, 23, 1]
_PLAIN = ["", [], []]
_TONES = {
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "decided": "Decided",
    "recommended": "Recommended",
    "muted": "Muted Char",
}
_TEXTS = {
    "muted": "Muted",
    "high": "High Text",
    "medium": "Medium Text",
    "low": "Low Text",
    "decided": "Decided Text",
    "recommended": "Recommended Text",
}
_NOTES = {
    "high": "Note High",
    "medium": "Note Medium",
    "recommended": "Note Recommended",
    "decided": "Note Decided",
}
_LONGEST_BOOKMARK = 40
_GAP = 10.0
_WIDER, _WIDER_BOLD = 1.1, 1.22
"""How much wider the fonts may run that whoever opens it has in place of ours."""
_ACROSS = 1.5
"""How much wider the text is on a page that is turned, about."""
WIDE_BEGINS, WIDE_ENDS = "maintplan-wide-begins", "maintplan-wide-ends"
"""Stand in comments where the page turns and turns back; only then is it known which page is turned."""


def tree(paper: Paper, room: float) -> Tree:
    """Return a document as pandoc's tree.

    Parameters
    ----------
    paper
        The document.
    room
        The width of its text, in points.
    """
    writer = _Writer(paper, room)
    return {
        "pandoc-api-version": _API,
        "meta": {"lang": {"t": "MetaString", "c": paper.language}},
        "blocks": list(writer.document()),
    }


class _Writer:
    def __init__(self, paper: Paper, room: float) -> None:
        self.paper, self.room = paper, room
        self.anchors = paper.anchors()
        own = faces.Faces(())
        self.sizes = [
            (
                small,
                widths.Setting(own, faces.SANS, size * _WIDER),
                widths.Setting(own, faces.SANS, head * _WIDER_BOLD),
            )
            for small, size, head in (("", 9, 8.5), (" Small", 7.2, 7))
        ]

    def document(self) -> Iterator[Tree]:
        paper = self.paper
        title = _block("Para", self.inlines((flow.Run(paper.cover.title),)))
        yield _block("Div", [["cover", [], [["custom-style", "Title"]]], [title]])
        yield from self.nodes(paper.cover.nodes)
        if paper.layout == "whole":
            yield from self.contents()
        for sheet in paper.first:
            yield from self.sheet(sheet)
        if paper.layout != "whole":
            yield from self.contents()
        for sheet in paper.body:
            yield from self.sheet(sheet)

    def contents(self) -> Iterator[Tree]:
        """Yield the contents: a field that Word can bring up to date, filled in already."""
        listed = self.paper.contents
        if len(listed) < 2:  # noqa: PLR2004 - one section needs no contents
            return
        heading = _block("Para", self.inlines((flow.Run(self.paper.words("frame.contents")),)))
        yield _styled("Contents Heading", [heading])
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for at, each in enumerate(listed):
            entry = (
                f'<w:hyperlink w:anchor={quoteattr(bookmark(each.id))} w:history="1">'
                f'<w:r><w:t xml:space="preserve">{escape(each.title)}</w:t></w:r></w:hyperlink>'
            )
            first, last = begin if at == 0 else "", end if at == len(listed) - 1 else ""
            yield _raw(f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{first}{entry}{last}</w:p>')

    def sheet(self, sheet: Sheet) -> Iterator[Tree]:
        waiting: list[Tree] = []
        if sheet.title:
            waiting.append(self.heading(1, (flow.Run(sheet.title),), sheet.id))
        level = 1
        for node, after in zip_longest(sheet.nodes, sheet.nodes[1:]):
            if isinstance(node, flow.Head):
                level = min(node.level, level + 1)
                waiting.append(self.heading(level, node.runs, node.anchor))
                if node.aside:
                    waiting.append(_styled("Aside", [_block("Para", self.inlines(node.aside))]))
                continue
            wide = isinstance(node, flow.Grid) and len(node.columns) >= VAST
            if wide:
                yield _raw(f"<!--{WIDE_BEGINS}-->")
            yield from waiting
            waiting = []
            if isinstance(node, flow.Text) and after is not None and flow.leads(node, after):
                style = "Muted Lead" if node.tone == "muted" else "Lead"
                yield _styled(style, [_block("Para", self.inlines(node.runs))])
            else:
                yield from self.node(node)
            if wide:
                yield _raw(f"<!--{WIDE_ENDS}-->")
        yield from waiting

    def heading(self, level: int, runs: flow.Runs, anchor: str) -> Tree:
        return _block("Header", [level, [anchor, [], []], self.inlines(runs)])

    # ------------------------------------------------------------------------------------------ nodes

    def nodes(self, nodes: Iterable[flow.Node]) -> Iterator[Tree]:
        for node in nodes:
            yield from self.node(node)

    def node(self, node: flow.Node) -> Iterator[Tree]:  # noqa: C901, PLR0912 - a case for each kind of node
        match node:
            case flow.Head():
                yield self.heading(node.level, node.runs, node.anchor)
            case flow.Text():
                text = _block("Para", self.inlines(node.runs))
                style = _TEXTS.get(node.tone)
                yield _styled(style, [text]) if style else text
            case flow.Items():
                items = [list(self.nodes(item)) for item in node.items]
                if node.ordered:
                    yield _ordered(items, node.start)
                else:
                    yield _block("BulletList", items)
            case flow.Steps():
                yield _ordered([list(self.step(each)) for each in node.items], 1)
            case flow.Grid():
                yield self.grid(node)
            case flow.Pairs():
                rows = [((flow.Run(name),), value) for name, value in node.pairs]
                yield self.table((), rows, [0.28, 0.72], [_LEFT, _LEFT], muted_first=True)
            case flow.Code():
                yield _block("CodeBlock", [_PLAIN, node.text])
            case flow.Note():
                yield _styled(_NOTES.get(node.tone, "Note"), [_block("Para", self.inlines(node.runs))])
            case flow.Picture():
                yield self.picture(node)
            case flow.Quote():
                yield _block("BlockQuote", list(self.nodes(node.nodes)))
            case flow.Rule():
                yield _block("HorizontalRule", None)

    def step(self, step: flow.Step) -> Iterator[Tree]:
        said = _block("Para", self.inlines(step.runs))
        yield _styled("Step", [said]) if step.code or step.check else said
        if step.code:
            yield _block("CodeBlock", [_PLAIN, step.code])
        if step.check:
            yield _styled("Check", [_block("Para", self.inlines(step.check))])

    def picture(self, node: flow.Picture) -> Tree:
        width, _ = pictures.size(node.svg)
        bitmap = pictures.bitmap(node.svg)
        if bitmap is None:
            return _styled("Muted", [_block("Para", self.inlines((flow.Run(node.alt or node.caption),)))])
        data = base64.b64encode(bitmap).decode("ascii")
        shown = min(width, self.room)
        image = _inline(
            "Image",
            [
                ["", [], [["width", f"{shown / 72:.3f}in"]]],
                [_inline("Str", node.alt)] if node.alt else [],
                [f"data:image/png;base64,{data}", ""],
            ],
        )
        caption = [_block("Plain", self.inlines((flow.Run(node.caption),)))] if node.caption else []
        if not caption:
            return _styled("Figure", [_block("Para", [image])])
        return _block("Figure", [_PLAIN, [None, caption], [_block("Plain", [image])]])

    def grid(self, node: flow.Grid) -> Tree:
        room = self.room if len(node.columns) < VAST else self.room * _ACROSS
        small, found = self.fitted(node, room)
        shares = [width / sum(found) for width in found]
        aligned = [_RIGHT if column.align == "end" else _LEFT for column in node.columns]
        caption = "" if node.repeats else node.caption
        header = tuple(column.label for column in node.columns)
        return self.table(
            header, node.rows, shares, aligned, caption=caption, anchors=node.anchors, small=small
        )

    def fitted(self, node: flow.Grid, room: float) -> tuple[str, list[float]]:
        """Return the ending of a table's styles, and its widths: a small one where words would break."""
        for small, body, head in self.sizes[:-1]:
            found, fits = widths.columns(node, body, head, room, _GAP)
            if fits:
                return small, found
        small, body, head = self.sizes[-1]
        return small, widths.columns(node, body, head, room, _GAP)[0]

    def table(
        self,
        header: Sequence[flow.Runs],
        rows: Iterable[Sequence[flow.Runs]],
        shares: Sequence[float],
        aligned: Sequence[Tree],
        *,
        caption: str = "",
        anchors: Sequence[str] = (),
        muted_first: bool = False,
        small: str = "",
    ) -> Tree:
        said = [_block("Plain", self.inlines((flow.Run(caption),)))] if caption else []
        columns = [
            [align, {"t": "ColWidth", "c": share}] for align, share in zip(aligned, shares, strict=True)
        ]
        head = [_row([self.cell(cell, f"Table Heading{small}") for cell in header])] if header else []
        body = []
        for at, row in enumerate(rows):
            anchor = anchors[at] if at < len(anchors) else ""
            cells = [
                self.cell(
                    cell,
                    f"Table Heading{small}" if muted_first and not index else f"Table Text{small}",
                    anchor="" if index else anchor,
                )
                for index, cell in enumerate(row)
            ]
            body.append(_row(cells))
        return _block(
            "Table",
            [_PLAIN, [None, said], columns, [_PLAIN, head], [[_PLAIN, 0, [], body]], [_PLAIN, []]],
        )

    def cell(self, runs: flow.Runs, style: str, anchor: str = "") -> list[Any]:
        inlines = self.inlines(runs)
        if anchor:
            inlines = [_inline("Span", [[anchor, [], []], []]), *inlines]
        content = [_styled(style, [_block("Para", inlines)])]
        return [_PLAIN, {"t": "AlignDefault"}, 1, 1, content]

    # ------------------------------------------------------------------------------------------- text

    def inlines(self, runs: flow.Runs) -> list[Tree]:
        out: list[Tree] = []
        at = 0
        while at < len(runs):
            href = runs[at].href
            to = at + 1
            while to < len(runs) and runs[to].href == href:
                to += 1
            found = [each for run in runs[at:to] for each in _run(run)]
            leads = href and (not href.startswith("#") or href[1:] in self.anchors)
            out.extend([_inline("Link", [_PLAIN, found, [href, ""]])] if leads else found)
            at = to
        return out


def bookmark(anchor: str) -> str:
    """Return the name that pandoc gives the bookmark of an anchor: Word takes no more than 40 characters."""
    if anchor[:1].isalpha() and len(anchor) <= _LONGEST_BOOKMARK:
        return anchor
    return "X" + hashlib.sha1(anchor.encode(), usedforsecurity=False).hexdigest()[1:]


def _run(run: flow.Run) -> Iterator[Tree]:
    for at, text in enumerate(run.text.split("\n")):
        if at:
            yield _inline("LineBreak", None)
        if not text:
            continue
        made = _inline("Code", [_PLAIN, text]) if "code" in run.marks else _inline("Str", text)
        for mark, kind in (("strong", "Strong"), ("em", "Emph"), ("strike", "Strikeout")):
            if mark in run.marks:
                made = _inline(kind, [made])
        yield _span(_TONES[run.tone], [made]) if run.tone in _TONES else made


_LEFT, _RIGHT = {"t": "AlignDefault"}, {"t": "AlignRight"}


def _block(kind: str, content: Any) -> Tree:
    return {"t": kind} if content is None else {"t": kind, "c": content}


_inline = _block


def _styled(style: str, blocks: list[Tree]) -> Tree:
    return _block("Div", [["", [], [["custom-style", style]]], blocks])


def _span(style: str, inlines: list[Tree]) -> Tree:
    return _inline("Span", [["", [], [["custom-style", style]]], inlines])


def _ordered(items: list[list[Tree]], start: int) -> Tree:
    return _block("OrderedList", [[start, {"t": "Decimal"}, {"t": "Period"}], items])


def _row(cells: list[Any]) -> list[Any]:
    return [_PLAIN, cells]


def _raw(xml: str) -> Tree:
    return _block("RawBlock", ["openxml", xml])
