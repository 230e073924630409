"""Who changed what in a plan since it was last approved, as far as its store knows."""

from __future__ import annotations

from itertools import pairwise

from maintplan.plan.diff import differences
from maintplan.store.files import PlanFile
from maintplan.store.kept import StoredPlan

_MOST = 100
"""Revisions that are looked through; what was changed before them has no name."""


def authors(kept: StoredPlan) -> dict[str, str]:
    """Return who changed each place last, the latest change first; for a plan file, nobody.

    Parameters
    ----------
    kept
        The plan in its store.
    """
    if kept.plan.approved is None or isinstance(kept, PlanFile):
        return {}
    from maintplan.store.records import PlanRecord  # noqa: PLC0415 - a plan file needs no SQLAlchemy

    if not isinstance(kept, PlanRecord):
        return {}
    approved = kept.approved_before()
    if approved is None:
        return {}
    since = [each for each in kept.revisions() if each.number >= approved.revision][-_MOST:]
    found: dict[str, str] = {}
    steps = [(kept.at(before.number), kept.at(after.number), after.by) for before, after in pairwise(since)]
    for before, after, by in reversed(steps):
        if before is None or after is None:
            continue
        for each in differences(before, after):
            found.setdefault(each.place, by)
    return found
