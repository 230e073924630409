"""Which action a finding is dealt with by."""

from __future__ import annotations

from collections.abc import Iterable

from maintplan.plan import Action
from maintplan.review.findings import Finding

SETTLED = ("done", "dropped")
"""The states of an action that nobody works on any more."""


def action_for(finding: Finding, actions: Iterable[Action]) -> Action | None:
    """Return the action that is about a finding, or None.

    It is about the finding's rule, and at its place: at the very cell, at its row, at the field, at what the
    field stands in, or at no place at all. One that is still to be done comes before one that is not, then
    the nearest, then the one that was noted first.
    """
    best: tuple[tuple[bool, int], Action] | None = None
    for each in actions:
        distance = _distance(finding, each.at) if each.about == finding.rule else None
        if distance is None:
            continue
        rank = (each.state in SETTLED, distance)
        if best is None or rank < best[0]:
            best = (rank, each)
    return best[1] if best else None


def _distance(finding: Finding, at: str | None) -> int | None:
    if at is None:
        return 9
    if at == finding.at:
        return 0
    row, column, _ = finding.at.rpartition("].")
    if column and at == f"{row}]":
        return 1
    field = finding.at.partition("[")[0]
    if at in finding.places and (at.partition("[")[0] != field or "[" not in at):
        return 2
    parts = field.split(".")
    around = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return 3 + around.index(at) if at in around else None
