"""Parts as Markdown: GitHub's, kept to what JupyterLab, nbconvert and pandoc read in the same way.

Only our own marks are marks. Plain text goes through `maintplan.summary.escaping`, a person's Markdown
through `maintplan.summary.prose`. Markdown has no notes, captions and anchors: notes become quotes, captions
a line in italics, anchors an empty ``<a id>``, which GitHub keeps and pandoc passes over.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from html import escape

from maintplan.summary import blocks, escaping, links, markdown_writer, prose
from maintplan.summary.levels import Levels

_LOWEST = 6


Picture = Callable[[blocks.Figure], str]
"""Gives the address that a picture is shown from."""


def part(part: blocks.Part, picture: Picture | None = None) -> str:
    """Return a part as Markdown.

    Parameters
    ----------
    part
        What to show.
    picture
        Where its pictures are; without it they stand within the text, which GitHub does not show.
    """
    cover = part.kind == "cover"
    level = 1 if cover else 2
    out: list[str] = []
    if part.title:
        out.append(_heading(level, part.title, part.id))
    under = level if part.title else level - 1
    levels, title = Levels(under), part.title
    for each in part.blocks:
        if isinstance(each, blocks.Heading):
            title = each.text
            under = levels.of(each.level)
            out.append(heading(each, under))
        elif isinstance(each, blocks.Prose):
            out.append(prose.to_markdown(each.markdown, under))
        else:
            if isinstance(each, blocks.Table):
                if each.caption == title:  # said by the heading above
                    each = each.model_copy(update={"caption": ""})  # noqa: PLW2901 - the same table without it
                title = ""  # of a second table it does not say what it holds
            out.append(figure(each, picture) if isinstance(each, blocks.Figure) else block(each))
    return "\n\n".join(text for text in out if text) + "\n"


def join(parts: Iterable[blocks.Part]) -> str:
    """Return several parts, one after the other."""
    return "\n".join(part(each) for each in parts)


def block(block: blocks.Block) -> str:  # noqa: C901 - one line per kind of block
    """Return one block as Markdown."""
    match block:
        case blocks.Heading():
            return heading(block)
        case blocks.Paragraph():
            return escaping.lines(line(block.line))
        case blocks.Prose():
            return prose.to_markdown(block.markdown, block.under)
        case blocks.Bullets():
            return bullets(block)
        case blocks.Steps():
            return steps(block)
        case blocks.Table():
            return table(block)
        case blocks.Pairs():
            return pairs(block)
        case blocks.Code():
            return escaping.fence(block.text)
        case blocks.Note():
            texts = [escaping.lines(line(each)) for each in (block.line, block.more) if each]
            text = "\n\n".join(each for each in texts if each)
            return "\n".join(f"> {each}".rstrip() for each in text.split("\n")) if text else ""
        case blocks.Figure():
            return figure(block)


def heading(block: blocks.Heading, level: int | None = None) -> str:
    """Return a heading with its anchor, and what stands beside it as a line below."""
    shown = _heading(level or min(block.level + 1, _LOWEST), block.text, block.anchor)
    aside = escaping.lines(line(block.aside))
    return f"{shown}\n\n{aside}" if aside else shown


def _heading(level: int, text: str, anchor: str) -> str:
    place = f'<a id="{_entities(anchor)}"></a>' if anchor else ""
    return f"{'#' * level} {place}{escaping.one_line(escaping.marks(escaping.cleaned(text)))}".rstrip()


def _entities(anchor: str) -> str:
    return escape(" ".join(escaping.cleaned(anchor).split()))


def bullets(block: blocks.Bullets) -> str:
    """Return a list."""
    out = []
    for number, item in enumerate(block.items, start=1):
        marker = f"{number}." if block.ordered else "-"
        text = escaping.lines(line(item)).replace("\n", "\n" + " " * (len(marker) + 1))
        out.append(f"{marker} {text}".rstrip())
    return "\n".join(out)


def steps(block: blocks.Steps) -> str:
    """Return numbered steps, each with its command and how to see that it worked."""
    out = []
    for number, each in enumerate(block.items, start=1):
        command = escaping.fence(each.code) if each.code else ""
        texts = [escaping.lines(line(each.line)), command, escaping.lines(line(each.check))]
        text = "\n\n".join(text for text in texts if text)
        indent = " " * (len(str(number)) + 2)
        rows = "\n".join(f"{indent}{row}" if row else "" for row in text.split("\n"))
        out.append(f"{number}. {rows.strip()}".rstrip())
    return "\n\n".join(out)


def table(block: blocks.Table) -> str:
    """Return a table; a line break within a cell is a ``<br>``, the only one that a table's line can hold."""
    if not block.columns:
        return ""
    labels = [escaping.one_line(escaping.marks(escaping.cleaned(column.label))) for column in block.columns]
    aligned = ["---:" if column.align == "end" else "---" for column in block.columns]
    out = [markdown_writer.row(labels), markdown_writer.row(aligned)]
    for index, cells in enumerate(block.rows):
        shown = [escaping.one_line(line(cell, cell=True)) for cell in cells[: len(labels)]]
        shown += [""] * (len(labels) - len(shown))
        if index < len(block.anchors) and block.anchors[index]:
            shown[0] = f'<a id="{_entities(block.anchors[index])}"></a>{shown[0]}'
        out.append(markdown_writer.row(shown))
    caption = escaping.one_line(_toned(escaping.cleaned(block.caption), "_", "", ""))
    return "\n".join([caption, "", *out] if caption else out)


