"""Readiness by team: the sum of its services' plans, now and at the end of each of the last months.

A team is who owns a service. Its readiness is what its plans have decided, of all that they are asked; no
weights, so that each figure can be counted again. A store keeps revisions, and so knows how it was before;
of a batch it is its baseline that does.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maintplan.plan import stand

if TYPE_CHECKING:
    from maintplan.store.records import PlanRecord

MONTHS = 6
"""How many months back readiness is looked up."""


@dataclass(frozen=True)
class Team:
    """One team.

    Attributes
    ----------
    name
        Its name; empty for services that name no owner.
    services
        How many it has.
    decided, asked
        Considerations of all its plans.
    high, medium
        Findings that are open.
    before
        Decided and asked at earlier days, by day; None where it had no plan yet.
    """

    name: str
    services: int
    decided: int
    asked: int
    high: int
    medium: int
    before: Mapping[str, tuple[int, int] | None]


def teams(
    planned: Mapping[str, Mapping[str, Any]], earlier: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Team]:
    """Return the teams, those with most left to decide first.

    Parameters
    ----------
    planned
        The facts of plans, by service.
    earlier
        Those of an earlier batch.
    """
    owned = defaultdict(list)
    for service, about in planned.items():
        owned[str(about.get("owner") or "")].append((service, about))
    days = sorted({day for about in planned.values() for day in about.get("history", {})})
    found = []
    for name, held in owned.items():
        before = {day: _sum([about.get("history", {}).get(day) for _, about in held]) for day in days}
        if earlier is not None:
            then = [earlier[service] for service, _ in held if service in earlier]
            day = max((str(each.get("day") or "") for each in earlier.values()), default="")
            before = {day: _sum([_pair(each["whole"]) for each in then]), **before}
        counts = {
            key: sum(about["whole"][key] for _, about in held)
            for key in ("decided", "asked", "high", "medium")
        }
        found.append(Team(name, len(held), **counts, before=dict(sorted(before.items()))))
    return sorted(found, key=lambda each: (each.decided - each.asked, each.name))


def history(kept: PlanRecord, day: dt.date) -> dict[str, tuple[int, int]]:
    """Return what a stored plan had decided, of what it was asked, at the end of each of the last months.

    Parameters
    ----------
    kept
        The plan in its store.
    day
        The day from which is looked back.
    """
    revisions = kept.revisions()
    known: dict[int, tuple[int, int]] = {}
    found = {}
    for end in _ends(day):
        number = max((each.number for each in revisions if each.when.date() <= end), default=None)
        if number is None:
            continue
        if number not in known:
            plan = kept.at(number)
            if plan is None:
                continue
            count = stand(plan).count()
            known[number] = (count.decided, count.asked)
        found[end.isoformat()] = known[number]
    return found


def _ends(day: dt.date) -> list[dt.date]:
    """Return the last days of the months before a day, the earliest first."""
    found: list[dt.date] = []
    while len(found) < MONTHS:
        day = day.replace(day=1) - dt.timedelta(days=1)
        found.insert(0, day)
    return found


def _pair(whole: Mapping[str, int]) -> tuple[int, int]:
    return whole["decided"], whole["asked"]


def _sum(pairs: Sequence[Any]) -> tuple[int, int] | None:
    there = [each for each in pairs if each is not None]
    return (sum(each[0] for each in there), sum(each[1] for each in there)) if there else None
