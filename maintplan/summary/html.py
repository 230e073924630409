"""Parts as HTML, for notebooks and for the report.

A fragment stands on its own: in a notebook there is no style sheet of ours, so the few styles that it needs
are on the elements, and colours are those around it, dark or light. A document with its own style sheet asks
for ``styled=True``; then there are classes (all begin with ``maintplan-``) and no styles. Every text is
escaped, and the classes ``tex2jax_ignore`` and ``mathjax_ignore`` keep MathJax from reading dollars as math.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from maintplan.figures import inline
from maintplan.summary import blocks, escaping, links, prose
from maintplan.summary.levels import Levels

_NO_MATH = "tex2jax_ignore mathjax_ignore"
_WIDE, _VAST = 6, 9
"""Columns from which a table may leave the text's width, and from which it needs a page across."""

# What a notebook needs to be readable: JupyterLab and nbconvert set cells flush right, in alternating greys.
_STYLES = {
    "part": "max-width:60rem",
    "head": "display:flex;flex-wrap:wrap;gap:0 1rem;align-items:baseline;justify-content:space-between",
    "aside": "margin:0;font-size:.9em;opacity:.85",
    "scroll": "overflow-x:auto",
    "table": "border-collapse:collapse;margin:.5rem 0 1rem;font-size:inherit",
    "caption": "text-align:start;font-size:.9em;padding-bottom:.25rem;opacity:.85;caption-side:top",
    "start": "text-align:start;vertical-align:top;white-space:normal",
    "end": "text-align:end;vertical-align:top;white-space:normal",
    "pairs": "display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;margin:.5rem 0 1rem",
    "pair": "display:contents",
    "name": "float:none;width:auto;font-weight:normal;opacity:.85;margin:0",
    "value": "margin:0;padding:0",
    "code": "white-space:pre-wrap;overflow-wrap:anywhere",
    "note": "border-inline-start:3px solid currentColor;padding-inline-start:.75rem;margin:.5rem 0 1rem",
    "more": "margin:.15rem 0 0;opacity:.85",
    "figure": "margin:.5rem 0 1rem",
    "picture": "max-width:100%;height:auto",
}
_BESIDE = frozenset({"high", "medium", "low", "recommended", "muted"})
"""Tones of notes that may stand in the margin, beside the block that they follow."""


def part(part: blocks.Part, *, styled: bool = False) -> str:
    """Return a part as an HTML fragment.

    Parameters
    ----------
    part
        What to show.
    styled
        Whether the document brings its own style sheet.
    """
    cover = part.kind == "cover"
    level = 1 if cover else 2
    name = escape(part.id)
    out = [f'<section class="maintplan-part maintplan-{part.kind} {_NO_MATH}" id="{name}"']
    if part.title:
        out.append(f' aria-labelledby="{name}-title"')
    out.append(f"{_style('part', styled=styled)}>\n")
    if part.title:
        out.append(f'<h{level} id="{name}-title">{escaping.html(part.title)}</h{level}>\n')
    out.append(_blocks(part, level if part.title else level - 1, styled=styled))
    out.append("</section>")
    return "".join(out)


def _blocks(part: blocks.Part, level: int, *, styled: bool) -> str:
    """Render a part's blocks; `level` is that of the part's own heading."""
    content, title = part.blocks, part.title
    levels = Levels(level)
    out: list[str] = []
    at = 0
    while at < len(content):
        each = content[at]
        at += 1
        if isinstance(each, blocks.Heading):
            title = each.text
            level = levels.of(each.level)
            out.append(heading(each, level, styled=styled))
            continue
        if isinstance(each, blocks.Prose):
            shown = prose_block(each, level, styled=styled)
        elif isinstance(each, blocks.Table):
            shown = table(each, title, styled=styled)
            title = ""  # of a second table the heading does not say what it holds
        else:
            shown = block(each, styled=styled)
        notes: list[str] = []
        if not isinstance(each, blocks.Note):
            while at < len(content) and _beside(content[at]):
                notes.append(block(content[at], styled=styled))
                at += 1
        if notes and shown:
            notes_html = "".join(notes)
            # A table that needs the margin's room has its notes below.
            wide = isinstance(each, blocks.Table) and len(each.columns) >= _WIDE
            below = " maintplan-below" if wide else ""
            shown = (
                f'<div class="maintplan-noted{below}"><div class="maintplan-main">{shown}</div>'
                f'<div class="maintplan-notes">{notes_html}</div></div>\n'
            )
        out.append(shown or "".join(notes))
    return "".join(out)


def _beside(block: blocks.Block) -> bool:
    return isinstance(block, blocks.Note) and block.tone in _BESIDE


def block(block: blocks.Block, *, styled: bool = False) -> str:
    """Return one block as HTML."""
    return _RENDERERS[block.type](block, styled=styled)


