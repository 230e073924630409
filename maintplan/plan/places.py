"""Places: how plan files, findings and errors name a spot in a plan.

``question.consideration.field``, a row ``field[key]``, a cell ``field[key].column``; a key that holds
anything but letters, digits, ``-`` and ``_`` stands in double quotes, a row without a key is ``[#3]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from maintplan import fields
from maintplan.errors import InputError, Where, closest, unknown
from maintplan.template import Consideration, Field, Question, Template

_PLACE = re.compile(
    r"(?P<question>[\w-]+)(?:\.(?P<consideration>[\w-]+)"
    r"(?:\.(?P<field>[a-z][a-z0-9_]*)(?P<row>\[.*\])?(?:\.(?P<column>[a-z][a-z0-9_]*))?)?)?",
    re.DOTALL,
)
_ROW = re.compile(
    r'\[(?:#(?P<number>[1-9][0-9]{0,5})|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\]\["]+))\]', re.DOTALL
)
_SHORT = re.compile(r"([\w-]+\.[a-z][a-z0-9_]*)(?=\Z|\[)")


@dataclass(frozen=True)
class Place:
    """A spot in a plan, taken apart.

    Attributes
    ----------
    question, consideration, field
        Ids; the later ones are None for a place that ends earlier.
    row
        The row's key; None when the place names no row by key.
    number
        The row's number from 1, for a row without a key.
    column
        The column of a cell.
    """

    question: str
    consideration: str | None = None
    field: str | None = None
    row: str | None = None
    number: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        head = ".".join(part for part in (self.question, self.consideration, self.field) if part)
        if self.row is not None:
            head += fields.row_selector(self.row, 0)
        elif self.number is not None:
            head += f"[#{self.number}]"
        return f"{head}.{self.column}" if self.column else head

    @property
    def of_field(self) -> str:
        """The place of the field, without row and column."""
        return f"{self.question}.{self.consideration}.{self.field}"

    @property
    def is_field(self) -> bool:
        """Whether it names a field as a whole, no row or cell of it."""
        return self.field is not None and self.row is None and self.number is None


def parse(text: str) -> Place:
    """Take a place apart, without asking whether it exists.

    Raises
    ------
    InputError
        When the text is not a place at all.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        raise _no_place(text)
    question, consideration, field, selector, column = match.groups()
    if column and not selector:
        raise _no_place(text)
    place = Place(question, consideration, field, column=column)
    if not selector:
        return place
    row = _ROW.fullmatch(selector)
    if row is None:
        raise _no_place(text)
    if row["number"]:
        return replace(place, number=int(row["number"]))
    key = row["bare"] if row["bare"] is not None else re.sub(r"(?s)\\(.)", r"\1", row["quoted"])
    return replace(place, row=key)


def _no_place(text: str) -> InputError:
    mend = "write question.consideration.field, a row as field[key], a cell as field[key].column"
    return InputError(f"{text[:80]!r} is not a place", Where(), mend)


@dataclass(frozen=True)
class Found:
    """What a place names in a template."""

    place: Place
    question: Question
    consideration: Consideration | None
    field: Field | None


def find(template: Template, text: str) -> Found:
    """Look a place up in a template; the short form ``question.field`` is understood as well.

    Raises
    ------
    InputError
        For what is not a place, and for an unknown part, with the closest valid one.
    """
    where = Where(path=text)
    try:
        place = parse(_full(template, text))
    except InputError as error:
        raise error.at(where) from None
    question = template.question(place.question)
    if question is None:
        raise unknown("question", place.question, [each.id for each in template.questions], where)
    if place.consideration is None:
        return Found(place, question, None, None)
    consideration = question.consideration(place.consideration)
    if consideration is None:
        raise _unknown_part(question, place.consideration, where)
    if place.field is None:
        return Found(place, question, consideration, None)
    field = consideration.field(place.field)
    if field is None:
        raise unknown("field", place.field, [each.id for each in consideration.fields], where)
    if not place.is_field and field.kind != "table":
        raise InputError(f"{field.id} is no table, so it has no rows", where, f"write {field.place}")
    if place.column is not None:
        columns = [column.id for column in field.spec.columns]
        if place.column not in columns:
            raise unknown("column", place.column, columns, where)
    return Found(place, question, consideration, field)


def _unknown_part(question: Question, name: str, where: Where) -> InputError:
    """Make the error for a consideration that is not there; in the short form it may be a field, mistyped."""
    names = [each.id for each in question.considerations]
    own = [each.id for each in question.fields]
    if closest(name, names) is None and closest(name, own) is not None:
        return unknown("field", name, own, where)
    return unknown("consideration", name, names, where)


def _full(template: Template, text: str) -> str:
    """Write the short form of a place in full; a consideration comes before a field of the same name."""
    short = _SHORT.match(text)
    named = template.named.get(short[1]) if short else None
    if short is None or named is None:
        return text
    question = template.question(named.question)
    if question is not None and question.consideration(named.id) is not None:
        return text
    return named.place + text[short.end() :]


def key_of(row: Any, table: fields.Spec) -> str | None:
    """Return the text of a row's key, or None while it has none."""
    column = table.column(table.key) if table.key else None
    value = row.get(table.key) if isinstance(row, dict) and column is not None else None
    return None if value is None or column is None else fields.text(value, column)


def keys(rows: Iterable[Any], table: fields.Spec) -> Iterator[str]:
    """Yield the texts of the keys of those rows that have one, as `key_of` gives them."""
    column = table.column(table.key) if table.key else None
    if column is None:
        return
    for row in rows:
        value = row.get(column.id) if isinstance(row, dict) else None
        if value is not None:
            yield fields.text(value, column)


def selector(row: Any, index: int, table: fields.Spec) -> str:
    """Name a row of a table as places do: ``[canary]``, or ``[#3]`` while it has no key."""
    return fields.row_selector(key_of(row, table), index)


def row_index(rows: Sequence[Any], table: fields.Spec, place: Place) -> int | None:
    """Return the index of the row that a place names, or None when there is no such row."""
    if place.number is not None:
        return place.number - 1 if place.number <= len(rows) else None
    return next((index for index, row in enumerate(rows) if key_of(row, table) == place.row), None)


def rename_row(text: str, table: str, old: str, new: str) -> str:
    """Return a place with a renamed row, or the place unchanged when it names another one."""
    try:
        place = parse(text)
    except InputError:
        return text
    if place.field is None or place.of_field != table or place.row != old:
        return text
    return str(replace(place, row=new))
