"""Passwords in the addresses that a notebook is given: taken out before the notebook is written anywhere."""

from __future__ import annotations

import re
from typing import Any

_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@'\"]*):([^\s@/'\"]+)@", re.IGNORECASE)
_TAGS = frozenset({"injected-parameters"})


def taken_out(notebook: Any) -> str | None:
    """Take passwords out of a notebook's parameters, and return the first of them.

    Parameters
    ----------
    notebook
        The notebook with its parameters, as papermill prepared it; changed in place.
    """
    found: list[str] = []

    def without(value: Any) -> Any:
        if isinstance(value, str):
            found.extend(match[2] for match in _ADDRESS.finditer(value))
            return _ADDRESS.sub(r"\1@", value)
        if isinstance(value, dict):
            for key, each in value.items():
                value[key] = without(each)
        if isinstance(value, list):
            value[:] = map(without, value)
        return value

    without(notebook["metadata"].get("papermill", {}).get("parameters", {}))
    for cell in notebook["cells"]:
        if _TAGS & set(cell["metadata"].get("tags", [])):
            cell["source"] = without(cell["source"])
    return found[0] if found else None
