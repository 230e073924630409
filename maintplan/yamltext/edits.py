"""Single edits of a text, and the writing of one value where another one stood."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from maintplan.yamltext.dumping import STEP, dump, flow_text, map_lines, render
from maintplan.yamltext.json_text import json_text
from maintplan.yamltext.nodes import Node, PathPart, Value
from maintplan.yamltext.places import Places, Unfit
from maintplan.yamltext.scalars import scalar

Path = tuple[PathPart, ...]
_COMMENT_BELOW = re.compile(r"(?:[ \t]*\r?\n)+( *)#")


@dataclass(frozen=True, slots=True)
class Slot:
    """What holds a value: a key of a block mapping, a dash of a block list, or brackets.

    Attributes
    ----------
    path
        The way to the value from the top.
    kind
        ``"key"``, ``"dash"``, ``"flow"`` or, for what stands at the top, ``"top"``.
    column
        Where the key or dash stands.
    after
        The position behind the colon or dash.
    """

    path: Path
    kind: str
    column: int = 0
    after: int = 0


@dataclass(slots=True)
class Edits:
    """The edits of one attempt.

    Attributes
    ----------
    places
        Positions in the text that is changed.
    is_json
        Whether the text has to stay JSON.
    blocks
        Whether text of several lines may become a literal block.
    forced
        Places whose whole value is written anew.
    touched
        Places that were edited; after a failure the one that could not be.
    stuck
        Whether an edit failed.
    """

    places: Places
    is_json: bool
    blocks: bool = True
    forced: frozenset[Path] = frozenset()
    touched: list[Path] = field(default_factory=list)
    stuck: bool = False
    _edits: list[tuple[int, int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, text: str) -> None:
        """Put text in the place of what stands from start to end."""
        if start > end:
            raise Unfit
        self._edits.append((start, end, len(self._edits), text))

    def insert_lines(self, position: int, lines: list[str]) -> None:
        """Put whole lines behind the line that ends at a position."""
        if lines:
            self.replace(position, position, "\n" + "\n".join(lines))

    def apply(self) -> str:
        """Return the changed text, with the text's own line breaks."""
        text, newline = self.places.text, self.places.newline
        parts: list[str] = []
        done = 0
        for start, end, _, new in sorted(self._edits):
            if start < done:
                raise Unfit
            parts += [text[done:start], new if newline == "\n" else new.replace("\n", newline)]
            done = end
        return "".join([*parts, text[done:]])

    def written(self, value: Value, node: Node | None = None) -> str:
        """Return a value as it stands between brackets.

        Parameters
        ----------
        value
            The value.
        node
            The value before it, whose quotes are kept and whose spread over several lines is kept in JSON.
        """
        if self.is_json:
            if isinstance(value, (dict, list)) and node is not None and self._is_spread(node):
                line = self.places.text[self.places.line_start(node.start) : node.start]
                lead = line[: len(line) - len(line.lstrip(" \t"))]
                return json_text(value, indent=2).replace("\n", "\n" + lead)
            return json_text(value)
        if isinstance(value, (dict, list)):
            return flow_text(value)
        return scalar(value, flow=True, **_habits(node))

    def _is_spread(self, node: Node) -> bool:
        return self.places.line(node.start) != self.places.line(node.end)

    def put(self, node: Node, slot: Slot, value: Value) -> None:
        """Write a value in the place of a node.

        Parameters
        ----------
        node
            What stands there.
        slot
            What holds it.
        value
            What shall stand there.
        """
        self.touched.append(slot.path)
        if slot.kind == "top":
            self._put_top(node, value)
            return
        if slot.kind == "flow":
            start, end = self._flow_span(node, slot)
            lead = " " if start and self.places.text[start - 1] == ":" else ""
            self.replace(start, end, lead + self.written(value, node))
            return
        head, body = self._rendered(node, slot, value)
        if node.style == "block":
            self._put_for_block(node, slot, head, body)
        elif node.style in ("|", ">"):
            header = self.places.header_end(node)
            first = self.places.line_end(node.start)
            self.replace(node.start if head else slot.after, header, head)
            self.replace(first, self.places.end(node), "\n" + "\n".join(body) if body else "")
        elif slot.kind == "dash" and not head:
            self.replace(node.start, node.end, self._merged(slot, node, body))
        elif node.start == node.end:  # nothing stood there
            self.replace(slot.after, slot.after, f" {head}" if head else "")
            self.insert_lines(self.places.line_end(slot.after), body)
        else:
            self.replace(node.start if head else slot.after, node.end, head)
            self.insert_lines(self.places.line_end(node.end), body)

    def _flow_span(self, node: Node, slot: Slot) -> tuple[int, int]:
        if node.start != node.end or slot.after == 0:
            return node.start, node.end
        return slot.after, slot.after  # nothing stood behind the colon

    def may_block(self, position: int) -> bool:
        """Return whether a literal block may end at a position; one at the text's end needs a line break."""
        return self.blocks and bool(self.places.text[position:].strip(" "))

    def _rendered(self, node: Node, slot: Slot, value: Value) -> tuple[str, list[str]]:
        used = slot.after - self.places.line_start(slot.after) + 1
        blocks = self.may_block(self.places.end(node))
        if isinstance(value, dict) and value and self._has_comments_below(node, slot):
            # What waits there as a comment has to fit in when somebody uncomments it.
            return "", map_lines(value, slot.column + STEP, slot.path, blocks=blocks)
        head, body = render(value, slot.column, slot.path, used, blocks=blocks)
        if body or isinstance(value, (dict, list)):
            return head, body
        return scalar(value, flow=False, **_habits(node)), []

    def _has_comments_below(self, node: Node, slot: Slot) -> bool:
        """Whether nothing stands behind a key but comments that stand further in."""
        if slot.kind != "key" or node.start != node.end or self.is_json:
            return False
        found = _COMMENT_BELOW.match(self.places.text, self.places.line_end(slot.after))
        return found is not None and len(found[1]) > slot.column

    def _put_top(self, node: Node, value: Value) -> None:
        places = self.places
        if self.is_json:
            self.replace(node.start, node.end, self.written(value, node))
        elif places.is_first_on_line(node.start):
            end = places.end(node)
            end = places.line_end(end) if node.style == "block" else end
            self.replace(places.line_start(node.start), end, dump(value)[:-1])
        else:
            raise Unfit

    def _put_for_block(self, node: Node, slot: Slot, head: str, body: list[str]) -> None:
        end = self.places.line_end(self.places.end(node))
        if self.places.line(node.start) == self.places.line(slot.after):  # `- a: 1`
            self.replace(
                node.start, end, "\n".join([head, *body]) if head else self._merged(slot, node, body)
            )
        elif head:
            first = self.places.line_end(slot.after)
            self.replace(slot.after, slot.after, f" {head}")
            self.replace(first, end, "\n" + "\n".join(body) if body else "")
        else:
            self.replace(self.places.line_start(node.start), end, "\n".join(body))

    def _merged(self, slot: Slot, node: Node, body: list[str]) -> str:
        # The first line of a collection stands behind its dash; the others have to stand right below it.
        shift = node.column - (slot.column + 2)
        if shift < 0:
            raise Unfit
        lines = [" " * shift + line if line and shift else line for line in body]
        return "\n".join(lines)[node.column :]


def _habits(node: Node | None) -> dict[str, str]:
    # How the scalar before was written.
    if node is None or not node.is_scalar or node.style in ("|", ">"):
        return {}
    if node.style:
        return {"style": node.style}
    return {"before": node.value} if node.value else {}
