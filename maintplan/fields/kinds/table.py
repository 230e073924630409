"""Tables: rows of cells, each cell read by the kind of its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from maintplan.errors import ValueProblem, Where, unknown
from maintplan.fields import flow
from maintplan.fields.base import Kind, Schema, Value, kind, refuse
from maintplan.fields.given import Given, plain, quoted, scalar_text
from maintplan.fields.keys import row_selector
from maintplan.fields.spec import Spec
from maintplan.fields.wording import counted, joined
from maintplan.fields.words import ENGLISH, Words

MOST_ROWS = 2_000
_NAME = re.compile(r"[\w-]{1,80}")
_RIGHT = "a list of rows, such as [{name: a}, {name: b}]"


class Table(Kind):
    """A list of rows; each row maps columns to values and is named by its key."""

    name = "table"
    cel_type = "list(row)"
    longest = 2_000_000

    def read(self, given: Given, spec: Spec) -> list[Value] | None:
        """Return the rows that hold anything."""
        rows = self._rows(given)
        if len(rows) > MOST_ROWS:
            raise refuse(f"the table has {len(rows):,} rows", f"keep it within {MOST_ROWS:,}")
        table: list[Value] = []
        seen: dict[str, int] = {}
        for index, raw in enumerate(rows):
            row, key = self._row(raw, index, spec)
            if not row:
                continue
            if key is not None and key in seen:
                what = f"the rows {seen[key] + 1} and {index + 1} are both named {quoted(key)}"
                where = Where(path=f"{row_selector(key, index)}.{spec.key}")
                raise ValueProblem(what, where, mend="give each row a name of its own")
            if key is not None:
                seen[key] = index
            table.append(row)
        return table or None

    @staticmethod
    def _rows(given: Given) -> list[object]:
        if isinstance(given, dict):
            raise refuse("a mapping stands where a table is declared", f"write {_RIGHT}")
        if not isinstance(given, list):
            text = scalar_text(given, declared_text=False, what_is_right=_RIGHT)
            data = flow.read(text, _RIGHT)
            if not isinstance(data, list):
                raise refuse(f"{quoted(text)} is not a table", f"write {_RIGHT}")
            return data
        return given

    @staticmethod
    def _row(raw: object, index: int, spec: Spec) -> tuple[dict[str, Value], str | None]:
        """Return a row's cells and the text of its key."""
        try:
            given = plain(raw)
        except ValueProblem as problem:
            raise _within(problem, row_selector(None, index)) from None
        if not given and not isinstance(given, bool | int | float):
            return {}, None
        if not isinstance(given, dict):
            where = Where(path=row_selector(None, index))
            columns = ", ".join(f"{column.id}: …" for column in spec.columns[:3])
            raise ValueProblem("a row is not a mapping of columns", where, mend=f"write {{{columns}}}")
        key = _key(given, spec)
        selector = row_selector(key, index)
        row: dict[str, Value] = {}
        for name, cell in given.items():
            column = spec.column(name) if isinstance(name, str) else None
            if column is None:
                raise _unknown_column(name, selector, spec)
            try:
                value = kind(column.kind).parse(cell, column)
            except ValueProblem as problem:
                raise _within(problem, f"{selector}.{column.id}") from None
            if value is not None:
                row[column.id] = value
        # In the order of the columns, so that equal rows are written alike.
        return {column.id: row[column.id] for column in spec.columns if column.id in row}, key

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:
        """Name the rows by their keys, or count them where one has none."""
        rows = cast("list[dict[str, Value]]", value)
        column = spec.column(spec.key) if spec.key else None
        if column and all(column.id in row for row in rows):
            return joined([kind(column.kind).show(row[column.id], column, words) for row in rows], words)
        return counted(len(rows), words.rows, words)

    def text(self, value: Value, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Write the rows as YAML in one line."""
        return flow.write(value)

    def to_cel(self, value: Value, spec: Spec) -> list[dict[str, object]]:
        """Return the rows with the values that rules see; an empty cell is absent."""
        rows = cast("list[dict[str, Value]]", value)
        return [{column.id: cell for column, cell in _cells(row, spec)} for row in rows]

    def forms(self, spec: Spec) -> list[Schema]:
        """Describe a list of rows, or a text of it."""
        row: Schema = {
            "type": "object",
            "properties": {column.id: kind(column.kind).schema(column) for column in spec.columns},
            "additionalProperties": False,
        }
        rows: Schema = {"anyOf": [row, {"enum": [None, "", []]}]}
        return [
            {"type": "array", "items": rows, "maxItems": MOST_ROWS},
            {"type": "string", "pattern": r"^\s*[\[\-#]"},
        ]


def _cells(row: dict[str, Value], spec: Spec) -> Iterator[tuple[Spec, object]]:
    for column in spec.columns:
        if column.id in row:
            yield column, kind(column.kind).to_cel(row[column.id], column)


def _key(given: dict[object, object], spec: Spec) -> str | None:
    """Return the text of a row's key, or None while it has none or one that is refused."""
    column = spec.column(spec.key) if spec.key else None
    if column is None:
        return None
    found = kind(column.kind)
    try:
        value = found.parse(given.get(column.id), column)
    except ValueProblem:
        return None  # The cell itself is read again with the others, and refused there with its place.
    return None if value is None else found.text(value, column)


def _unknown_column(name: object, selector: str, spec: Spec) -> ValueProblem:
    word = name if isinstance(name, str) else f"({type(name).__name__})"
    error = unknown("column", word, [column.id for column in spec.columns])
    # A name of any other shape can't be part of a place.
    path = f"{selector}.{word}" if _NAME.fullmatch(word) else selector
    return ValueProblem(error.what, Where(path=path), error.mend)


def _within(problem: ValueProblem, place: str) -> ValueProblem:
    """Put a cell's problem in its place."""
    return ValueProblem(problem.what, replace(problem.where, path=place), problem.mend)
