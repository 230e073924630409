"""From YAML text to nodes, in one pass over the parser's events.

The events come from libyaml's scanner, which keeps its own stacks on the heap. Its `compose` is not used: it
recurses in C and dies on deeply nested text, and it would give anchors, tags and duplicate keys a meaning.
Nothing here decides what a scalar means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from maintplan.errors import InputError, Where
from maintplan.yamltext.nodes import MAX_DEPTH, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})

# YAML 1.2 takes these for ordinary characters, libyaml for line breaks (or refuses them). Each is exchanged
# for a private character while libyaml looks at the text, which keeps all marks, and put back afterwards.
_ODD = re.compile("[\x85\u2028\u2029\ufeff]")
_PRIVATE = (0xF0000, 0xFFFFE)
_SHOWN = 60

_MENDS = (
    (
        "mapping values are not allowed",
        "a ': ' stands inside a value, or the indentation is off; quote the value",
    ),
    ("cannot start any token", "indent with spaces, and quote a value that begins with a special character"),
    ("could not find expected ':'", "write 'key: value'"),
    ("did not find expected key", "check the indentation of this line and the one above"),
    ("did not find expected '-' indicator", "check the indentation of this line and the one above"),
    ("did not find expected ',' or", "close the bracket, and put commas between its parts"),
    ("unexpected end of stream", "close the quote"),
    ("unexpected document indicator", "close the quote"),
    ("unknown escape character", "double the backslash, or use single quotes"),
    ("invalid Unicode character escape", "write the character itself"),
)


def too_deep(name: str, line: int) -> InputError:
    """Make the error for text that is nested too deeply; `line` counts from 0."""
    return InputError(
        f"the text is nested more than {MAX_DEPTH} levels deep",
        Where(name, line + 1),
        "take away the needless brackets or dashes",
    )


def duplicate_key(name: str, key: Node, first: Node) -> InputError:
    """Make the error for a key that stands twice in one mapping."""
    return InputError(
        f"the key {_short(key.value or '')!r} stands twice, "
        f"on line {first.line + 1} and on line {key.line + 1}",
        Where(name, key.line + 1),
        "keep one of them",
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def compose(text: str, name: str) -> Node | None:
    """Return the root node of a YAML text, or None for a text that says nothing.

    Parameters
    ----------
    text
        Text without a byte order mark and without characters that YAML forbids.
    name
        What errors call the text.
    """
    back: dict[int, str] = {}
    if _ODD.search(text):
        free = (code for code in range(*_PRIVATE) if chr(code) not in text)
        there = {odd: next(free) for odd in (0x85, 0x2028, 0x2029, 0xFEFF)}
        back = {private: chr(odd) for odd, private in there.items()}
        text = text.translate(there)
    try:
        return _Composer(name, back).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, name) from None
    except yaml.YAMLError as error:
        raise InputError(f"this is not YAML: {' '.join(str(error).split())}", Where(name)) from None


def _syntax_error(error: yaml.MarkedYAMLError, name: str) -> InputError:
    said = error.problem or error.context or "this is not YAML"
    mark = error.problem_mark or error.context_mark
    context = error.context or ""
    opened = ""
    if error.context_mark is not None and mark is not None and error.context_mark.line != mark.line:
        opened = f" that begins on line {error.context_mark.line + 1}"
    said = f"{said} ({context}{opened})" if context else said
    mend = next(
        (mend for phrase, mend in _MENDS if phrase in said), "check this line against the YAML syntax"
    )
    return InputError(f"YAML syntax error: {said}", Where(name, mark.line + 1 if mark else None), mend)


class _Composer:
    """Builds nodes from events; a stack of its own instead of recursion."""

    def __init__(self, name: str, back: dict[int, str]) -> None:
        self.name = name
        self.back = back
        self.root: Node | None = None
        self.documents = 0
        self.stack: list[Node] = []
        self.keys: list[Node | None] = []  # for each open collection, the key that waits for its value

    def build(self, events: Iterable[Any]) -> Node | None:
        """Return the root node, or None for a text that says nothing."""
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._attach(self._scalar(event), event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, is_mapping=kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.stack.pop().end = event.end_mark.index
                self.keys.pop()
            elif kind is yaml.AliasEvent:
                self._refuse(event)
            elif kind is yaml.DocumentStartEvent:
                self._begin(event)
        root = self.root
        if root is not None and root.is_scalar and root.value is None and root.start == root.end:
            return None
        return root

    def _begin(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            where = Where(self.name, event.start_mark.line + 1)
            raise InputError("a second document begins here", where, "write one document a file")

    def _scalar(self, event: Any) -> Node:
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        mark = event.start_mark
        node = Node(mark.index, event.end_mark.index, mark.line, mark.column, event.style or "")
        value = event.value
        if node.style or value not in _NOTHING:
            node.value = value.translate(self.back) if self.back else value
        return node

    def _open(self, event: Any, *, is_mapping: bool) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        mark = event.start_mark
        style = "flow" if event.flow_style else "block"
        node = Node(mark.index, event.end_mark.index, mark.line, mark.column, style)
        self._attach(node, event)
        if len(self.stack) >= MAX_DEPTH:
            raise too_deep(self.name, mark.line)
        if is_mapping:
            node.entries = {}
        else:
            node.items = []
        self.stack.append(node)
        self.keys.append(None)

    def _attach(self, node: Node, event: Any) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.items is not None:
            parent.items.append(node)
        elif parent.entries is not None:
            key = self.keys[-1]
            if key is None:
                self.keys[-1] = self._key(node, event, parent.entries)
            else:
                parent.entries[key.value or ""] = (key, node)
                self.keys[-1] = None

    def _key(self, node: Node, event: Any, entries: dict[str, tuple[Node, Node]]) -> Node:
        where = Where(self.name, node.line + 1)
        if type(event) is not yaml.ScalarEvent:
            raise InputError(
                "a list or mapping stands where a key is expected",
                where,
                "keys are text; quote a key or value that begins with a bracket",
            )
        if node.value is None:
            if node.start == node.end:
                raise InputError("a key is missing before ':'", where, "write 'key: value'")
            node.value = str(event.value)  # `null: x` has a key that reads null
        if node.value in entries:
            raise duplicate_key(self.name, node, entries[node.value][0])
        return node

    def _refuse(self, event: Any) -> None:
        where = Where(self.name, event.start_mark.line + 1)
        if event.anchor is not None:
            sign, word = ("*", "alias") if isinstance(event, yaml.AliasEvent) else ("&", "anchor")
            raise InputError(
                f"{sign}{_short(event.anchor)} is an {word}; anchors and aliases are not used in these files",
                where,
                "write the value out",
            )
        tag = _short(str(event.tag).replace("tag:yaml.org,2002:", "!!"))
        raise InputError(
            f"the tag {tag} is not allowed; tags are not used in these files",
            where,
            "write the value without it",
        )
