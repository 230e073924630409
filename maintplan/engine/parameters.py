"""Parameters written into a notebook: the cell that papermill would inject, without papermill.

A run of the kit does not load papermill, which takes longer to load than a plan's notebook to execute. What
is written is the same text; a test compares the two for any data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

INJECTED, DECLARED = "injected-parameters", "parameters"
"""The tags by which papermill, Lab and we know the cells."""


def inject(notebook: NotebookNode, parameters: Mapping[str, Any]) -> None:
    """Put a cell with parameters into a notebook: in the place of an earlier one, else below the defaults."""
    if not parameters:
        return
    cell = _cell(source(parameters))
    cells = notebook["cells"]
    tagged = {
        tag: index
        for index, each in reversed(list(enumerate(cells)))
        for tag in each.metadata.get("tags", [])
    }
    if INJECTED in tagged:
        cells[tagged[INJECTED]] = cell
    else:
        cells.insert(tagged.get(DECLARED, -1) + 1, cell)


def _cell(text: str) -> NotebookNode:
    """Return the cell as nbformat makes it, without checking it against the schema of a notebook."""
    from nbformat import from_dict  # noqa: PLC0415 - loaded by whoever has a notebook
    from nbformat.corpus.words import generate_corpus_id  # noqa: PLC0415 - likewise

    cell: NotebookNode = from_dict(
        {
            "id": generate_corpus_id(),
            "cell_type": "code",
            "metadata": {"tags": [INJECTED]},
            "execution_count": None,
            "source": text,
            "outputs": [],
        }
    )
    return cell


def source(parameters: Mapping[str, Any]) -> str:
    """Return the cell's text."""
    lines = (f"{name} = {literal(value)}\n" for name, value in parameters.items())
    return "# Parameters\n" + "".join(lines)


def literal(value: Any) -> str:
    """Return plain data as a Python expression."""
    if value is None or isinstance(value, bool | int):
        return str(value)
    if isinstance(value, float):
        if math.isfinite(value):
            return str(value)
        return "float('nan')" if math.isnan(value) else f"float('{'-' if value < 0 else ''}inf')"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_text(key)}: {literal(each)}" for key, each in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return _text(value)


def _text(value: Any) -> str:
    # papermill quotes text alone, also among the keys of a mapping
    if not isinstance(value, str):
        return f'"{value}"'
    escaped = value.encode("unicode_escape").decode("ascii").replace('"', r"\"")
    return f'"{escaped}"'
