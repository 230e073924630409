"""Writes the tokens of a Markdown parser as Markdown again, in one careful style.

It knows what `maintplan.summary.prose` lets through and nothing else; how plain text is escaped stands in
`maintplan.summary.escaping`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown_it.tree import SyntaxTreeNode

from maintplan.summary import escaping

if TYPE_CHECKING:
    from markdown_it.token import Token

_LANGUAGE = re.compile(r"[A-Za-z][A-Za-z0-9_+#.-]{0,30}")
# GitHub or JupyterLab would run these instead of showing them.
_DRAWN = frozenset({"math", "mermaid", "geojson", "topojson", "stl"})


def language(info: str) -> str:
    """Return the language that a fence may name: one plain word that no reader draws a picture from."""
    word = info.split(maxsplit=1)[0] if info.strip() else ""
    return word if _LANGUAGE.fullmatch(word) and word.lower() not in _DRAWN else ""


def write(tokens: Sequence[Token]) -> str:
    """Return parsed Markdown as Markdown."""
    return _blocks(SyntaxTreeNode(tokens).children, "\n\n")


def _blocks(nodes: Sequence[SyntaxTreeNode], between: str) -> str:
    written: list[str] = []
    previous = ""
    other = False  # two lists one after the other need different markers, or they are one
    for node in nodes:
        other = node.type == previous and not other
        previous = node.type
        text = _block(node, other=other)
        if text:
            written.append(text)
    return between.join(written)


def _block(node: SyntaxTreeNode, *, other: bool) -> str:
    match node.type:
        case "paragraph":
            return escaping.lines(_inline(node, cell=False))
        case "heading":
            return f"{'#' * int(node.tag[1])} {escaping.one_line(_inline(node, cell=True))}".rstrip()
        case "bullet_list" | "ordered_list":
            return _list(node, other=other)
        case "blockquote":
            return "\n".join(f"> {line}".rstrip(" ") for line in _blocks(node.children, "\n\n").split("\n"))
        case "fence" | "code_block":
            return escaping.fence(node.content, language(node.info))
        case "hr":
            return "***"
        case "table":
            return _table(node)
        case _:
            return escaping.lines(escaping.marks(node.content))


def _list(node: SyntaxTreeNode, *, other: bool) -> str:
    within = (child for item in node.children for child in item.children)
    tight = any(child.type == "paragraph" and child.hidden for child in within)
    ordered = node.type == "ordered_list"
    number = int(node.attrs.get("start", 1)) if ordered else 0
    items: list[str] = []
    for item in node.children:
        marker = f"{number}{')' if other else '.'}" if ordered else "*" if other else "-"
        number += 1
        first, *rest = _blocks(item.children, "\n" if tight else "\n\n").split("\n")
        indent = " " * (len(marker) + 1)
        lines = [f"{marker} {first}".rstrip(" "), *(indent + line if line else "" for line in rest)]
        items.append("\n".join(lines))
    return ("\n" if tight else "\n\n").join(items)


def _table(node: SyntaxTreeNode) -> str:
    rows = [row for group in node.children for row in group.children]
    lines = [row([escaping.one_line(_inline(cell, cell=True)) for cell in each.children]) for each in rows]
    lines.insert(1, row([_alignment(str(cell.attrs.get("style", ""))) for cell in rows[0].children]))
    return "\n".join(lines)


def row(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cells)} |"


_ALIGNED = {"text-align:right": "---:", "text-align:center": ":---:", "text-align:left": ":---"}


def _alignment(style: str) -> str:
    return _ALIGNED.get(style, "---")


def _inline(node: SyntaxTreeNode, *, cell: bool) -> str:
    children = node.children
    if len(children) == 1 and children[0].type == "inline":
        children = children[0].children
    return "".join(_run(child, cell=cell) for child in children)


def _run(node: SyntaxTreeNode, *, cell: bool) -> str:
    match node.type:
        case "text":
            return escaping.marks(node.content)
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline":
            return escaping.code(node.content, cell=cell)
        case "em" | "strong" | "s":
            return f"{node.markup}{_inline(node, cell=cell)}{node.markup}"
        case "link":
            return _link(str(node.attrs["href"]), _inline(node, cell=cell))
        case _:
            return escaping.marks(node.content)


def _link(href: str, words: str) -> str:
    if words == href and re.fullmatch(r"https?://[^\s<>$\\]+", href):
        return f"<{href}>"
    return f"[{words}]({escaping.address(href)})"
