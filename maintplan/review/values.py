"""What rules see of one plan: typed values by name, computed when first asked for.

A cell that refers to a row of another table holds that row. Lengths of time and dates within rows are
protobuf messages, because the evaluator takes no others there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from maintplan import fields
from maintplan.plan import AcceptedRisk, FieldStanding, Given, Nothing, Standing, places
from maintplan.review.types import field_name
from maintplan.template import Field

Row = dict[str, Any]

_EMPTY = ("table", "several")
"""The kinds whose *none* is an empty list: there are no rows, so that no row breaks a rule."""


class Values:
    """What the rules see of a plan.

    Parameters
    ----------
    standing
        How the plan stands.
    today
        The day on which it is judged.
    risks
        The accepted risks that are in force.
    columns
        Every word in the rules: a column that is none of them is never looked at, and left out of rows.
    """

    def __init__(
        self, standing: Standing, today: dt.date, risks: Iterable[AcceptedRisk], columns: frozenset[str]
    ) -> None:
        self._columns = columns
        service = standing.plan.service
        self.standing = standing
        self.named: Mapping[str, Field] = standing.plan.template.named
        self._rows: dict[str, list[Row] | None] = {}
        self._seen: dict[tuple[str, int, bool], Row] = {}
        self._keys: dict[str, dict[str, int]] = {}
        self._specs: dict[str, tuple[tuple[fields.Spec, str | None], ...]] = {}
        self._known: dict[str, Any] = {
            "service.name": service.name,
            "service.tier": service.tier,
            "service.stage": service.stage,
            "today": _moment(today),
            "accepted_risks": [_risk(each) for each in risks],
        }

    def some(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the values of those names that have one."""
        found = {}
        for name in names:
            if name not in self._known:
                self._known[name] = self._value(name)
            if self._known[name] is not None:
                found[name] = self._known[name]
        return found

    def field(self, name: str) -> FieldStanding | None:
        """Return how the field stands that a name is, or stands beside; None for what is no field."""
        found = self.named.get(field_name(name))
        return self.standing.fields[found.place] if found is not None else None

    def rows(self, name: str) -> list[Row] | None:
        """Return the rows of a table as rules see them, or None while it has no answer."""
        if name not in self._rows:
            self._rows[name] = self._table(name)
        return self._rows[name]

    def said(self, name: str) -> list[Row] | None:
        """Return the rows of a table as the plan writes them, or None while it has no answer."""
        standing = self.field(name)
        if standing is None or not standing.shown:
            return None
        if isinstance(standing.answer, Nothing):
            return []
        return standing.value if isinstance(standing.value, list) else None

    def _value(self, name: str) -> Any:
        standing = self.field(name)
        known = standing is not None and standing.shown and isinstance(standing.answer, Given | Nothing)
        if name.endswith(".known") and name not in self.named:
            return known
        if standing is None or not standing.shown:
            return None
        field, answer = standing.field, standing.answer
        if name.endswith(".given") and name not in self.named:
            return isinstance(answer, Given) if isinstance(answer, Given | Nothing) else None
        if field.kind == "table":
            return self.rows(name)
        if isinstance(answer, Nothing):
            return [] if field.kind in _EMPTY else None
        if not isinstance(answer, Given):
            return None
        if field.spec.to is not None:
            return self._followed(answer.value, field.spec.to)
        value = fields.to_cel(answer.value, field.spec)
        return as_cell(value) if isinstance(value, dict) else value

    def _table(self, name: str) -> list[Row] | None:
        said = self.said(name)
        if said is None:
            return None
        return [self._row(name, index, row, followed=False) for index, row in enumerate(said)]

    def _row(self, table: str, index: int, row: Row, *, followed: bool) -> Row:
        """Return a row as rules see it; one that its own table refers to is followed no further."""
        if (table, index, followed) in self._seen:
            return self._seen[table, index, followed]
        found: Row = {}
        for column, to in self._looked_at(table):
            name = column.id
            if name not in row:
                continue
            value = row[name]
            if to is None or (to == table and followed):
                found[name] = value
            elif to:
                found[name] = self._followed(value, to, own=to == table)
            else:
                found[name] = as_cell(fields.to_cel(value, column))
        self._seen[table, index, followed] = found
        return found

    def _looked_at(self, table: str) -> tuple[tuple[fields.Spec, str | None], ...]:
        """Return the columns that any rule looks at, and what each holds.

        That is the table that it refers to, nothing for a value that has to be converted, None for one that
        rules see as it stands.
        """
        if table not in self._specs:
            spec = self.named[table].spec
            self._specs[table] = tuple(
                (each, each.to if each.to in self.named else None if fields.is_seen_as_it_is(each) else "")
                for each in spec.columns
                if each.id in self._columns or each.id == spec.key
            )
        return self._specs[table]

    def _followed(self, key: Any, table: str, *, own: bool = False) -> Row:
        """Return the row that a cell refers to; of a row that is not there, the key alone."""
        index = self.index(table, key)
        if index is None:
            return {self.named[table].spec.key or "": key}
        return self._row(table, index, (self.said(table) or [])[index], followed=own)

    def index(self, table: str, key: Any) -> int | None:
        """Return the index of the row with a key, or None where there is none."""
        if table not in self._keys:
            spec = self.named[table].spec
            found: dict[str, int] = {}
            for index, row in enumerate(self.said(table) or ()):
                if (own := places.key_of(row, spec)) is not None:
                    found.setdefault(own, index)
            self._keys[table] = found
        return self._keys[table].get(key) if isinstance(key, str) else None


def as_cell(value: Any) -> Any:
    """Turn a value into what the evaluator takes where no type is declared, as within a row."""
    if isinstance(value, str | float | bool):
        return value
    duration, timestamp = _messages()
    if isinstance(value, dt.timedelta):
        return duration(seconds=value.days * 86400 + value.seconds, nanos=value.microseconds * 1000)
    if isinstance(value, dt.datetime):
        return timestamp(seconds=int(value.timestamp()))
    if isinstance(value, dict):
        return {name: as_cell(each) for name, each in value.items()}
    return value


@cache
def _messages() -> tuple[Any, Any]:
    from google.protobuf import duration_pb2, timestamp_pb2  # noqa: PLC0415 - only where a plan is judged

    return duration_pb2.Duration, timestamp_pb2.Timestamp


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _risk(risk: AcceptedRisk) -> Row:
    said = {
        "rule": risk.rule,
        "at": risk.at,
        "reason": risk.reason,
        "by": risk.by,
        "agreed_by": risk.agreed_by,
    }
    return {name: value for name, value in said.items() if value} | {"until": as_cell(_moment(risk.until))}


def target(values: Values, path: Sequence[str], row: Row, table: str) -> tuple[str, Row, str] | None:
    """Follow a path of columns through the rows as the plan writes them.

    Returns
    -------
    tuple or None
        The table, the row and the column that the path ends at; None where a reference on the way is empty
        or leads nowhere.
    """
    for index, name in enumerate(path):
        column = values.named[table].spec.column(name)
        if column is None:
            return None
        if index == len(path) - 1:
            return table, row, name
        if column.to is None or column.to not in values.named or name not in row:
            return None
        table = column.to
        found = values.index(table, row[name])
        if found is None:
            return None
        row = (values.said(table) or [])[found]
    return None