def pairs(block: blocks.Pairs) -> str:
    """Return names with their values, as a table without a header: only pandoc has lists of definitions."""
    if not block.pairs:
        return ""
    rows = [
        [escaping.one_line(escaping.marks(escaping.cleaned(name))), escaping.one_line(line(value, cell=True))]
        for name, value in block.pairs
    ]
    return "\n".join(markdown_writer.row(cells) for cells in (["", ""], ["---", "---"], *rows))


def figure(block: blocks.Figure, picture: Picture | None = None) -> str:
    """Return a picture; what it shows in words is its description."""
    alt = escaping.marks(" ".join(escaping.cleaned(block.alt).split()))
    shown = f"![{alt}]({(picture or _within)(block)})"
    caption = escaping.lines(escaping.marks(escaping.cleaned(block.caption)))
    return f"{shown}\n\n{caption}" if caption else shown


def _within(block: blocks.Figure) -> str:
    data = base64.b64encode(escaping.cleaned(block.svg).encode()).decode("ascii")
    return f"data:image/svg+xml;base64,{data}"


def line(line: blocks.Line, *, cell: bool = False) -> str:
    """Return a line as inline Markdown, its line breaks still as they are.

    Parameters
    ----------
    line
        What to write.
    cell
        Whether it stands in a cell of a table.
    """
    merged = _merged(line)
    out: list[str] = []
    for at, span in enumerate(merged):
        before = merged[at - 1].text[-1:] if at else ""
        after = merged[at + 1].text[:1] if at + 1 < len(merged) else ""
        if span.href and out and out[-1].endswith("!"):  # or the link would be an image
            out[-1] = out[-1][:-1] + "\\!"
        out.append(_span(span, before, after, cell=cell))
    return "".join(out)


def _merged(line: Sequence[blocks.Span]) -> list[blocks.Span]:
    # Two neighbours in the same tone would put closing and opening marks side by side, which no parser reads.
    out: list[blocks.Span] = []
    for span in line:
        text = escaping.cleaned(span.text)
        if not text:
            continue
        tone = span.tone if span.tone in ("strong", "code") else "plain"
        href = links.allowed(span.href)
        if out and out[-1].tone == tone and out[-1].href == href:
            text = out.pop().text + text
        same = (text, tone, href) == (span.text, span.tone, span.href)
        out.append(span if same else blocks.Span(text=text, tone=tone, href=href))
    return out


def _span(span: blocks.Span, before: str, after: str, *, cell: bool) -> str:
    if span.tone == "code":
        text = escaping.code(span.text, cell=cell)
    elif span.tone == "strong":
        text = _toned(span.text, "**", "" if span.href else before, "" if span.href else after)
    else:
        text = escaping.marks(span.text)
    return f"[{text}]({escaping.address(span.href)})" if span.href else text


def _toned(text: str, mark: str, before: str, after: str) -> str:
    """Put marks around a text, outside of its white space, where every parser takes them for marks."""
    core = text.strip()
    if not core:
        return escaping.marks(text)
    start = text.index(core)
    head, tail = text[:start], text[start + len(core) :]
    opens = _parts(head[-1:] or before) or not _punctuation(core[0])
    closes = _parts(tail[:1] or after) or not _punctuation(core[-1])
    marked = f"{mark}{escaping.marks(core)}{mark}" if opens and closes else escaping.marks(core)
    return f"{escaping.marks(head)}{marked}{escaping.marks(tail)}"


def _parts(character: str) -> bool:
    return not character or character.isspace() or _punctuation(character)


def _punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
