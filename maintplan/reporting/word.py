"""The body of a DOCX: a document's nodes as WordprocessingML.

Nothing that a person typed can mean anything here but itself: it only ever becomes the escaped text of a run,
or the target of a link that `maintplan.summary.links` allows. Styles are named, not described: what they look
like stands in the reference document, which `maintplan.reporting.package` puts around the body.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, groupby, pairwise, zip_longest
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

from maintplan.reporting import faces, flow, pictures, widths
from maintplan.reporting.package import Look
from maintplan.reporting.paper import Paper, Sheet

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
_CODES = {"Table Text": "Table Code", "Table Text Small": "Table Code Small"}
_MARKS = {"strong": "<w:b/><w:bCs/>", "em": "<w:i/><w:iCs/>", "strike": "<w:strike/>"}
_LONGEST_BOOKMARK = 40
_GAP = 10.0
_WIDER, _WIDER_BOLD = 1.1, 1.22
"""How much wider the fonts may run that whoever opens it has in place of ours."""
_MANY = 8
"""Columns up to which a page is never turned."""
_LONG_ROW = 1500
"""Characters from which a row may run over the end of a page."""
_WHOLE = 5
"""Rows up to which a table stays on one page."""
_LONG_CODE = 30
"""Lines from which a listing may."""
_TWENTIETHS, _EMU = 20, 12700
_INDENT = 18
"""Points that a list stands in from what is around it."""
DEEPEST = 8
"""The last level of a list that Word has, counted from 0."""
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"
_HIDDEN_BREAK = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
"""Makes the paragraph that ends a section, or parts two tables, too low to be seen."""


@dataclass
class Body:
    """The body of a document, and what it needs of the package around it.

    Attributes
    ----------
    xml
        The body's content, without its last section.
    turned
        Whether some of its pages are turned.
    links
        Addresses on the web, by the id of their relationship.
    pictures
        PNG files, by the id of theirs.
    lists
        For each list: whether it is ordered, its level, and what it begins with.
    """

    xml: str = ""
    turned: bool = False
    links: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    lists: list[tuple[bool, int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class _Inside:
    """Where nodes stand: how many lists are around them, whether they are quoted, and the list's mark."""

    lists: int = 0
    quoted: bool = False
    mark: str = ""

    @property
    def indent(self) -> int:
        return _INDENT * self.lists * _TWENTIETHS


_TOP = _Inside()


def body(paper: Paper, look: Look) -> Body:
    """Return a document as the body of a DOCX in some look."""
    writer = _Writer(paper, look)
    writer.made.xml = "".join(writer.document())
    return writer.made


