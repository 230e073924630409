"""One table as it is being edited: its rows, blank ones, and what was refused as typed.

The plan holds only what is valid. What was typed and refused stays here, beside the last valid value, until
it is mended; so does a row in which nothing stands yet. `Sheet` turns every change into the whole rows that
the plan is to hold; whether the plan takes them is `App`'s to find out.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maintplan import fields
from maintplan.errors import InputError
from maintplan.fields import Spec
from maintplan.plan import places
from maintplan.widgets.sentences import sentence

Cells = dict[str, Any]

REMEMBERED = 20
"""States of a table, before as many changes, of which it is known what was refused in them."""


@dataclass
class Wrong:
    """What was typed and does not count, and why; `theirs` stands where somebody else was quicker."""

    raw: Any
    why: str
    theirs: str | None = None


@dataclass
class Row:
    """One row; `cells` are document values, `wrong` is what stands typed in their place."""

    id: str
    cells: Cells = field(default_factory=dict)
    wrong: dict[str, Wrong] = field(default_factory=dict)


class Sheet:
    """A table that is being edited.

    Parameters
    ----------
    spec
        The table's spec.
    rows
        What the plan holds, or what is recommended.

    Attributes
    ----------
    left_out
        What the last pasted block holds that the table has no column for: its headings, else its cells.
    """

    def __init__(self, spec: Spec, rows: Sequence[Cells]) -> None:
        self.spec = spec
        self._made = 0
        self.left_out: list[str] = []
        self.rows: list[Row] = [self._row(cells) for cells in rows]
        self._before: deque[list[Row]] = deque(maxlen=REMEMBERED)

    def _row(self, cells: Cells | None = None) -> Row:
        self._made += 1
        return Row(f"r{self._made}", dict(cells or {}))

    def values(self) -> list[Cells]:
        """Return the rows that hold anything, as the plan is to hold them."""
        return [dict(row.cells) for row in self.rows if row.cells]

    def follow(self, rows: Sequence[Cells]) -> None:
        """Take over what the plan holds now, where somebody else or an undo has changed it."""
        if list(rows) == self.values():
            return
        left = [row for row in self.rows if row.cells]
        pairs = []
        for index, cells in enumerate(rows):
            key = places.key_of(cells, self.spec)
            same = next((row for row in left if row.cells == cells), None)
            named = next((row for row in left if key and places.key_of(row.cells, self.spec) == key), None)
            at = left[index] if len(rows) == len(left) and index < len(left) else None
            pairs.append((same or named or at, dict(cells)))
        taken: set[str] = set()
        found: list[Row] = []
        for row, cells in pairs:
            if row is None or row.id in taken:
                found.append(self._row(cells))
                continue
            taken.add(row.id)
            changed = {name for name in {*row.cells, *cells} if row.cells.get(name) != cells.get(name)}
            wrong = {name: each for name, each in row.wrong.items() if name not in changed}
            found.append(Row(row.id, cells, wrong))
        self.rows = found

    def remember(self) -> None:
        """Remember the table with what was refused in it, before a change that may be taken back."""
        if self._before or any(row.wrong for row in self.rows):
            self._before.append(_copied(self.rows))

    def recall(self) -> None:
        """Show what was refused again, where the rows are as they were when it stood there last."""
        now = self.values()
        for rows in reversed(self._before):
            if [row.cells for row in rows if row.cells] == now:
                self.rows = _copied(rows)
                return

    def index(self, row_id: str) -> int:
        """Return the index of a row.

        Raises
        ------
        InputError
            When the row is gone, as after an undo.
        """
        for index, row in enumerate(self.rows):
            if row.id == row_id:
                return index
        raise InputError("this row is gone", mend="add a row")

    def row_at(self, row_id: str, index: Any) -> str:
        """Return a row's id; one that is gone is the row at the index, so that nothing typed is lost."""
        if any(row.id == row_id for row in self.rows) or not isinstance(index, int) or index < 0:
            return row_id
        return self.rows[index].id if index < len(self.rows) else self.add()

    def put(self, row_id: str, column: str, raw: Any) -> Wrong | None:
        """Put what was typed into a cell; when it is refused, the last valid value stays in the plan."""
        row = self.rows[self.index(row_id)]
        spec = self.spec.column(column)
        typed = spec is not None and spec.kind in ("choice", "boolean") and isinstance(raw, str)
        return self._put(row, column, self._meant(column, raw) if typed else raw)

    def _put(self, row: Row, column: str, raw: Any) -> Wrong | None:
        spec = self.spec.column(column)
        if spec is None:
            raise InputError("this column is gone")
        try:
            value = _parsed(raw, spec)
            self._check_key(row, spec, value)
        except InputError as error:
            row.wrong[column] = Wrong(raw, sentence(error))
            return row.wrong[column]
        row.wrong.pop(column, None)
        if value is None:
            row.cells.pop(column, None)
        else:
            cells = {**row.cells, column: value}
            row.cells = {each.id: cells[each.id] for each in self.spec.columns if each.id in cells}
        return None

    def _check_key(self, row: Row, spec: Spec, value: Any) -> None:
        if spec.id != self.spec.key or value is None:
            return
        text = fields.text(value, spec)
        if any(each is not row and places.key_of(each.cells, self.spec) == text for each in self.rows):
            raise InputError(
                f"another row is named {text[:60]!r} already", mend="give each row a name of its own"
            )

    def add(self, after: str | None = None) -> str:
        """Add a blank row, at the end or after another one, and return its id."""
        row = self._row()
        at = len(self.rows) if after is None else self.index(after) + 1
        self.rows.insert(at, row)
        return row.id

    def remove(self, row_id: str) -> str | None:
        """Remove a row, and return the id of the row that is now in its place, or the last one's."""
        at = self.index(row_id)
        del self.rows[at]
        return self.rows[min(at, len(self.rows) - 1)].id if self.rows else None

    def move(self, row_id: str, by: int) -> None:
        """Move a row up (-1) or down (1)."""
        at = self.index(row_id)
        to = min(max(at + by, 0), len(self.rows) - 1)
        self.rows.insert(to, self.rows.pop(at))

    def paste(
        self, row_id: str | None, column: str | None, text: str, shown: Sequence[str]
    ) -> tuple[int, int]:
        """Paste a block of cells, and return how many rows and how many refused cells came of it.

        Parameters
        ----------
        row_id, column
            The cell at which it begins; nothing for new rows at the end.
        text
            Cells as a spreadsheet copies them: a line a row, tabs between; a first line that names columns
            says where each cell belongs.
        shown
            The columns on the screen, in their order.
        """
        block = list(_cells(text))
        header = self._header(block[0]) if block else None
        self.left_out = []
        if header:
            names = zip(block[0], header, strict=True)
            self.left_out = [name.strip() for name, column_id in names if column_id is None and name.strip()]
            block = block[1:]
        first = list(shown).index(column) if column is not None and column in shown else 0
        columns: Sequence[str | None] = header or shown[first:]
        at = len(self.rows) if row_id is None else self.index(row_id)
        refused = 0
        for offset, cells in enumerate(block):
            self.left_out += [cell.strip() for cell in cells[len(columns) :] if cell.strip()]
            if at + offset >= len(self.rows):
                self.rows.append(self._row())
            row = self.rows[at + offset]
            for name, raw in zip(columns, cells, strict=False):
                if name is not None:
                    refused += self._put(row, name, self._meant(name, raw.strip())) is not None
        return len(block), refused

    def _header(self, cells: Sequence[str]) -> list[str | None] | None:
        """Return the columns that a first line names, when at least half of its cells, and two, name one."""
        known = {name.casefold(): each.id for each in self.spec.columns for name in (each.label, each.id)}
        found = [_named(" ".join(cell.split()).casefold(), known) for cell in cells]
        named = sum(each is not None for each in found)
        whole = named and named == len(found)
        return found if whole or (named > 1 and named * 2 >= len(found)) else None

    def _meant(self, column: str, raw: str) -> str:
        """Read the words that a spreadsheet shows: an option by its label, yes and no of a tick."""
        spec = self.spec.column(column)
        if spec is None or spec.kind == "markdown":
            return raw
        raw = " ".join(raw.split())
        if spec.kind == "choice":
            return next(
                (key for key, label in spec.options.items() if label.casefold() == raw.casefold()), raw
            )
        if spec.kind == "boolean":
            said = {"yes": "true", "x": "true", "✓": "true", "1": "true", "no": "false", "0": "false"}
            return said.get(raw.casefold(), raw.lower())
        return raw


def _copied(rows: Sequence[Row]) -> list[Row]:
    return [Row(row.id, dict(row.cells), dict(row.wrong)) for row in rows]


def _named(word: str, known: Mapping[str, str]) -> str | None:
    """Return the column of a heading: by its label or id, or by the beginning of one label alone."""
    if word in known:
        return known[word]
    begun = {column for name, column in known.items() if word and name.startswith(f"{word} ")}
    return begun.pop() if len(begun) == 1 else None


def _parsed(raw: Any, spec: Spec) -> Any:
    """Return the value of what was typed; a tick is spoken of as the screen shows it."""
    if spec.kind == "boolean" and isinstance(raw, str) and raw not in ("", "true", "false"):
        raise InputError(f"{raw[:60]!r} is neither yes nor no", mend="write yes or no")
    return fields.parse(raw, spec)


def _cells(text: str) -> Iterator[list[str]]:
    """Yield the rows of a block; a cell in quotes may hold tabs and line breaks."""
    for row in csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter="\t"):
        if any(cell.strip() for cell in row):
            yield row
