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
from maintplan.review import Finding, Part, Readiness, Review, Rules, action_for, load, readiness
from maintplan.review import review as judge
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
    """Return reviews as plain data; ``templates/schemas/review.json`` describes it."""
    return {"plans": [_plan(each) for each in reviewed]}


def _plan(each: Reviewed) -> dict[str, Any]:
    plan, found = each.plan, each.review
    return {
        "plan": each.address,
        "day": found.day.isoformat() if found.day else None,
        "service": {"name": plan.service.name, "tier": plan.service.tier, "stage": plan.service.stage},
        "revision": plan.revision,
        "template": {"name": plan.template.name, "version": plan.template.version},
        "findings": [_finding(each, finding) for finding in found.findings],
        "accepted": [_finding(each, finding) for finding in found.accepted],
        "waiting": [
            {"rule": rule.rule, "severity": rule.severity, "at": rule.at, "for": list(rule.places)}
            for rule in found.waiting
        ],
        "off": [{"rule": rule, "reason": reason} for rule, reason in found.off],
        "readiness": {
            "plan": _part(each.readiness.plan),
            "questions": [{"question": part.id, **_part(part)} for part in each.readiness.questions],
        },
    }


def _finding(of: Reviewed, finding: Finding) -> dict[str, Any]:
    spot = of.spot(finding.at)
    action = action_for(finding, of.plan.actions)
    accepted = finding.accepted.model_dump(mode="json", exclude_none=True) if finding.accepted else None
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "at": finding.at,
        "places": list(finding.places),
        "file": spot.file if spot else None,
        "line": spot.line if spot else None,
        "message": finding.message,
        "remedy": finding.remedy,
        "source": finding.source,
        "open": finding.open,
        "announced": finding.announced.isoformat() if finding.announced else None,
        "accepted": accepted,
        "action": action.model_dump(mode="json", exclude_none=True) if action else None,
        "refused": finding.refused,
        "error": finding.error,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "asked": part.asked,
        "decided": part.decided,
        "open": dict(part.open),
        "waiting": part.waiting,
        "not_applicable": list(part.not_applicable),
        "accepted": [each.id for each in part.accepted],
    }
