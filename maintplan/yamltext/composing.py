"""From YAML text to nodes, in one pass over the parser's events.

The events come from libyaml's scanner, which keeps its own stacks on the heap. Its `compose` is not used: it
recurses in C and dies on deeply nested text, and it would give anchors, tags and duplicate keys a meaning.
Nothing here decides what a scalar means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from maintplan.errors import InputError, Where
from maintplan.yamltext.nodes import MAX_DEPTH, Node

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})

# YAML 1.2 takes these for ordinary characters, libyaml for line breaks (or refuses them). Each is exchanged for a
# private character while libyaml looks at the text, which keeps all marks, and put back afterwards.
_ODD = re.compile("[\x85\u2028\u2029\ufeff]")
_PRIVATE = (0xF0000, 0xFFFFE)

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
        f"the key {_short(key.value or '')!r} stands twice, on line {first.line + 1} and on line {key.line + 1}",
        Where(name, key.line + 1),
        "keep one of them",
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


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
        return _build(yaml.parse(text, Loader=_LOADER), name, back)
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


def _check_plain_node(event: yaml.NodeEvent, name: str) -> None:
    # Called for anchors and tags only; most nodes have neither.
    line = event.start_mark.line + 1
    if event.anchor is not None:
        raise InputError(
            f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{_short(event.anchor)} is an "
            f"{'alias' if isinstance(event, yaml.AliasEvent) else 'anchor'}; "
            "anchors and aliases are not used in these files",
            Where(name, line),
            "write the value out",
        )
    tag = str(getattr(event, "tag", None))
    raise InputError(
        f"the tag {_short(tag.replace('tag:yaml.org,2002:', '!!'))} is not allowed; "
        "tags are not used in these files",
        Where(name, line),
        "write the value without it",
    )


def _build(events: Iterable[Any], name: str, back: dict[int, str]) -> Node | None:
    root: Node | None = None
    documents = 0
    stack: list[Node] = []
    keys: list[Node | None] = []  # for each open collection, the key that waits for its value
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent or kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if event.anchor is not None or event.tag is not None:
                _check_plain_node(event, name)
            mark = event.start_mark
            node = Node(mark.index, event.end_mark.index, mark.line, mark.column, "")
            if kind is yaml.ScalarEvent:
                style = event.style or ""
                value = event.value
                node.style = "" if style == ":" else style
                node.value = (
                    None if not node.style and value in _NOTHING else value.translate(back) if back else value
                )
            else:
                node.style = "flow" if event.flow_style else "block"
            _attach(node, event, stack, keys, name)
            if not stack:
                root = node
            if kind is not yaml.ScalarEvent:
                if len(stack) >= MAX_DEPTH:
                    raise too_deep(name, mark.line)
                if kind is yaml.MappingStartEvent:
                    node.entries = {}
                else:
                    node.items = []
                stack.append(node)
                keys.append(None)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            stack.pop().end = event.end_mark.index
            keys.pop()
        elif kind is yaml.AliasEvent:
            _check_plain_node(event, name)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                raise InputError(
                    "a second document begins here",
                    Where(name, event.start_mark.line + 1),
                    "write one document a file",
                )
    if root is not None and root.is_scalar and root.value is None and root.start == root.end:
        return None
    return root


def _attach(node: Node, event: yaml.NodeEvent, stack: list[Node], keys: list[Node | None], name: str) -> None:
    if not stack:
        return
    parent = stack[-1]
    if parent.items is not None:
        parent.items.append(node)
        return
    assert parent.entries is not None  # an open collection is a list or a mapping
    key = keys[-1]
    if key is not None:
        parent.entries[_key_text(key)] = (key, node)
        keys[-1] = None
        return
    if not isinstance(event, yaml.ScalarEvent):
        raise InputError(
            "a list or mapping stands where a key is expected",
            Where(name, node.line + 1),
            "keys are text; quote a key or value that begins with a bracket",
        )
    if node.value is None:
        if node.start == node.end:
            raise InputError("a key is missing before ':'", Where(name, node.line + 1), "write 'key: value'")
        node.value = str(event.value)  # `null: x` has a key that reads null
    if node.value in parent.entries:
        raise duplicate_key(name, node, parent.entries[node.value][0])
    keys[-1] = node


def _key_text(key: Node) -> str:
    assert key.value is not None  # set when the key was read
    return key.value
