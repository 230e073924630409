"""Lengths of time on an axis: short texts, and segments that can be seen however short they are."""

from __future__ import annotations

from collections.abc import Sequence

from maintplan.words import Words

_UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
_SMALLEST = 0.075
"""The share of an axis below which a segment could not be told from a line."""


def short(seconds: float, say: Words) -> str:
    """Say a length in at most two units: ``4 h 15 min``."""
    left = round(seconds)
    said: list[str] = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            said.append(f"{count} {say(f'pictures.units.{unit}')}")
        elif said:
            break
    return " ".join(said[:2]) or "0"


def shares(lengths: Sequence[float]) -> tuple[list[float], bool]:
    """Share an axis out among lengths; the second says whether all are to scale.

    Parameters
    ----------
    lengths
        In seconds; 0 for one that nobody knows.
    """
    total = sum(lengths)
    if not total:
        return [1 / len(lengths) for _ in lengths], False
    wanted = [max(each / total, _SMALLEST) for each in lengths]
    true = all(each / total >= _SMALLEST for each in lengths)
    return [each / sum(wanted) for each in wanted], true
