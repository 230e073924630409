"""How wide the columns of a printed table are, and where a word breaks that fits no line.

Typst, as it should, breaks no word. A path or a key that is wider than its column would then run over the
next column and off the page, so such words, and only these, are given places to break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
_HALVINGS = 24
_KEPT = 0.96
"""Share of the room that columns get for their longest words where not all words can stay whole."""
_LONG = 60
"""Rows on which a table's columns are tried out."""
_BETWEEN = (0.0, 0.5, 1.0)
"""How far widths to begin with lean from the longest cell towards the others."""
_HIGH = 16
"""Lines from which a row is high, however many more it has."""
_WORDY = 60
"""Words from which a cell's lines are reckoned by its length."""
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


class _Cell:
    """A cell, and how many lines it takes within a width.

    Parameters
    ----------
    line
        The width of its text on one line.
    words
        The widths of its words; what is more on the line is the blanks between them.
    """

    def __init__(self, line: float, words: Sequence[float]) -> None:
        self.line, self.longest, self._words = line, max(words), words
        self._blank = max(line - sum(words), 0.0) / max(len(words) - 1, 1)
        self._widths: dict[int, float] = {}

    def height(self, inside: float) -> int:
        """Return the lines that it takes within a width."""
        inside = max(inside, 1.0)
        if self.line <= inside:
            return 1
        if len(self._words) > _WORDY:
            return 1 + int(self.line * _LOOSE / inside)
        lines, filled = 1, -self._blank
        for word in self._words:
            filled += self._blank + word
            if filled > inside:
                lines += filled > word
                broken, filled = divmod(word, inside) if word > inside else (0, word)
                lines += int(broken)
        return lines

    def width(self, lines: int) -> float:
        """Return the least width, to a point, within which it takes no more lines than that."""
        if lines not in self._widths:
            low, high = self.line / lines, self.line
            while high - low > 1 and lines > 1:
                middle = (low + high) / 2
                low, high = (low, middle) if self.height(middle) <= lines else (middle, high)
            self._widths[lines] = high
        return self._widths[lines]


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
    heads = [
        _Cell(
            head.line(column.label, bold=True),
            list(head.words(column.label, bold=True, short=short)),
        )
        for column in grid.columns
    ]
    cells = [
        [_Cell(body.line(row[index]), list(body.words(row[index]))) for row in grid.rows]
        for index in range(count)
    ]
    least = [
        min(max(above.longest, max((cell.longest for cell in each), default=0.0), _LEAST) + gap, most)
        for above, each in zip(heads, cells, strict=True)
    ]
    wanted = [
        max(low, above.line + gap, max((cell.line for cell in each), default=0.0) + gap)
        for above, each, low in zip(heads, cells, least, strict=True)
    ]
    if sum(wanted) <= room:
        return _spread(wanted, room), True
    lines = [[cell.line for cell in each] for each in cells]
    usual = [_usual(each) for each in lines]
    if sum(least) <= room:
        begun = [_levelled(least, each, room) for each in (usual, [_mean(each) for each in lines])]
        columns = [[above, *each] for above, each in zip(heads, cells, strict=True)]
        return _lowest(begun, least, columns, gap), True
    # Some words have to break: narrow columns keep what they need, the others share by what they hold.
    return _levelled(_capped(least, room * _KEPT), usual, room), False


def vast(grid: Grid) -> bool:
    """Whether a table has so many columns that it gets a page across."""
    filled = (sum(1 for row in grid.rows if row[index]) for index in range(len(grid.columns)))
    return sum(1 for count in filled if count >= len(grid.rows) * _FILLED) >= _VAST


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


def _lowest(
    begun: Sequence[Sequence[float]], least: Sequence[float], cells: Sequence[Sequence[_Cell]], gap: float
) -> list[float]:
    """Return the widths with which a table is low.

    Widths that suit the longest cell are begun with, those that suit the other rows, and those between them:
    else one cell of two pages would make all rows narrow.
    """
    chosen, weights = _telling([[cell.line for cell in column] for column in cells])
    told = [[column[row] for column in cells] for row in chosen]

    def height(widths: Sequence[float]) -> float:
        rows = _heights(told, widths, gap)
        whole = sum(row * weight for row, weight in zip(rows, weights, strict=True))
        return whole + min(max(rows), _HIGH)  # many low rows are read more easily than a high one among them

    suiting, others = begun
    between = ([(1 - at) * a + at * b for a, b in zip(suiting, others, strict=True)] for at in _BETWEEN)
    return min((_lowered(told, each, least, gap) for each in between), key=height)


def _lowered(
    told: Sequence[Sequence[_Cell]], begun: Sequence[float], least: Sequence[float], gap: float
) -> list[float]:
    """Lower row after row, the one first that takes the least room for it, for as long as there is room."""

    def asked(row: Sequence[_Cell], lines: int) -> list[float]:
        return [max(low, cell.width(lines) + gap) for cell, low in zip(row, least, strict=True)]

    room, rows = sum(begun), _heights(told, begun, gap)
    needed = [list(map(min, begun, asked(row, lines))) for row, lines in zip(told, rows, strict=True)]
    lower = [asked(row, lines - 1) if lines > 1 else [] for row, lines in zip(told, rows, strict=True)]
    while True:
        taken = [max(column) for column in zip(*needed, strict=True)]
        costs = ((sum(map(max, taken, each)), at) for at, each in enumerate(lower) if each)
        cost, at = min(costs, default=(room + 1, 0))
        if cost > room:
            return _spread(taken, room)
        rows[at] -= 1
        needed[at], lower[at] = lower[at], asked(told[at], rows[at] - 1) if rows[at] > 1 else []


def _heights(told: Sequence[Sequence[_Cell]], widths: Sequence[float], gap: float) -> list[int]:
    return [max(cell.height(width - gap) for cell, width in zip(row, widths, strict=True)) for row in told]


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
    return _spread([max(each, low * length) for each, length in zip(least, lengths, strict=True)], room)


def _spread(widths: Sequence[float], room: float) -> list[float]:
    """Give each column its share of what is left."""
    return [width * room / sum(widths) for width in widths]