def line(line: blocks.Line) -> str:
    """Return a line as HTML."""
    return "".join(span(each) for each in line)


def span(span: blocks.Span) -> str:
    """Return a run of text as HTML."""
    text = escaping.html(span.text)
    if span.tone == "strong":
        text = f"<strong>{text}</strong>"
    elif span.tone == "code":
        text = f"<code>{text}</code>"
    elif span.tone != "plain":
        text = f'<span class="maintplan-{span.tone}">{text}</span>'
    href = links.allowed(span.href)
    return f'<a href="{escape(href)}">{text}</a>' if href else text


def heading(block: blocks.Heading, level: int | None = None, *, styled: bool = False) -> str:
    """Return a heading; its level on the page is one below its own, as a part's title is an h2."""
    tag = f"h{level or min(block.level + 1, 6)}"
    shown = f'<{tag} id="{escape(block.anchor)}">{escaping.html(block.text)}</{tag}>'
    if not block.aside:
        return shown + "\n"
    aside = f'<p class="maintplan-aside"{_style("aside", styled=styled)}>{line(block.aside)}</p>'
    return f'<div class="maintplan-head"{_style("head", styled=styled)}>{shown}{aside}</div>\n'


def paragraph(block: blocks.Paragraph, *, styled: bool = False) -> str:
    """Return a paragraph."""
    del styled
    kind = "" if block.tone == "plain" else f' class="maintplan-{block.tone}"'
    return f"<p{kind}>{line(block.line)}</p>\n"


def prose_block(block: blocks.Prose, level: int | None = None, *, styled: bool = False) -> str:
    """Return a person's Markdown; its headings go below the heading that it stands under."""
    del styled
    shown = prose.to_html(block.markdown, block.under if level is None else level)
    return f'<div class="maintplan-prose">{shown}</div>\n' if shown else ""


def bullets(block: blocks.Bullets, *, styled: bool = False) -> str:
    """Return a list."""
    del styled
    tag = "ol" if block.ordered else "ul"
    items = "".join(f"<li>{line(item)}</li>" for item in block.items)
    return f"<{tag}>{items}</{tag}>\n" if items else ""


def steps(block: blocks.Steps, *, styled: bool = False) -> str:
    """Return numbered steps, each with its command and how to see that it worked."""
    items: list[str] = []
    for each in block.items:
        command = code(blocks.Code(text=each.code), styled=styled) if each.code else ""
        check = f'<p class="maintplan-check">{line(each.check)}</p>' if each.check else ""
        items.append(f"<li><p>{line(each.line)}</p>{command}{check}</li>\n")
    return f'<ol class="maintplan-steps">{"".join(items)}</ol>\n' if items else ""


def table(block: blocks.Table, title: str = "", *, styled: bool = False) -> str:
    """Return a table: caption, header cells with their scope, and each cell's label for narrow screens.

    Parameters
    ----------
    block
        The table.
    title
        The heading above; a caption that only repeats it is not shown, but still read out where a style
        sheet can hide it. A notebook takes no such style, and leaves it out.
    styled
        Whether the document brings its own style sheet.
    """
    if not block.columns:
        return ""
    count = len(block.columns)
    size = " maintplan-vast" if count >= _VAST else " maintplan-wide" if count >= _WIDE else ""
    small = " maintplan-records" if count > 2 else ""  # noqa: PLR2004 - a pair fits the narrowest screen
    # A style sheet that lays a table out as records takes its roles away; said here, they stay.
    role: Callable[[str], str] = (lambda name: f' role="{name}"') if styled else (lambda _: "")
    # What can be scrolled has to be within reach of the keyboard.
    reach = ' tabindex="0"' if styled and count >= _VAST else ""
    out = [
        f'<div class="maintplan-scroll{size}"{reach}{_style("scroll", styled=styled)}>',
        f'<table class="maintplan-table{small}"{role("table")}{_style("table", styled=styled)}>',
    ]
    repeats = block.caption == title
    if block.caption and (styled or not repeats):
        caption = escaping.html(block.caption)
        unseen = ' class="maintplan-unseen"' if repeats else ""
        out.append(f"<caption{unseen}{_style('caption', styled=styled)}>{caption}</caption>")
    out.append(_widths(block.columns))
    aligned = [
        f' class="maintplan-end"{_style("end", styled=styled)}'
        if column.align == "end"
        else _style("start", styled=styled)
        for column in block.columns
    ]
    headers = "".join(
        f'<th scope="col"{role("columnheader")}{look}>{escaping.html(column.label)}</th>'
        for column, look in zip(block.columns, aligned, strict=True)
    )
    out.append(f"<thead{role('rowgroup')}><tr{role('row')}>{headers}</tr></thead>\n<tbody{role('rowgroup')}>")
    labels = [f' data-label="{escape(column.label)}"' if styled and small else "" for column in block.columns]
    for index, cells in enumerate(block.rows):
        anchor = block.anchors[index] if index < len(block.anchors) else ""
        place = f' id="{escape(anchor)}"' if anchor else ""
        out.append(f"<tr{role('row')}{place}>")
        out.extend(
            f"<td{role('cell')}{look}{label}>{_breakable(line(cell))}</td>"
            for cell, look, label in zip(cells, aligned, labels, strict=False)
        )
        out.append("</tr>\n")
    out.append("</tbody></table></div>\n")
    return "".join(out)


