"""Levels of headings, so that none is skipped however they were meant."""

from __future__ import annotations

_LOWEST = 6


class Levels:
    """Turns meant levels, heading by heading, into levels that stand below another without a gap.

    Parameters
    ----------
    under
        Level of the heading above all of them.

    Examples
    --------
    >>> levels = Levels(2)
    >>> [levels.of(each) for each in (1, 3, 3, 2, 1)]
    [3, 4, 4, 4, 3]
    """

    def __init__(self, under: int) -> None:
        self._under = under
        self._above: list[int] = []

    def of(self, meant: int) -> int:
        """Return the level of the next heading."""
        while self._above and self._above[-1] >= meant:
            self._above.pop()
        self._above.append(meant)
        return min(_LOWEST, self._under + len(self._above))
