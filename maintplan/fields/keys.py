"""How a row of a table is named in a place: ``[canary]``, ``["prune [all]"]``, ``[#3]``.

Only the part in brackets; whole places are the plan's.
"""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[\w-]+")


def row_selector(key: str | None, index: int) -> str:
    """Name a row by its key, or by its position while it has none.

    Parameters
    ----------
    key
        The row's value in the table's key column, as text; None or empty when it has none yet.
    index
        The row's index in the list, counted from 0; shown counted from 1.
    """
    if not key:
        return f"[#{index + 1}]"
    if _PLAIN.fullmatch(key):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
