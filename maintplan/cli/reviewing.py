"""A plan that was reviewed, with the lines of its file; as data for programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maintplan import yamltext
from maintplan.errors import MaintplanError
from maintplan.plan import Plan, Standing, places, stand
from maintplan.review import Readiness, Review, Rules, load, readiness
from maintplan.review import review as judge
from maintplan.review.data import of_plan, of_plans
from maintplan.store import StoredPlan


@dataclass(frozen=True)
class Spot:
    """A line of a file."""

    file: str
    line: int


@dataclass(frozen=True)
class Reviewed:
    """One plan's review.

    Attributes
    ----------
    address
        The plan as the call named it.
    text
        Its file with its lines; None for a plan that is in no file.
    """

    address: str
    text: yamltext.Document | None
    standing: Standing
    rules: Rules
    review: Review
    readiness: Readiness
    _others: dict[Path, yamltext.Document | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, address: str, opened: StoredPlan, extra: Sequence[Path], today: dt.date) -> Reviewed:
        """Review a plan that was opened."""
        rules = load(opened.plan.template, extra)
        standing = stand(opened.plan)
        found = judge(standing, rules, today)
        return cls(address, opened.text, standing, rules, found, readiness(standing, found))

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.standing.plan

    def spot(self, place: str) -> Spot | None:
        """Return where a place, or the nearest one around it, is written; an inherited value in its file."""
        if self.text is None:
            return None
        found = places.parse(place)
        standing = self.standing.fields.get(found.of_field)
        if standing is not None and standing.source == "inherited":
            inherited = self.plan.inherited.get(found.of_field)
            path = Path(self.address).parent / inherited.origin if inherited else None
            other = self._other(path) if path else None
            if other is not None:
                return Spot(str(path), other.line(self._path(found)))
        return Spot(self.address, self.text.line(self._path(found)))

    def _path(self, place: places.Place) -> list[str | int]:
        path: list[str | int] = ["answers", place.question, "considerations"]
        path += [each for each in (place.consideration, place.field) if each]
        standing = self.standing.fields.get(place.of_field)
        if place.is_field or standing is None or not isinstance(standing.value, list):
            return path
        index = places.row_index(standing.value, standing.field.spec, place)
        if index is not None:
            path.append(index)
            path += [place.column] if place.column else []
        return path

    def _other(self, path: Path) -> yamltext.Document | None:
        if path not in self._others:
            try:
                self._others[path] = yamltext.read_file(path)
            except MaintplanError:  # it was there a moment ago; the plan's own file says enough
                self._others[path] = None
        return self._others[path]


def data(reviewed: Sequence[Reviewed]) -> dict[str, Any]:
    """Return reviews as plain data."""
    return of_plans(_plan(each) for each in reviewed)


def _plan(each: Reviewed) -> dict[str, Any]:
    def spot(place: str) -> tuple[str, int] | None:
        found = each.spot(place)
        return (found.file, found.line) if found else None

    return of_plan(each.address, each.standing, each.review, each.readiness, spot)
