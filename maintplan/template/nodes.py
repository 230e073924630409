"""What a Markdown node says: its text, its line, and the points of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_LITERAL = ("text", "code_inline", "html_inline", "code_block", "fence")


@dataclass(frozen=True)
class Point:
    """A list item: its words, and the items of the lists nested in it."""

    words: str
    nested: tuple[str, ...] = ()
    line: int = 0


def is_list(node: SyntaxTreeNode) -> bool:
    """Say whether a node is a list, with bullets or numbers."""
    return node.type in ("bullet_list", "ordered_list")


def line(node: SyntaxTreeNode) -> int:
    """Return the node's line, counted from 1."""
    return node.map[0] + 1 if node.map else 1


def inline(node: SyntaxTreeNode) -> str:
    """Return a node's plain text: emphasis dropped, code and entities as they read."""
    if node.type in _LITERAL:
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    return "".join(inline(child) for child in node.children)


def points(node: SyntaxTreeNode) -> list[Point]:
    """Return the items of a list; one that holds nothing but a list gives that list's items."""
    found: list[Point] = []
    for item in node.children:
        paragraphs = [child for child in item.children if not is_list(child)]
        inner = [point for child in item.children if is_list(child) for point in points(child)]
        words = " ".join(" ".join(inline(child).split()) for child in paragraphs).strip()
        if words:
            found.append(Point(words, tuple(_flat(point) for point in inner), line(item)))
        else:
            found.extend(inner)
    return found


def _flat(point: Point) -> str:
    return point.words if not point.nested else f"{point.words} ({'; '.join(point.nested)})"
