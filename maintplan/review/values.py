"""What rules see of one plan: typed values by name, computed when first asked for.

A cell that refers to a row of another table holds that row. Lengths of time and dates within rows are
protobuf messages, because the evaluator takes no others there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import is_
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.plan import AcceptedRisk, FieldStanding, Given, Nothing, Standing, places
from maintplan.review.sight import Sight
from maintplan.review.types import GIVEN, KNOWN, apart
from maintplan.template import Field

if TYPE_CHECKING:
    from maintplan.review.rules import InForce

Row = dict[str, Any]

_SAID = (Given, Nothing)
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
    those
        The rules that look: they say what they look at, and keep what they saw last.
    """

    def __init__(
        self, standing: Standing, today: dt.date, risks: Iterable[AcceptedRisk], those: InForce
    ) -> None:
        self._kept, self._seen, self._sights = those.kept, those.seen, those.sights
        service = standing.plan.service
        self.standing = standing
        self.named: Mapping[str, Field] = standing.plan.template.named
        self._rows: dict[str, list[Row] | None] = {}
        self._said: dict[str, list[Row] | None] = {}
        self._known: dict[str, Any] = {
            "service.name": service.name,
            "service.tier": service.tier,
            "service.stage": service.stage,
            "today": _moment(today),
            "accepted_risks": [_risk(each) for each in risks],
        }

    def some(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the values of those names that have one."""
        known = self._known
        found = {}
        for name in names:
            if name in known:
                value = known[name]
            else:
                value = known[name] = self._value(name)
            if value is not None:
                found[name] = value
        return found

    def field(self, name: str) -> FieldStanding | None:
        """Return how the field stands that a name is, or stands beside; None for what is no field."""
        found = self.named.get(apart(name)[0])
        return self.standing.fields[found.place] if found is not None else None

    def rows(self, name: str) -> list[Row] | None:
        """Return the rows of a table as rules see them, or None while it has no answer."""
        if name not in self._rows:
            self._rows[name] = self._table(name)
        return self._rows[name]

    def said(self, name: str) -> list[Row] | None:
        """Return the rows of a table as the plan writes them, or None while it has no answer."""
        if name not in self._said:
            self._said[name] = self._as_written(name)
        return self._said[name]

    def _as_written(self, name: str) -> list[Row] | None:
        standing = self.field(name)
        if standing is None or not standing.shown:
            return None
        if isinstance(standing.answer, Nothing):
            return []
        return standing.value if isinstance(standing.value, list) else None

    def _value(self, name: str) -> Any:
        base, ending = apart(name)
        field = self.named.get(base)
        if field is None:
            return None
        standing = self.standing.fields[field.place]
        answer = None if standing.state == "set_aside" else standing.answer
        seen = self._seen.get(name)
        if seen is not None and seen[0] is answer:
            return seen[1]
        value = self._made(name, ending, field, answer)
        if ending or (field.spec.to is None and not self._follows(base)):
            # What refers to nothing hangs on its own answer alone.
            self._seen[name] = (answer, value)
        return value

    def _follows(self, name: str) -> bool:
        """Whether the rules look through references in the rows of a table."""
        sight = self._sights.get(name, Sight())
        return any(each.to and each.id in sight.followed for each in self.named[name].spec.columns)

    def _made(self, name: str, ending: str, field: Field, answer: Any) -> Any:
        if ending == KNOWN:
            return isinstance(answer, _SAID)
        if ending == GIVEN:
            return isinstance(answer, Given) if isinstance(answer, _SAID) else None
        if field.kind == "table":
            return self.rows(name)
        if isinstance(answer, Nothing):
            return [] if field.kind in _EMPTY else None
        if not isinstance(answer, Given):
            return None
        if field.spec.to is not None:
            return self._followed(answer.value, field.spec.to)
        if fields.is_seen_as_it_is(field.spec):
            return answer.value
        return self._unless_kept(name, (answer.value,), lambda: _scalar(answer.value, field.spec))

    def _unless_kept(self, name: str, of: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """Return what is made of some objects: what was made last time, while they are the same."""
        before, made = self._kept.get(name, ((), None))
        if len(before) != len(of) or not all(map(is_, before, of)):
            made = make()
            self._kept[name] = (of, made)
        return made

    def _table(self, name: str) -> list[Row] | None:
        said = self.said(name)
        if not said:
            return said
        spec, sight = self.named[name].spec, self._sights.get(name, Sight())
        looked_at = [each for each in spec.columns if each.id in sight.columns]
        rows: list[Row] = self._unless_kept(name, (said,), lambda: [_cells(row, looked_at) for row in said])
        to = {each.id: each.to for each in looked_at if each.to in self.named and each.id in sight.followed}
        if not to:
            return rows
        others = [self.rows(table) for table in to.values() if table is not None and table != name]
        followed: list[Row] = self._unless_kept(
            f"{name}, followed", (rows, *others), lambda: self._follow(name, rows, to)
        )
        return followed

    def _follow(self, name: str, rows: list[Row], to: Mapping[str, str | None]) -> list[Row]:
        """Put into the rows of a table the rows that their cells refer to."""
        others = {column: table for column, table in to.items() if table is not None and table != name}
        rows = [_linked(row, others, self._followed) for row in rows]
        if len(others) < len(to):
            # A table that refers to itself is followed once: the rows that are reached hold the bare key.
            own = {column: name for column in to if column not in others}
            bare = rows
            rows = [_linked(row, own, lambda key, _: self._of_key(key, name, bare)) for row in rows]
        return rows

    def _followed(self, key: Any, table: str) -> Row:
        return self._of_key(key, table, self.rows(table) or [])

    def _of_key(self, key: Any, table: str, rows: list[Row]) -> Row:
        """Return the row that a cell refers to; of a row that is not there, the key alone."""
        index = self.index(table, key)
        return {self.named[table].spec.key or "": key} if index is None else rows[index]

    def index(self, table: str, key: Any) -> int | None:
        """Return the index of the row with a key, or None where there is none."""
        said = self.said(table)
        if not said or not isinstance(key, str):
            return None
        keys: dict[str, int] = self._unless_kept(f"{table}, keys", (said,), lambda: self._keys(table, said))
        return keys.get(key)

    def _keys(self, table: str, said: list[Row]) -> dict[str, int]:
        spec = self.named[table].spec
        found: dict[str, int] = {}
        for index, row in enumerate(said):
            if (own := places.key_of(row, spec)) is not None:
                found.setdefault(own, index)
        return found


def _cells(row: Row, columns: Sequence[fields.Spec]) -> Row:
    return {
        each.id: row[each.id] if fields.is_seen_as_it_is(each) else as_cell(fields.to_cel(row[each.id], each))
        for each in columns
        if each.id in row
    }


def _scalar(value: Any, spec: fields.Spec) -> Any:
    seen = fields.to_cel(value, spec)
    return as_cell(seen) if isinstance(seen, dict) else seen


def _linked(row: Row, references: Mapping[str, str], follow: Callable[[Any, str], Row]) -> Row:
    """Return a row with the rows in it that its cells refer to."""
    found = {column: follow(row[column], table) for column, table in references.items() if column in row}
    return {**row, **found} if found else row


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
