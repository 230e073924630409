"""A document as one flow of simple nodes, which the makers of PDF and DOCX turn into their own terms.

Blocks, a person's Markdown and an analyst's outputs come in; what goes out has nothing left to decide but
how it looks. Text is plain text everywhere: no node holds markup of any language, so nothing that a person
typed can be read as such. Links lead to the web or to a place that the document really has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it.tree import SyntaxTreeNode

from maintplan.summary import blocks, escaping, links, prose
from maintplan.summary.levels import Levels

Mark = Literal["strong", "em", "strike", "code"]
_LONGEST_ADDRESS = 2000
"""Readers of PDF and Word refuse longer addresses; such a one is shown as text."""


@dataclass(frozen=True)
class Run:
    """A run of text in one look; a line feed is a line break.

    Attributes
    ----------
    text
        The text.
    marks
        How it is set apart.
    tone
        What it means, see `maintplan.summary.blocks`.
    href
        Where it leads: an address, or ``#anchor``.
    """

    text: str
    marks: frozenset[Mark] = frozenset()
    tone: str = "plain"
    href: str | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Head:
    """A heading below a part's title, with the words at its far end."""

    level: int
    runs: Runs
    anchor: str = ""
    aside: Runs = ()


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    runs: Runs
    tone: str = "plain"


