"""Data and nodes: what a YAML or JSON text says, and where in the text it says it.

Every scalar is the text as it stands (``1.10`` is ``"1.10"``), so that the meaning of a value is decided in
one place only, by the kind of its field, and never by whichever rules a YAML parser follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, cast

Data: TypeAlias = "str | list[Data] | dict[str, Data] | None"
"""What a text says: every scalar is text, nothing (empty, ``null``, ``~``) is None."""

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
"""What a text shall say: numbers and booleans are written plain, text is quoted where it could be misread."""

PathPart: TypeAlias = str | int

_UNENDING = {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}

MAX_DEPTH = 64
MAX_BYTES = 2_000_000


class Node:
    """One value with its marks; kept small, for a plan has thousands.

    Attributes
    ----------
    start, end
        Offsets of the value in the text. The end of a block collection is where the next thing begins.
    line, column
        Where it starts, counted from 0.
    style
        Of a scalar: ``""`` plain, a quote, ``|`` or ``>``. Of a collection: ``"flow"`` or ``"block"``.
    value
        The text of a scalar; None for nothing and for collections.
    items
        The nodes of a list.
    entries
        Key node and value node by key.
    """

    __slots__ = ("column", "end", "entries", "items", "line", "start", "style", "value")

    def __init__(self, start: int, end: int, line: int, column: int, style: str) -> None:
        self.start = start
        self.end = end
        self.line = line
        self.column = column
        self.style = style
        self.value: str | None = None
        self.items: list[Node] | None = None
        self.entries: dict[str, tuple[Node, Node]] | None = None

    def data(self) -> Data:
        """Return what the node says."""
        if self.entries is not None:
            return {key: value.data() for key, (_, value) in self.entries.items()}
        if self.items is not None:
            return [item.data() for item in self.items]
        return self.value

    @property
    def is_scalar(self) -> bool:
        """Whether it is neither a list nor a mapping."""
        return self.items is None and self.entries is None


def scalar_text(value: str | float | None) -> str | None:
    """Return the text that stands in a file for a scalar: ``true``, ``3``, ``1.5``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return _UNENDING.get(text, text)


def plain(value: object) -> Value:
    """Return JSON-like data as its own copy in plain lists, mappings and scalars.

    Parameters
    ----------
    value
        Text, numbers, booleans, None, lists or tuples, mappings with text as keys.

    Raises
    ------
    TypeError
        For anything else: a date or duration has to be turned into text first.
    """
    kind = type(value)
    if value is None or kind is str or kind is bool or kind is int or kind is float:
        return cast("str | float | None", value)
    if isinstance(value, Mapping):
        return {_plain_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):  # an enumeration, say
        return value[:]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    message = f"{kind.__name__} is not JSON-like data"
    raise TypeError(message)


def _plain_key(key: object) -> str:
    if isinstance(key, str):
        return key[:]
    message = f"the key {key!r} is not text"
    raise TypeError(message)


def as_text(value: Value) -> Data:
    """Return a value with every scalar as the text that stands for it in a file."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return scalar_text(value)


def same(one: Value, other: Value) -> bool:
    """Return whether two values are written alike (``True`` is not ``1``, and ``1.0`` is not ``1``)."""
    if one is other:
        return True
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(same(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    return not isinstance(other, (dict, list)) and scalar_text(one) == scalar_text(other)
