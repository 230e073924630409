"""References to rows that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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


def dangling(template: Template, counted: Callable[[str], Any]) -> Iterator[Dangling]:
    """Yield the references that lead nowhere.

    Parameters
    ----------
    template
        Says which fields and columns refer to which tables.
    counted
        Gives the document value that counts of a field, by its place, or None.
    """
    keys: dict[str, frozenset[str]] = {}
    for field, column, to in template.referring:
        value, table = counted(field.place), template.named.get(to)
        if value is None or table is None:
            continue
        if table.place not in keys:
            keys[table.place] = frozenset(places.keys(counted(table.place) or (), table.spec))
        if column is None:
            if str(value) not in keys[table.place]:
                yield Dangling(field.place, str(value), table.place)
            continue
        for index, row in enumerate(value):
            if column in row and (named := str(row[column])) not in keys[table.place]:
                place = f"{field.place}{places.selector(row, index, field.spec)}.{column}"
                yield Dangling(place, named, table.place)