_WIDEST = 40
_LETTER = r"[^\s<>&\u0300-\U0010ffff]"
_ENDLESS = re.compile(rf"<[^>]*>|(?<!{_LETTER})(?:&#?\w+;|{_LETTER}){{{_WIDEST + 1},}}")
"""A tag, or a word of more than 40 letters; letters of other scripts than ours may belong together."""
_PIECE = re.compile(r"(?:&#?\w+;|.){20}(?=.)")


def _breakable(cell: str) -> str:
    """Give words that are wider than any column places to break: one would take the table's whole width."""
    return _ENDLESS.sub(_breaking, cell) if len(cell) > _WIDEST else cell


def _breaking(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("<") else _PIECE.sub(r"\g<0><wbr>", found[0])


def _widths(columns: Sequence[blocks.Column]) -> str:
    weights = [max(column.weight, 0.1) for column in columns]
    if len(set(weights)) == 1:
        return ""
    shares = (f'<col style="width:{100 * weight / sum(weights):.3g}%">' for weight in weights)
    return f"<colgroup>{''.join(shares)}</colgroup>"


def pairs(block: blocks.Pairs, *, styled: bool = False) -> str:
    """Return names with their values."""
    if not block.pairs:
        return ""
    pair, name, value = (_style(each, styled=styled) for each in ("pair", "name", "value"))
    rows = "".join(
        f"<div{pair}><dt{name}>{escaping.html(term)}</dt><dd{value}>{line(given)}</dd></div>\n"
        for term, given in block.pairs
    )
    return f'<dl class="maintplan-pairs"{_style("pairs", styled=styled)}>{rows}</dl>\n'


def code(block: blocks.Code, *, styled: bool = False) -> str:
    """Return a command or listing; long lines break, because paper can't be scrolled."""
    text = escape(escaping.cleaned(block.text), quote=False)
    return f'<pre class="maintplan-code"{_style("code", styled=styled)}><code>{text}</code></pre>\n'


def note(block: blocks.Note, *, styled: bool = False) -> str:
    """Return a note."""
    style = _style("note", styled=styled)
    more = (
        f'<p class="maintplan-more"{_style("more", styled=styled)}>{line(block.more)}</p>'
        if block.more
        else ""
    )
    return (
        f'<div class="maintplan-note maintplan-note-{block.tone}" role="note"{style}>'
        f"<p>{line(block.line)}</p>{more}</div>\n"
    )


def figure(block: blocks.Figure, *, styled: bool = False) -> str:
    """Return a picture: one of ours within the page, in its colours; any other as an image of its own.

    Whatever is in an SVG, an image runs and fetches nothing.
    """
    caption = f"<figcaption>{escaping.html(block.caption)}</figcaption>" if block.caption else ""
    drawn = inline.inline(block.svg, escaping.cleaned(block.alt), styled=styled)
    if drawn is not None:
        # What can be scrolled has to be within reach of the keyboard.
        reach = ' class="maintplan-scroll" tabindex="0"' if styled else f"{_style('scroll', styled=styled)}"
        return (
            f'<figure class="maintplan-figure"{_style("figure", styled=styled)}>'
            f"<div{reach}>{drawn}</div>{caption}</figure>\n"
        )
    data = base64.b64encode(escaping.cleaned(block.svg).encode()).decode("ascii")
    return (
        f'<figure class="maintplan-figure"{_style("figure", styled=styled)}>'
        f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(escaping.cleaned(block.alt))}"'
        f"{_style('picture', styled=styled)}>{caption}</figure>\n"
    )


def join(parts: Iterable[blocks.Part], *, styled: bool = False) -> str:
    """Return several parts, one after the other."""
    return "\n".join(part(each, styled=styled) for each in parts)


def _style(name: str, *, styled: bool) -> str:
    return "" if styled else f' style="{_STYLES[name]}"'


_RENDERERS: Mapping[str, Callable[..., str]] = {
    "heading": heading,
    "paragraph": paragraph,
    "prose": prose_block,
    "bullets": bullets,
    "steps": steps,
    "table": table,
    "pairs": pairs,
    "code": code,
    "note": note,
    "figure": figure,
}
