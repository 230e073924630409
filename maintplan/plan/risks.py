"""What an accepted risk needs before it counts: a reason, two people, and an end within a year.

A plan file may hold one that lacks some of it, because people write files; it loads, does not count, and is
shown with why. A program's edit refuses it at once (`maintplan.plan.edits.accept_risk`).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from maintplan.plan.model import AcceptedRisk

LONGEST = 366
"""Days for which a risk can be accepted."""

Flaw = Literal["no_reason", "nobody", "not_agreed", "same_person", "past", "too_long"]
"""Why an acceptance does not count; the words for each are in ``templates/words/``, under ``risks``."""


def flaw(risk: AcceptedRisk, today: dt.date) -> Flaw | None:
    """Return why an accepted risk does not count, or None when it does."""
    if not risk.reason.strip():
        return "no_reason"
    if not risk.by.strip():
        return "nobody"
    if not (risk.agreed_by or "").strip():
        return "not_agreed"
    if person(risk.agreed_by or "") == person(risk.by):
        return "same_person"
    if risk.until < today:
        return "past"
    return "too_long" if (risk.until - today).days > LONGEST else None


def person(name: str) -> str:
    """Return a name as people are told apart by: case and spaces make nobody another person."""
    return " ".join(name.split()).casefold()