@dataclass(frozen=True)
class Items:
    """A list; each item holds nodes of its own."""

    items: tuple[tuple[Node, ...], ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Step:
    """A step of a procedure."""

    runs: Runs
    code: str = ""
    check: Runs = ()


@dataclass(frozen=True)
class Steps:
    """Numbered steps."""

    items: tuple[Step, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    label: Runs
    align: str = "start"
    weight: float = 1.0


@dataclass(frozen=True)
class Grid:
    """A table; `repeats` says that its caption only repeats the heading above it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Runs, ...], ...]
    caption: str = ""
    anchors: tuple[str, ...] = ()
    repeats: bool = False


@dataclass(frozen=True)
class Pairs:
    """Names with their values."""

    pairs: tuple[tuple[str, Runs], ...]


@dataclass(frozen=True)
class Code:
    """A command or listing."""

    text: str


@dataclass(frozen=True)
class Note:
    """What the reader must not miss."""

    runs: Runs
    tone: str = "plain"


@dataclass(frozen=True)
class Picture:
    """A picture, with what it shows in words."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Quote:
    """Quoted nodes."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Rule:
    """A line across."""


Node = Head | Text | Items | Steps | Grid | Pairs | Code | Note | Picture | Quote | Rule


def nodes(found: Iterable[blocks.Block], title: str, under: int = 1) -> tuple[Node, ...]:
    """Return a part's blocks as nodes.

    Parameters
    ----------
    found
        The blocks.
    title
        The part's title.
    under
        Level of the heading that they stand under.
    """
    return tuple(_nodes(found, title, under))


def _nodes(found: Iterable[blocks.Block], title: str, under: int) -> Iterator[Node]:
    levels, level = Levels(under), under
    for each in found:
        if isinstance(each, blocks.Heading):
            title, level = each.text, levels.of(each.level)
            yield Head(level, (Run(_clean(each.text)),), _clean(each.anchor), runs(each.aside))
        elif isinstance(each, blocks.Prose):
            yield from written(each.markdown, level)
        else:
            yield from _node(each, title)
            if isinstance(each, blocks.Table):
                title = ""  # of a second table the heading does not say what it holds


def _node(block: blocks.Block, title: str) -> Iterator[Node]:  # noqa: C901 - a case for each kind of block
    match block:
        case blocks.Paragraph():
            yield Text(runs(block.line), block.tone)
        case blocks.Bullets():
            if block.items:
                yield Items(tuple((Text(runs(item)),) for item in block.items), block.ordered)
        case blocks.Steps():
            if block.items:
                yield Steps(
                    tuple(Step(runs(item.line), _clean(item.code), runs(item.check)) for item in block.items)
                )
        case blocks.Table():
            if block.columns:
                yield _grid(block, title)
        case blocks.Pairs():
            if block.pairs:
                yield Pairs(tuple((_clean(name), runs(value)) for name, value in block.pairs))
        case blocks.Code():
            yield Code(_clean(block.text))
        case blocks.Note():
            more = (blocks.Span(text="\n"), *block.more) if block.more else ()
            yield Note(runs((*block.line, *more)), block.tone)
        case blocks.Figure():
            yield Picture(_clean(block.svg), " ".join(_clean(block.alt).split()), _clean(block.caption))


def _grid(block: blocks.Table, title: str) -> Grid:
    count = len(block.columns)
    return Grid(
        columns=tuple(Column((Run(_clean(each.label)),), each.align, each.weight) for each in block.columns),
        rows=tuple(
            (*(runs(cell) for cell in row[:count]), *((),) * (count - len(row))) for row in block.rows
        ),
        caption=_clean(block.caption),
        anchors=block.anchors,
        repeats=block.caption == title,
    )


def runs(line: blocks.Line) -> Runs:
    """Return a line as runs."""
    return tuple(_run(span) for span in line if span.text)


def _run(span: blocks.Span) -> Run:
    marks: frozenset[Mark] = frozenset()
    tone = span.tone
    if span.tone == "strong":
        marks, tone = frozenset({"strong"}), "plain"
    elif span.tone == "code":
        marks, tone = frozenset({"code"}), "plain"
    return Run(_clean(span.text), marks, tone, _address(span.href))


def _clean(text: str) -> str:
    return escaping.cleaned(text)


def _address(href: str | None) -> str | None:
    allowed = links.allowed(href)
    return allowed if allowed and len(allowed) <= _LONGEST_ADDRESS else None


# ------------------------------------------------------------------------------------- a person's Markdown


def written(markdown: str, under: int) -> Iterator[Node]:
    """Yield the nodes of a person's Markdown; its headings go below the one that it stands under."""
    for each in SyntaxTreeNode(prose.parse(markdown, under)).children:
        yield from _written(each)


def _written(node: SyntaxTreeNode) -> Iterator[Node]:
    match node.type:
        case "paragraph":
            yield Text(_inline(node))
        case "heading":
            yield Head(int(node.tag[1]), _inline(node))
        case "bullet_list" | "ordered_list":
            items = tuple(
                tuple(n for child in item.children for n in _written(child)) for item in node.children
            )
            yield Items(items, node.type == "ordered_list", int(node.attrs.get("start", 1)))
        case "blockquote":
            yield Quote(tuple(n for child in node.children for n in _written(child)))
        case "fence" | "code_block":
            yield Code(node.content.rstrip("\n"))
        case "hr":
            yield Rule()
        case "table":
            yield _written_table(node)
        case _:
            if node.content.strip():
                yield Text((Run(node.content),))


def _written_table(node: SyntaxTreeNode) -> Grid:
    header, *rest = (row for group in node.children for row in group.children)
    columns = tuple(
        Column(_inline(cell), "end" if "right" in str(cell.attrs.get("style", "")) else "start")
        for cell in header.children
    )
    return Grid(columns, tuple(tuple(_inline(cell) for cell in row.children) for row in rest))


def _inline(node: SyntaxTreeNode) -> Runs:
    return tuple(each for child in node.children for each in _runs(child, Run("")))


def _runs(node: SyntaxTreeNode, look: Run) -> Iterator[Run]:
    match node.type:
        case "inline":
            yield from _within(node, look)
        case "text":
            if node.content:
                yield replace(look, text=node.content)
        case "softbreak" | "hardbreak":
            yield replace(look, text="\n")
        case "code_inline":
            yield replace(look, text=node.content, marks=look.marks | {"code"})
        case "em" | "strong":
            yield from _within(node, replace(look, marks=look.marks | {node.type}))
        case "s":
            yield from _within(node, replace(look, marks=look.marks | {"strike"}))
        case "link":
            yield from _within(node, replace(look, href=_address(str(node.attrs["href"]))))
        case _:
            if node.content:
                yield replace(look, text=node.content)


def _within(node: SyntaxTreeNode, look: Run) -> Iterator[Run]:
    for child in node.children:
        yield from _runs(child, look)


# ------------------------------------------------------------------------------------- looking through nodes


def texts(found: Sequence[Node]) -> Iterator[str]:
    """Yield every text that nodes show, without the alternatives of pictures."""
    for each in found:
        yield from _texts(each)


def _texts(node: Node) -> Iterator[str]:  # noqa: C901, PLR0912 - a case for each kind of node
    match node:
        case Head():
            yield from (run.text for run in (*node.runs, *node.aside))
        case Text() | Note():
            yield from (run.text for run in node.runs)
        case Items():
            for item in node.items:
                yield from texts(item)
        case Steps():
            for step in node.items:
                yield from (run.text for run in (*step.runs, *step.check))
                yield step.code
        case Grid():
            yield node.caption
            for cells in ((column.label for column in node.columns), *node.rows):
                yield from (run.text for cell in cells for run in cell)
        case Pairs():
            for name, value in node.pairs:
                yield name
                yield from (run.text for run in value)
        case Code():
            yield node.text
        case Picture():
            yield node.caption
            yield node.svg  # its words are set in the same fonts
        case Quote():
            yield from texts(node.nodes)
        case Rule():
            return


def leads(text: Text, after: Node) -> bool:
    """Whether a paragraph belongs above what follows it: a label, or what is said of a table."""
    label = bool(text.runs) and all("strong" in run.marks for run in text.runs)
    muted = text.tone == "muted"
    introduces = isinstance(after, Steps) or (muted and isinstance(after, Grid | Items | Pairs | Text))
    return not isinstance(after, Head) and (label or introduces)


def anchors(found: Sequence[Node]) -> Iterator[str]:
    """Yield the anchors that nodes have."""
    for each in found:
        if isinstance(each, Head) and each.anchor:
            yield each.anchor
        elif isinstance(each, Grid):
            yield from (anchor for anchor in each.anchors if anchor)
