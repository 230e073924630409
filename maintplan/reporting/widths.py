"""How wide the columns of a printed table are, and where a word breaks that fits no line.

Typst, as it should, breaks no word. A path or a key that is wider than its column would then run over the
next column and off the page, so such words, and only these, are given places to break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from maintplan.reporting.faces import MONO, Faces, clusters
from maintplan.reporting.flow import Grid, Runs

PARTS = re.compile(r"[^\S\xa0]+|[\S\xa0]+")
"""Words, and the blanks between them; a blank that parts no line is within a word."""
_WORDS = re.compile(r"\d{1,2}\.? [^\W\d_]{3,}|[\S\xa0]+")
"""Words, a number with what it counts being one: "28 September"."""
_SHORT = 13
"""Characters up to which a line is not broken for the sake of its neighbours: "15 minutes"."""

_MARGIN = 1.02
"""Room for what the widths do not tell: kerning, and fonts that were not measured."""
_MOST = {1: 1.0, 2: 0.6, 3: 0.42}
_MOST_OF_MANY = 0.3
"""Share of the room that one long word may ask for its column."""
_LABEL = 0.6
"""Share of its length that a column's label asks for: two lines."""
_HALVINGS = 24
_KEPT = 0.96
"""Share of the room that columns get for their longest words where not all words can stay whole."""
_LONG = 60
"""Rows on which a table's columns are tried out."""
_BETWEEN = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""How far widths to begin with lean from the longest cell towards the others."""
_HIGH = 16
"""Lines from which a row is high, however many more it has."""
_STEPS = (24.0, 9.0)
"""Points that are moved from one column to another."""
_LOOSE = 1.1
"""How much longer a text runs because lines end with a whole word."""
_FILLED = 1 / 3
"""Share of its rows in which a column says something, from which it counts."""
_FEW = 7
"""Columns up to which a short label stays on one line."""
_VAST = 11
"""Columns from which a table gets a page across, however little they hold."""
_LEAST = 24.0
"""Points that every column has, however many there are."""


__all__ = ["CODE", "PARTS", "Setting", "clusters", "columns", "vast"]


class Setting:
    """How text is set in one place: its font and size.

    Parameters
    ----------
    faces
        The fonts.
    family
        The family.
    size
        Its size in points.
    """

    def __init__(self, faces: Faces, family: str, size: float) -> None:
        self.faces, self.family, self.size = faces, family, size

    def width(self, text: str, *, code: bool = False, bold: bool = False) -> float:
        """Return the width of a text in points."""
        family = MONO if code else self.family
        size = self.size * (CODE if code else 1)
        return self.faces.width(text, family, bold=bold) * size * _MARGIN

    def words(self, runs: Runs, *, bold: bool = False, short: int = _SHORT) -> Iterator[float]:
        """Yield the widths of the words, a word being what stands between blanks; a short line is one."""
        if sum(len(run.text) for run in runs) <= short:
            yield self.line(runs, bold=bold)
            return
        width = 0.0
        for run in runs:
            code, thick = "code" in run.marks, bold or "strong" in run.marks
            at = 0
            for found in _WORDS.finditer(run.text):
                if found.start() > at:
                    yield width
                    width = 0.0
                width += self.width(found[0], code=code, bold=thick)
                at = found.end()
            if at < len(run.text):
                yield width
                width = 0.0
        yield width

    def line(self, runs: Runs, *, bold: bool = False) -> float:
        """Return the width of the longest line, as if none was ever broken."""
        widest = width = 0.0
        for run in runs:
            code, thick = "code" in run.marks, bold or "strong" in run.marks
            for at, line in enumerate(run.text.split("\n")):
                if at:
                    widest, width = max(widest, width), 0.0
                width += self.width(line, code=code, bold=thick)
        return max(widest, width)


CODE = 0.93
"""Size of a command within a sentence, beside the text around it."""


def columns(grid: Grid, body: Setting, head: Setting, room: float, gap: float) -> tuple[list[float], bool]:
    """Return the widths of a table's columns, and whether every word fits into its own.

    Parameters
    ----------
    grid
        The table.
    body, head
        How its cells and its header are set.
    room
        The width of the page within its margins.
    gap
        The space after each column.
    """
    count = len(grid.columns)
    most = room * _MOST.get(count, _MOST_OF_MANY)
    short = 0 if count > _FEW else _SHORT
    cells = [[row[index] for row in grid.rows] for index in range(count)]
    least = [
        min(max(head_word, max((max(body.words(cell)) for cell in each), default=0.0), _LEAST) + gap, most)
        for each, head_word in zip(
            cells,
            (max(head.words(column.label, bold=True, short=short)) for column in grid.columns),
            strict=True,
        )
    ]
    labels = [head.line(column.label, bold=True) * _LABEL for column in grid.columns]
    wanted = [
        max(low, label, min(_typical([body.line(cell) for cell in each]) + gap, max(room, low)))
        for each, low, label in zip(cells, least, labels, strict=True)
    ]
    if sum(wanted) <= room:
        spare = room - sum(wanted)
        return [width + spare * width / sum(wanted) for width in wanted], True
    lines = [[body.line(cell) for cell in each] for each in cells]
    usual = [_usual(each) for each in lines]
    if sum(least) <= room:
        tall = [[label / _LABEL, *each] for label, each in zip(labels, lines, strict=True)]
        begun = [_levelled(least, each, room) for each in (usual, [_mean(each) for each in lines])]
        return _lowered(begun, least, tall, gap), True
    # Some words have to break: narrow columns keep what they need, the others share by what they hold.
    return _levelled(_capped(least, room * _KEPT), usual, room), False


def vast(grid: Grid) -> bool:
    """Whether a table has so many columns that it gets a page across."""
    filled = (sum(1 for row in grid.rows if row[index]) for index in range(len(grid.columns)))
    return sum(1 for count in filled if count >= len(grid.rows) * _FILLED) >= _VAST


def _typical(lines: Sequence[float]) -> float:
    return (max(lines) + sum(lines) / len(lines)) / 2 if lines else 0.0


def _usual(lines: Sequence[float]) -> float:
    filled = [each for each in lines if each]
    return (sum(each * each for each in filled) / len(filled)) ** 0.5 if filled else 0.0


def _mean(lines: Sequence[float]) -> float:
    return sum(lines) / len(lines) if lines else 0.0


def _capped(least: Sequence[float], room: float) -> list[float]:
    """Return what columns get for their longest words: narrow ones all, the others as much as each other."""
    rest, left = room, len(least)
    for each in sorted(least):
        if each * left > rest:
            break
        rest -= each
        left -= 1
    return [min(each, rest / max(left, 1)) for each in least] if left else list(least)


def _lowered(
    begun: Sequence[Sequence[float]], least: Sequence[float], lines: Sequence[Sequence[float]], gap: float
) -> list[float]:
    """Move room between columns for as long as that makes the table lower.

    Widths that suit the longest cell are begun with, and where that is very long, those between them and
    what suits the other rows: else one cell of two pages would make all rows narrow.
    """
    chosen, weights = _telling(lines)
    known: dict[tuple[int, float], list[int]] = {}

    def heights(column: int, width: float) -> list[int]:
        key = (column, width)
        if key not in known:
            inside = max(width - gap, 1.0)
            known[key] = [1 + int(lines[column][row] * _LOOSE / inside) for row in chosen]
        return known[key]

    def height(widths: Sequence[float]) -> float:
        columns = [heights(column, width) for column, width in enumerate(widths)]
        rows: list[int] = [max(row) for row in zip(*columns, strict=True)]
        whole = sum(row * weight for row, weight in zip(rows, weights, strict=True))
        return whole + min(max(rows), _HIGH)  # many low rows are read more easily than a high one among them

    suiting, others = begun
    best = list(suiting)
    if max(max(heights(column, width)) for column, width in enumerate(best)) > _HIGH:
        between = ([(1 - at) * a + at * b for a, b in zip(suiting, others, strict=True)] for at in _BETWEEN)
        best = min(between, key=height)
    lowest = height(best)
    for step in _STEPS:
        better = True
        while better:
            better = False
            for taken, given in permutations(range(len(best)), 2):
                if best[taken] - step < least[taken]:
                    continue
                tried = list(best)
                tried[taken] -= step
                tried[given] += step
                now = height(tried)
                if now < lowest:
                    best, lowest, better = tried, now, True
    return best


def _telling(lines: Sequence[Sequence[float]]) -> tuple[list[int], list[float]]:
    """Return the rows that widths are tried on, the longest among them, and how many each stands for."""
    count = len(lines[0])
    if count <= _LONG:
        return list(range(count)), [1.0] * count
    longest = sorted(range(count), key=lambda row: -max(column[row] for column in lines))
    rest = longest[_LONG // 2 :]
    some = rest[:: -(-len(rest) // (_LONG // 2))]
    weights = [1.0] * (_LONG // 2) + [len(rest) / len(some)] * len(some)
    return [*longest[: _LONG // 2], *some], weights


def _levelled(least: Sequence[float], lengths: Sequence[float], room: float) -> list[float]:
    """Share the room so that the cells of a row are about as high as each other, none below its least."""
    low, high = 0.0, room / max(sum(lengths), 1.0) * len(least) + 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(max(each, middle * length) for each, length in zip(least, lengths, strict=True)) > room:
            high = middle
        else:
            low = middle
    found = [max(each, low * length) for each, length in zip(least, lengths, strict=True)]
    return [each * room / sum(found) for each in found]
