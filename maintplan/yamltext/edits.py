"""Single edits of a text, and the writing of one value where another one stood."""

from __future__ import annotations

from dataclasses import dataclass, field

from maintplan.yamltext.dumping import flow_text, item_lines, render
from maintplan.yamltext.json_text import json_text
from maintplan.yamltext.nodes import Node, PathPart, Value
from maintplan.yamltext.places import Places, Unfit
from maintplan.yamltext.scalars import scalar

Path = tuple[PathPart, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """What holds a value: a key of a block mapping, a dash of a block list, or brackets.

    Attributes
    ----------
    path
        The way to the value from the top.
    kind
        ``"key"``, ``"dash"`` or ``"flow"``.
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
        Places that were edited.
    """

    places: Places
    is_json: bool
    blocks: bool = True
    forced: frozenset[Path] = frozenset()
    touched: list[Path] = field(default_factory=list)
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

    def _rendered(self, node: Node, slot: Slot, value: Value) -> tuple[str, list[str]]:
        if not isinstance(value, (dict, list)):
            line = scalar(value, flow=False, **_habits(node))
            at_end = not self.places.text[self.places.end(node) :].strip(
                " "
            )  # a block there needs a final break
            if not self.blocks or at_end:
                return line, []
        head, body = render(
            value, slot.column, slot.path, slot.after - self.places.line_start(slot.after) + 1
        )
        return (head, body) if body else (head if isinstance(value, (dict, list)) else line, [])

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

    def new_item(self, value: Value, column: int, path: Path, like: Node) -> list[str]:
        """Return the lines of a new item of a block list, written as its neighbour is.

        Parameters
        ----------
        value
            The item.
        column
            Where the dashes stand.
        path
            The way to the list.
        like
            A neighbour.
        """
        return item_lines(value, column, path, in_blocks=like.entries is not None and like.style == "block")


def _habits(node: Node | None) -> dict[str, str]:
    # How the scalar before was written.
    if node is None or not node.is_scalar or node.style in ("|", ">"):
        return {}
    if node.style:
        return {"style": node.style}
    return {"before": node.value} if node.value else {}
