"""Writing data as YAML, in the one style of these files.

Mappings stand in blocks, a table has one row a line (``- {name: canary, percent: 5}``), short lists of words
stand in brackets, and so do small mappings deep down. A change in place is written with the same functions,
so that a new row looks like one that `dump` would have written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from maintplan.yamltext.nodes import plain
from maintplan.yamltext.scalars import is_block_text, literal, scalar

if TYPE_CHECKING:
    from maintplan.yamltext.nodes import Value

ROW_WIDTH = 118
FLOW_WIDTH = 100
FLOW_KEYS = 6
FLOW_BELOW = 3
STEP = 2
_LONGEST_KEY = 500  # parsers look 1,024 characters ahead for the colon, and an escape counts several


def dump(data: object) -> str:
    """Return data as a YAML text, ending with a line break.

    Parameters
    ----------
    data
        JSON-like data; text that a YAML parser could take for a number, date or boolean is quoted.
    """
    value = plain(data)
    if isinstance(value, dict) and value:
        return "\n".join(map_lines(value, 0, ())) + "\n"
    if isinstance(value, list) and value:
        return "\n".join(list_lines(value, 0, ())) + "\n"
    return dump_line(value) + "\n"


def dump_line(data: object) -> str:
    """Return data as YAML on one line, without a line break.

    Parameters
    ----------
    data
        JSON-like data; several lines of text are written with escapes.
    """
    value = plain(data)
    return flow_text(value) if isinstance(value, (dict, list)) else scalar(value, flow=False)


def flow_text(value: Value) -> str:
    """Return a value as it stands between brackets: on one line, whatever it is."""
    if isinstance(value, dict):
        return "{" + ", ".join(flow_entry(key, item) for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return scalar(value, flow=True)


def flow_entry(key: str, value: Value) -> str:
    """Return a key and its value as they stand between braces."""
    written = scalar(key, flow=True)
    before = f"? {written} " if len(written) > _LONGEST_KEY else written
    return f"{before}: {flow_text(value)}"


def render(
    value: Value, column: int, path: tuple[object, ...], used: int, *, blocks: bool = True
) -> tuple[str, list[str]]:
    """Return what stands behind a key on its line, and the lines that follow.

    Parameters
    ----------
    value
        What the key or dash holds.
    column
        Where the key or dash stands.
    path
        The way there from the top; deep down small mappings are written in braces.
    used
        How much of the line is taken already.
    blocks
        Whether text of several lines may become a literal block.
    """
    if isinstance(value, (dict, list)):
        small = isinstance(value, list) or (len(path) > FLOW_BELOW and len(value) <= FLOW_KEYS)
        if not value or (small and _is_row(value, flat=True)):
            line = flow_text(value)
            if not value or used + len(line) <= FLOW_WIDTH:
                return line, []
        if isinstance(value, dict):
            return "", map_lines(value, column + STEP, path, blocks=blocks)
        return "", list_lines(value, column + STEP, path, blocks=blocks)
    block = literal(value, column + STEP) if blocks and isinstance(value, str) else None
    return block or (scalar(value, flow=False), [])


def _is_row(value: Value, *, flat: bool = False) -> bool:
    """Whether a value may stand on one line: no text of several lines, and nothing nested when `flat`."""
    if not isinstance(value, (dict, list)):
        return not is_block_text(value)
    inner = value.values() if isinstance(value, dict) else value
    if flat:
        return not any(isinstance(item, (dict, list)) or is_block_text(item) for item in inner)
    return all(map(_is_row, inner))


def map_lines(
    value: dict[str, Value], column: int, path: tuple[object, ...], *, blocks: bool = True
) -> list[str]:
    """Return the lines of a block mapping whose keys stand at a column."""
    return [
        line for key, item in value.items() for line in entry_lines(key, item, column, path, blocks=blocks)
    ]


def entry_lines(
    key: str, value: Value, column: int, path: tuple[object, ...], *, blocks: bool = True
) -> list[str]:
    """Return the lines of one key and its value in a block mapping."""
    written = scalar(key, flow=False)
    lines = []
    if len(written) > _LONGEST_KEY:
        lines, written = [" " * column + "? " + written], ""
    head, body = render(value, column, (*path, key), column + len(written) + 2, blocks=blocks)
    return [*lines, " " * column + written + ":" + (f" {head}" if head else ""), *body]


def list_lines(
    value: list[Value], column: int, path: tuple[object, ...], *, blocks: bool = True
) -> list[str]:
    """Return the lines of a block list whose dashes stand at a column."""
    return [line for item in value for line in item_lines(item, column, path, blocks=blocks)]


def item_lines(
    value: Value, column: int, path: tuple[object, ...], *, spread: bool = False, blocks: bool = True
) -> list[str]:
    """Return the lines of one item of a block list.

    Parameters
    ----------
    value
        The item.
    column
        Where its dash stands.
    path
        The way to the list.
    spread
        Whether to write a mapping over several lines even where it fits on one, as its neighbours are.
    blocks
        Whether text of several lines may become a literal block.
    """
    dash = " " * column + "- "
    if (
        isinstance(value, (dict, list))
        and value
        and not (spread and isinstance(value, dict))
        and _is_row(value)
    ):
        line = dash + flow_text(value)
        if len(line) <= ROW_WIDTH:
            return [line]
    inner = (*path, 0)
    if isinstance(value, dict) and value:
        head, body = "", map_lines(value, column + STEP, inner, blocks=blocks)
    elif isinstance(value, list) and value:
        head, body = "", list_lines(value, column + STEP, inner, blocks=blocks)
    else:
        head, body = render(value, column, inner, column + STEP, blocks=blocks)
    if head:
        return [dash + head, *body]
    return [dash + body[0][column + STEP :], *body[1:]]