class _Writer:
    def __init__(self, paper: Paper, look: Look) -> None:
        self.paper, self.look, self.made = paper, look, Body()
        self.anchors = paper.anchors()
        self.numbers = count(1)
        """Ids of bookmarks and of drawings."""
        own = faces.Faces(())
        self.sizes = [
            (
                small,
                widths.Setting(own, faces.SANS, size * _WIDER),
                widths.Setting(own, faces.SANS, head * _WIDER_BOLD),
            )
            for small, size, head in (("", 9, 8.5), (" Small", 7.2, 7))
        ]

    def document(self) -> Iterator[str]:
        paper = self.paper
        yield self.paragraph("Title", (flow.Run(paper.cover.title),), anchor="cover")
        yield from self.nodes(paper.cover.nodes)
        if paper.layout == "whole":
            yield from self.contents()
        yield from self.sheets(paper.first)
        if paper.layout != "whole":
            yield from self.contents()
        yield from self.sheets(paper.body)

    def contents(self) -> Iterator[str]:
        """Yield the contents: a field that Word can bring up to date, filled in already."""
        listed = self.paper.contents
        if len(listed) < 2:  # noqa: PLR2004 - one section needs no contents
            return
        yield self.paragraph("Contents Heading", (flow.Run(self.paper.words("frame.contents")),))
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            ' TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for at, each in enumerate(listed):
            entry = (
                f'<w:hyperlink w:anchor={quoteattr(bookmark(each.id))} w:history="1">'
                f"<w:r>{_text(each.title)}</w:r></w:hyperlink>"
            )
            first, last = begin if at == 0 else "", end if at == len(listed) - 1 else ""
            yield f"<w:p><w:pPr>{self.style('toc 1')}</w:pPr>{first}{entry}{last}</w:p>"

    # ----------------------------------------------------------------------------------------- sheets

    def sheets(self, sheets: Iterable[Sheet]) -> Iterator[str]:
        """Yield sheets; wide tables stand in sections of their own, whose page is turned."""
        across = False
        for wide, xml in (each for sheet in sheets for each in self.sheet(sheet)):
            if wide != across:
                yield self.ended(across=across)
                across = wide
            yield xml
        if across:
            yield self.ended(across=True)

    def sheet(self, sheet: Sheet) -> Iterator[tuple[bool, str]]:
        """Yield the pieces of a sheet, and whether their page is turned; headings go with what is below."""
        waiting: list[str] = []
        if sheet.title:
            waiting.append(self.heading(1, (flow.Run(sheet.title),), sheet.id))
        level = 1
        for node, after in zip_longest(sheet.nodes, sheet.nodes[1:]):
            if isinstance(node, flow.Head):
                level = min(node.level, level + 1)
                waiting.append(self.heading(level, node.runs, node.anchor))
                if node.aside:
                    waiting.append(self.paragraph("Aside", node.aside))
                continue
            wide = isinstance(node, flow.Grid) and self.turns(node)
            xml = "".join(self.led(node, after))
            yield wide, "".join((*waiting, xml, _parted(node, after)))
            waiting = []
        if waiting:
            yield False, "".join(waiting)

    def led(self, node: flow.Node, after: flow.Node | None) -> Iterator[str]:
        """Yield a node; a paragraph that introduces the next one stays with it."""
        if isinstance(node, flow.Text) and after is not None and flow.leads(node, after):
            yield self.paragraph("Muted Lead" if node.tone == "muted" else "Lead", node.runs)
        else:
            yield from self.node(node, _TOP)

    def ended(self, *, across: bool) -> str:
        """Return the end of a section whose page stands upright or is turned."""
        section = self.look.page.written(across=across, first=not self.made.turned)
        self.made.turned = True
        return f"<w:p><w:pPr>{_HIDDEN_BREAK}{section}</w:pPr></w:p>"

    def heading(self, level: int, runs: flow.Runs, anchor: str) -> str:
        # Kept with what follows, also where an organisation's own style does not say so.
        return self.paragraph(f"heading {min(level, 6)}", runs, anchor=anchor, keep=True)

    # ------------------------------------------------------------------------------------------ nodes

    def nodes(self, nodes: Iterable[flow.Node], inside: _Inside = _TOP) -> Iterator[str]:
        for node, after in pairwise((*nodes, None)):
            if node is not None:
                yield from self.node(node, inside)
                yield _parted(node, after)

    def node(self, node: flow.Node, inside: _Inside) -> Iterator[str]:  # noqa: C901, PLR0912 - each kind
        if inside.mark and not isinstance(node, flow.Text):  # the mark of a list stands before text only
            yield self.paragraph("Compact", (), inside)
            inside = replace(inside, mark="")
        match node:
            case flow.Head():
                yield self.heading(node.level, node.runs, node.anchor)
            case flow.Text():
                plain = "Block Text" if inside.quoted else "Compact" if inside.lists else "Body Text"
                yield self.paragraph(_TEXTS.get(node.tone, plain), node.runs, inside)
            case flow.Items():
                yield from self.items(node, inside)
            case flow.Steps():
                mark, within = self.begun(inside, ordered=True)
                for each in node.items:
                    yield from self.step(each, mark, within)
            case flow.Grid():
                yield from self.grid(node, inside)
            case flow.Pairs():
                rows = [((flow.Run(name),), value) for name, value in node.pairs]
                yield self.table((), rows, [(0.28, False), (0.72, False)], inside=inside, muted_first=True)
            case flow.Code():
                yield self.code(node.text, inside)
            case flow.Note():
                yield self.paragraph(_NOTES.get(node.tone, "Note"), node.runs, inside)
            case flow.Picture():
                yield from self.picture(node, inside)
            case flow.Quote():
                yield from self.nodes(node.nodes, replace(inside, quoted=True))
            case flow.Rule():
                line = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="auto"/></w:pBdr>'
                yield f"<w:p><w:pPr>{line}</w:pPr></w:p>"

    def begun(self, inside: _Inside, *, ordered: bool, start: int = 1) -> tuple[str, _Inside]:
        """Begin a list: return the mark of its items, and where they stand."""
        level = min(inside.lists, DEEPEST)
        self.made.lists.append((ordered, level, start))
        at = self.look.lists + len(self.made.lists)
        number = f'<w:ilvl w:val="{level}"/><w:numId w:val="{at}"/>'
        return f"<w:numPr>{number}</w:numPr>", replace(inside, lists=level + 1, mark="")

    def items(self, node: flow.Items, inside: _Inside) -> Iterator[str]:
        mark, within = self.begun(inside, ordered=node.ordered, start=node.start)
        for item in node.items:
            first, *rest = item or (flow.Text(()),)
            yield from self.node(first, replace(within, mark=mark))
            yield from self.nodes(rest, within)

    def step(self, step: flow.Step, mark: str, within: _Inside) -> Iterator[str]:
        style = "Step" if step.code or step.check else "Body Text"
        # What is to be typed stands on the page that says to do so.
        yield self.paragraph(style, step.runs, replace(within, mark=mark), keep=style == "Step")
        if step.code:
            yield self.code(step.code, within, keep=bool(step.check))
        if step.check:
            yield self.paragraph("Check", step.check, within)

    def code(self, text: str, inside: _Inside, *, keep: bool = False) -> str:
        kept = "<w:keepNext/>" if keep else ""
        if text.count("\n") >= _LONG_CODE:
            kept += '<w:keepLines w:val="0"/>'
        about = f"{self.style('Source Code')}{kept}{_indented(inside)}"
        return f"<w:p><w:pPr>{about}</w:pPr><w:r>{_text(text)}</w:r></w:p>"

    def picture(self, node: flow.Picture, inside: _Inside) -> Iterator[str]:
        drawn = pictures.bitmap(node.svg)
        if drawn is None:
            yield self.paragraph("Muted", (flow.Run(node.alt or node.caption),), inside)
            return
        wide, high = pictures.size(node.svg)
        scale = min(1.0, self.look.page.room / wide)
        size = f'cx="{round(wide * scale * _EMU)}" cy="{round(high * scale * _EMU)}"'
        number, style = next(self.numbers), "Captioned Figure" if node.caption else "Figure"
        self.made.pictures[f"rIdPicture{number}"] = drawn
        picture = (
            f'<w:drawing><wp:inline xmlns:wp="{_DRAWN}/wordprocessingDrawing" distT="0" distB="0" distL="0"'
            f' distR="0"><wp:extent {size}/><wp:docPr id="{number}" name="Picture {number}"'
            f' descr={quoteattr(_clean(node.alt))}/><a:graphic xmlns:a="{_DRAWN}/main"><a:graphicData'
            f' uri="{_DRAWN}/picture"><pic:pic xmlns:pic="{_DRAWN}/picture"><pic:nvPicPr><pic:cNvPr'
            f' id="{number}" name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip'
            f' r:embed="rIdPicture{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
            f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
        )
        yield f"<w:p><w:pPr>{self.style(style)}</w:pPr><w:r>{picture}</w:r></w:p>"
        if node.caption:
            yield self.paragraph("Image Caption", (flow.Run(node.caption),))

    # ----------------------------------------------------------------------------------------- tables

    def grid(self, node: flow.Grid, inside: _Inside) -> Iterator[str]:
        across = inside == _TOP and self.turns(node)
        room = self.look.page.across if across else self.look.page.room - inside.indent / _TWENTIETHS
        small, found = self.fitted(node, room)
        if node.caption and not node.repeats:
            yield self.paragraph("Table Caption", (flow.Run(node.caption),))
        yield self.table(
            tuple(column.label for column in node.columns),
            node.rows,
            [
                (width / sum(found), each.align == "end")
                for width, each in zip(found, node.columns, strict=True)
            ],
            inside=inside,
            room=room,
            anchors=node.anchors,
            small=small,
        )

    def turns(self, node: flow.Grid) -> bool:
        """Whether a table gets a page across: so many columns, or words that would break however small."""
        if len(node.columns) < _MANY:
            return False
        _, body, head = self.sizes[-1]
        return widths.vast(node) or not widths.columns(node, body, head, self.look.page.room, _GAP)[1]

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
        rows: Sequence[Sequence[flow.Runs]],
        shares: Sequence[tuple[float, bool]],
        *,
        inside: _Inside,
        room: float | None = None,
        anchors: Sequence[str] = (),
        muted_first: bool = False,
        small: str = "",
    ) -> str:
        """Return a table; `shares` says how wide each column is, and whether its cells stand at its end."""
        room = room if room is not None else self.look.page.room - inside.indent / _TWENTIETHS
        sizes = [max(round(share * room * _TWENTIETHS), 1) for share, _ in shares]
        heading, text = f"Table Heading{small}", f"Table Text{small}"
        indent = f'<w:tblInd w:w="{inside.indent}" w:type="dxa"/>' if inside.indent else ""
        first = 1 if header else 0
        columns = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
        about = (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{self.look.style("Table")}"/>'
            f'<w:tblW w:w="{sum(sizes)}" w:type="dxa"/>{indent}<w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="00{first * 2}0" w:firstRow="{first}" w:lastRow="0" w:firstColumn="0"'
            ' w:lastColumn="0" w:noHBand="0" w:noVBand="0"/></w:tblPr>'
            f"<w:tblGrid>{columns}</w:tblGrid>"
        )
        out = [about]
        if header:
            out.append("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>")
            out.extend(
                self.cell(cell, heading, size, end=end)
                for cell, size, (_, end) in zip(header, sizes, shares, strict=True)
            )
            out.append("</w:tr>")
        last = len(rows) - 1
        for at, row in enumerate(rows):
            # The first row is not left alone at a page's foot, nor the last at another's head.
            keep = at < last and (last < _WHOLE or at in (0, last - 1))
            long = sum(len(run.text) for cell in row for run in cell) > _LONG_ROW
            anchor = anchors[at] if at < len(anchors) else ""
            out.append("<w:tr>" if long else "<w:tr><w:trPr><w:cantSplit/></w:trPr>")
            for index, (cell, size, (_, end)) in enumerate(zip(row, sizes, shares, strict=True)):
                style = heading if muted_first and not index else text
                anchored = "" if index else anchor
                out.append(self.cell(cell, style, size, end=end, anchor=anchored, keep=keep and not long))
            out.append("</w:tr>")
        return "".join((*out, "</w:tbl>"))

    def cell(
        self, runs: flow.Runs, style: str, size: int, *, end: bool, anchor: str = "", keep: bool = False
    ) -> str:
        written = self.paragraph(style, runs, anchor=anchor, end=end, keep=keep)
        return f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr>{written}</w:tc>'

    # ------------------------------------------------------------------------------------------- text

    def style(self, name: str) -> str:
        return f'<w:pStyle w:val="{self.look.style(name)}"/>'

    def paragraph(
        self,
        style: str,
        runs: flow.Runs,
        inside: _Inside = _TOP,
        *,
        anchor: str = "",
        end: bool = False,
        keep: bool = False,
    ) -> str:
        kept = "<w:keepNext/>" if keep else ""
        at = '<w:jc w:val="right"/>' if end else ""
        written = self.inlines(runs, _CODES.get(style, "Verbatim Char"))
        if anchor:
            number = next(self.numbers)
            name = quoteattr(bookmark(anchor))
            written = (
                f'<w:bookmarkStart w:id="{number}" w:name={name}/>{written}<w:bookmarkEnd w:id="{number}"/>'
            )
        place = inside.mark or _indented(inside)
        return f"<w:p><w:pPr>{self.style(style)}{kept}{place}{at}</w:pPr>{written}</w:p>"

    def inlines(self, runs: flow.Runs, code: str) -> str:
        out: list[str] = []
        for href, found in groupby(runs, key=lambda run: run.href):
            link = self.link(href) if href else ""
            shown = "".join(self.run(run, code, link=bool(link)) for run in found)
            out.append(f"<w:hyperlink {link}>{shown}</w:hyperlink>" if link else shown)
        return "".join(out)

    def link(self, href: str) -> str:
        """Return where a link leads, as Word has it; nothing for one that leads nowhere."""
        if href.startswith("#"):
            known = href[1:] in self.anchors
            return f'w:anchor={quoteattr(bookmark(href[1:]))} w:history="1"' if known else ""
        try:
            urlsplit(href)
        except ValueError:  # Word would not open the document
            return ""
        number = f"rIdLink{len(self.made.links) + 1}"
        self.made.links[number] = quote(_clean(href), safe="%/:?#[]@!$&'()*+,;=~")
        return f'r:id="{number}" w:history="1"'

    def run(self, run: flow.Run, code: str, *, link: bool) -> str:
        if not run.text:
            return ""
        name = code if "code" in run.marks else _TONES.get(run.tone, "Hyperlink" if link else "")
        about = f'<w:rStyle w:val="{self.look.style(name)}"/>' if name else ""
        about += "".join(xml for mark, xml in _MARKS.items() if mark in run.marks)
        return f"<w:r>{f'<w:rPr>{about}</w:rPr>' if about else ''}{_text(run.text)}</w:r>"


