"""JSON text, read with marks and written.

YAML's parsers take most JSON but not all of it: tabs as indentation, surrogate pairs, keys of more than 1,024
characters. A text that is JSON from end to end is therefore read here, and stays JSON when it is changed.
"""

from __future__ import annotations

import json
import re
from typing import cast

from maintplan.errors import InputError, Where
from maintplan.yamltext.composing import duplicate_key, too_deep
from maintplan.yamltext.nodes import MAX_DEPTH, Node, Value, scalar_text

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
    (?P<text>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")
    |(?P<mark>[\[\]{},:])
    |(?P<word>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9a-zA-Z.])|(?:true|false|null)(?![0-9a-zA-Z_]))
    |(?P<end>\Z))""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_FORBIDDEN = re.compile("[\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n|\r|\n")


def compose_json(text: str, name: str) -> Node | None:
    """Return the root node of a JSON text, or None when the text is not JSON from end to end.

    Parameters
    ----------
    text
        Text without a byte order mark.
    name
        What errors call the text.
    """
    if text.lstrip(" \t\r\n")[:1] not in ("{", "[", '"'):
        return None
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    try:
        return _Composer(text, name, starts).compose()
    except _NotJson:
        return None


class _NotJson(Exception):
    """The text is not JSON; YAML may know better."""


class _Composer:
    def __init__(self, text: str, name: str, starts: list[int]) -> None:
        self.text, self.name, self.starts = text, name, starts
        self.line = self.position = 0
        self.kind, self.piece, self.start = "", "", 0

    def _next(self) -> str:
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            raise _NotJson
        self.kind = found.lastgroup or ""
        self.piece = found.group(self.kind)
        self.start, self.position = found.span(self.kind)
        return self.piece if self.kind == "mark" else ""

    def _node(self, style: str) -> Node:
        starts = self.starts
        while self.line + 1 < len(starts) and starts[self.line + 1] <= self.start:
            self.line += 1
        return Node(self.start, self.position, self.line, self.start - starts[self.line], style)

    def _scalar(self) -> Node:
        if self.kind == "text":
            node = self._node('"')
            if "\\" not in self.piece:
                node.value = self.piece[1:-1]
                return node
            node.value = cast("str", json.loads(self.piece))
            if any("\ud800" <= character <= "\udfff" for character in node.value):
                raise InputError(
                    "half of a surrogate pair stands in a text",
                    Where(self.name, node.line + 1),
                    "write the character itself",
                )
            return node
        if self.kind != "word":
            raise _NotJson
        node = self._node("")
        node.value = None if self.piece == "null" else self.piece
        return node

    def compose(self) -> Node:
        stack: list[Node] = []
        self._next()
        while True:
            # A value begins at the current token.
            closed = self._open(stack)
            while closed is not None:
                if not stack:
                    self._next()
                    if self.kind != "end":
                        raise _NotJson
                    return closed
                closed = self._after_value(stack)

    def _open(self, stack: list[Node]) -> Node | None:
        """Take a scalar or an opening bracket; return the value when it is complete."""
        if self.kind != "mark":
            node = self._scalar()
            self._place(stack, node)
            return node
        if self.piece not in "{[":
            raise _NotJson
        node = self._node("flow")
        self._place(stack, node)
        if len(stack) >= MAX_DEPTH:
            raise too_deep(self.name, node.line)
        is_map = self.piece == "{"
        if is_map:
            node.entries = {}
        else:
            node.items = []
        if self._next() == ("}" if is_map else "]"):
            node.end = self.position
            return node
        stack.append(node)
        if is_map:
            self._key(node)
        return None

    def _key(self, node: Node) -> None:
        if self.kind != "text":
            raise _NotJson
        key = self._scalar()
        name, entries = key.value or "", node.entries or {}
        if name in entries:
            raise duplicate_key(self.name, key, entries[name][0])
        entries[name] = (key, key)  # until its value is read
        node.entries = entries
        if self._next() != ":":
            raise _NotJson
        self._next()

    def _place(self, stack: list[Node], node: Node) -> None:
        if not stack:
            return
        parent = stack[-1]
        if parent.items is not None:
            parent.items.append(node)
        elif parent.entries is not None:
            name = next(reversed(parent.entries))
            parent.entries[name] = (parent.entries[name][0], node)

    def _after_value(self, stack: list[Node]) -> Node | None:
        """Take the comma or bracket after a value; return the collection that it closes."""
        parent = stack[-1]
        mark = self._next()
        if mark == ",":
            self._next()
            if parent.entries is not None:
                self._key(parent)
            return None
        if mark != ("}" if parent.entries is not None else "]"):
            raise _NotJson
        parent.end = self.position
        return stack.pop()


def json_text(value: Value, indent: int | None = None) -> str:
    """Return a value as JSON, on one line or, with `indent`, spread over several.

    Parameters
    ----------
    value
        What to write. A number that JSON has no form for (``.inf``) becomes text.
    indent
        Spaces of each level; one line when left out.
    """
    text = json.dumps(_sayable(value), ensure_ascii=False, indent=indent)
    return _FORBIDDEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def _sayable(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _sayable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sayable(item) for item in value]
    if isinstance(value, float):
        text = scalar_text(value)
        return value if text is not None and _NUMBER.fullmatch(text) else text
    return value
