"""A text that was read: what it says, and on which line it says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maintplan.yamltext.nodes import Data, Node, PathPart


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A YAML or JSON text with its data and its marks.

    Attributes
    ----------
    name
        What errors call the text; usually its file.
    text
        The text exactly as it was read, with its byte order mark and its line endings.
    data
        What it says: text, None, lists and mappings.
    """

    name: str
    text: str
    data: Data
    root: Node = field(repr=False)
    is_json: bool = False

    def line(self, path: Sequence[PathPart]) -> int:
        """Return the line of a place, counted from 1: a key's own, or where a list's item begins.

        Parameters
        ----------
        path
            Keys and list positions from the top. For a path that is not there, the line of the nearest part
            of it that is.
        """
        node, line = self.root, self.root.line
        for part in path:
            if node.entries is not None and part in node.entries:
                key, node = node.entries[str(part)]
                line = key.line
            elif node.items is not None and isinstance(part, int) and 0 <= part < len(node.items):
                node = node.items[part]
                line = node.line
            else:
                break
        return line + 1

    def is_quoted(self, path: Sequence[PathPart]) -> bool:
        """Return whether the scalar at a place stands in quotes (or in a text block): it is meant as text.

        Parameters
        ----------
        path
            Keys and list positions from the top.
        """
        node = self.node(path)
        return node is not None and node.is_scalar and node.style != ""

    def node(self, path: Sequence[PathPart]) -> Node | None:
        """Return the node at a place, or None when nothing stands there.

        Parameters
        ----------
        path
            Keys and list positions from the top.
        """
        node = self.root
        for part in path:
            if node.entries is not None and part in node.entries:
                node = node.entries[str(part)][1]
            elif node.items is not None and isinstance(part, int) and 0 <= part < len(node.items):
                node = node.items[part]
            else:
                return None
        return node