def _parted(node: flow.Node, after: flow.Node | None) -> str:
    """Return what keeps two nodes apart of which Word would make one: tables, listings, notes of a kind."""
    match node, after:
        case (flow.Grid() | flow.Pairs(), flow.Grid() | flow.Pairs()) | (flow.Code(), flow.Code()):
            return f"<w:p><w:pPr>{_HIDDEN_BREAK}</w:pPr></w:p>"
        case (flow.Note(tone=tone), flow.Note(tone=other)) if tone == other:
            return f"<w:p><w:pPr>{_HIDDEN_BREAK}</w:pPr></w:p>"
    return ""


def bookmark(anchor: str) -> str:
    """Return the name that an anchor's bookmark has: Word takes no more than 40 characters."""
    if anchor[:1].isalpha() and len(anchor) <= _LONGEST_BOOKMARK:
        return anchor
    return "X" + hashlib.sha1(anchor.encode(), usedforsecurity=False).hexdigest()[1:]


def _indented(inside: _Inside) -> str:
    return f'<w:ind w:left="{inside.indent}"/>' if inside.lists else ""


def _clean(text: str) -> str:
    """Return text without what XML can't hold."""
    return _NO_XML.sub("", text)


def _text(text: str) -> str:
    """Return text as the content of a run."""
    out: list[str] = []
    for at, line in enumerate(_clean(text).split("\n")):
        if at:
            out.append("<w:br/>")
        for number, part in enumerate(line.split("\t")):
            if number:
                out.append("<w:tab/>")
            if part:
                out.append(f'<w:t xml:space="preserve">{escape(part)}</w:t>')
    return "".join(out)
