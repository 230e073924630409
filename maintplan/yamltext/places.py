"""Where things begin and end in a text: lines, dashes, colons, and a node together with its comment."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maintplan.yamltext.nodes import Node

_BREAK = re.compile(r"\r\n|\r|\n")
_COLON = re.compile(r"[ \t]*:")
_EXPLICIT_COLON = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))+[ ]*:")
_HEADER = re.compile(r"[|>][-+0-9]*")


class Unfit(Exception):
    """The text is written in a way that this edit does not know."""


class Places:
    """Positions in one text.

    Parameters
    ----------
    text
        The text, without a byte order mark.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        breaks = [found.span() for found in _BREAK.finditer(text)]
        self._starts = [0, *(end for _, end in breaks)]
        self._ends = [*(start for start, _ in breaks), len(text)]
        first = _BREAK.search(text)
        self.newline = first.group() if first else "\n"

    def line(self, position: int) -> int:
        """Return the line of a position, counted from 0."""
        return bisect.bisect_right(self._starts, position) - 1

    def start_of(self, line: int) -> int:
        """Return where a line begins, or the text's end when there is no such line."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def line_start(self, position: int) -> int:
        """Return where the position's line begins."""
        return self._starts[self.line(position)]

    def line_end(self, position: int) -> int:
        """Return where the position's line ends, before its line break."""
        return self._ends[self.line(position)]

    def before_line(self, position: int) -> int:
        """Return where the line above the position's line ends, before its line break."""
        line = self.line(position)
        return self._ends[line - 1] if line else 0

    def is_first_on_line(self, position: int) -> bool:
        """Return whether only spaces stand before the position on its line."""
        return not self.text[self.line_start(position) : position].strip(" ")

    def end(self, node: Node) -> int:
        """Return where the node's own text ends, without its comment and without blank lines after it."""
        if node.style in ("|", ">"):
            return self._block_scalar_end(node)
        if node.style == "block":
            last: Node | None = None
            if node.entries:
                key, value = next(reversed(node.entries.values()))
                last = value
                return max(key.end, self.end(last))
            if node.items:
                return self.end(node.items[-1])
        return node.end

    def header_end(self, node: Node) -> int:
        """Return where the header of a literal or folded block ends."""
        found = _HEADER.match(self.text, node.start)
        if found is None:
            raise Unfit
        return found.end()

    def _block_scalar_end(self, node: Node) -> int:
        header = self.text[node.start : self.header_end(node)]
        first = self.line_end(node.start)
        if "+" in header:  # its blank lines are text
            position = self.before_line(node.end) if self.line_start(node.end) == node.end else node.end
            return max(first, position)
        end = first + len(self.text[first : node.end].rstrip(" \t\r\n"))
        return max(first, end)

    def key_start(self, key: Node) -> int:
        """Return where a key begins, with the question mark that may stand before it."""
        before = self.text[self.line_start(key.start) : key.start]
        if before.strip(" ") == "?":
            return key.start - len(before) + before.index("?")
        return key.start

    def colon_end(self, key: Node) -> int:
        """Return the position behind the colon that follows a key."""
        found = _COLON.match(self.text, key.end) or _EXPLICIT_COLON.match(self.text, key.end)
        if found is None:
            raise Unfit
        return found.end()

    def dash(self, parent: Node, item: Node) -> int:
        """Return where the dash of a block list's item stands."""
        for line in range(self.line(item.start), parent.line - 1, -1):
            position = self._starts[line] + parent.column
            if position < item.start and self.text[position : position + 1] == "-":
                return position
        raise Unfit
