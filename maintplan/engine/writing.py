"""An executed notebook as text: nbformat's JSON, with what is inside an output on one line.

nbformat puts each value of the data in an output on a line of its own, in Python, on a deep copy: a plan's
notebook takes it as long as a third of its cells. Here each cell and each output has a line, written in C.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode


def data(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file."""
    try:
        return _text(notebook, as_it_is=True).encode()
    except UnicodeEncodeError:  # half of a pair of surrogates: only as an escape can it stand in a file
        return _text(notebook, as_it_is=False).encode()


def _text(notebook: NotebookNode, *, as_it_is: bool) -> str:
    encode = json.JSONEncoder(ensure_ascii=not as_it_is, sort_keys=True, default=_ascii).encode
    cells = ",\n".join(f"  {_cell(cell, encode)}" for cell in notebook["cells"])
    rest = "".join(f',\n "{name}": {encode(notebook[name])}' for name in sorted(notebook) if name != "cells")
    return f'{{\n "cells": [\n{cells}\n ]{rest}\n}}\n'


def _cell(cell: dict[str, Any], encode: Any) -> str:
    if not cell.get("outputs"):
        return str(encode(cell))
    head = encode({name: value for name, value in cell.items() if name != "outputs"})
    outputs = ",\n".join(f"   {encode(each)}" for each in cell["outputs"])
    return f'{head[:-1]}, "outputs": [\n{outputs}\n  ]}}'


def _ascii(value: Any) -> str:
    """Return bytes, which are Base64 in a notebook, as text."""
    if isinstance(value, bytes):
        return value.decode("ascii")
    raise TypeError(f"{type(value).__name__} stands in a notebook, which holds JSON alone")
