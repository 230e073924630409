"""References to rows that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maintplan import fields
from maintplan.plan import places
from maintplan.template import Template


@dataclass(frozen=True)
class Dangling:
    """A reference to a row that is not there.

    Attributes
    ----------
    place
        Where the reference stands.
    key
        The row that it names.
    table
        The place of the table that has no such row.
    """

    place: str
    key: str
    table: str


def dangling(template: Template, counted: Mapping[str, Any]) -> Iterator[Dangling]:
    """Yield the references that lead nowhere.

    Parameters
    ----------
    template
        Says which fields and columns refer to which tables.
    counted
        The document values that count, by place of their field.
    """
    keys: dict[str, frozenset[str]] = {}
    for field, column, to in template.referring:
        value, table = counted.get(field.place), template.named.get(to)
        if value is None or table is None:
            continue
        if table.place not in keys:
            rows = counted.get(table.place) or ()
            keys[table.place] = frozenset(key for row in rows if (key := places.key_of(row, table.spec)))
        for place, key in _named(field.place, field.spec, column, value):
            if key not in keys[table.place]:
                yield Dangling(place, key, table.place)


def _named(place: str, spec: fields.Spec, column: str | None, value: Any) -> Iterator[tuple[str, str]]:
    """Yield each reference with its place."""
    if column is None:
        yield place, str(value)
        return
    for index, row in enumerate(value):
        if column in row:
            yield f"{place}{places.selector(row, index, spec)}.{column}", str(row[column])
