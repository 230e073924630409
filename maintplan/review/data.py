"""A review as plain data for programs; ``templates/schemas/review.json`` describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from maintplan.plan import Standing
from maintplan.review.actions import action_for
from maintplan.review.findings import Finding, Review
from maintplan.review.readiness import Part, Readiness

Spot = tuple[str, int]
"""A file and a line."""


def of_plans(plans: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Put the reviews of plans together as `of_plan` gives them."""
    return {"plans": list(plans)}


def of_plan(
    address: str,
    standing: Standing,
    found: Review,
    ready: Readiness,
    spot: Callable[[str], Spot | None] = lambda _: None,
) -> dict[str, Any]:
    """Return the review of one plan.

    Parameters
    ----------
    address
        What the plan is called.
    standing, found, ready
        How it stands, its review, and how ready it is.
    spot
        Says where a place is written; nothing for a plan that is in no file.
    """
    plan = standing.plan

    def finding(each: Finding) -> dict[str, Any]:
        return _finding(each, standing, spot(each.at) or (None, None))

    return {
        "plan": address,
        "day": found.day.isoformat() if found.day else None,
        "service": {"name": plan.service.name, "tier": plan.service.tier, "stage": plan.service.stage},
        "revision": plan.revision,
        "template": {"name": plan.template.name, "version": plan.template.version},
        "findings": [finding(each) for each in found.findings],
        "accepted": [finding(each) for each in found.accepted],
        "waiting": [
            {
                "rule": rule.rule,
                "title": found.title(rule.rule),
                "severity": rule.severity,
                "at": rule.at,
                "for": list(rule.places),
            }
            for rule in found.waiting
        ],
        "off": [{"rule": rule, "title": found.title(rule), "reason": reason} for rule, reason in found.off],
        "readiness": {
            "plan": _part(ready.plan),
            "questions": [{"question": part.id, **_part(part)} for part in ready.questions],
        },
    }


def _finding(each: Finding, standing: Standing, spot: tuple[str | None, int | None]) -> dict[str, Any]:
    action = action_for(each, standing.plan.actions)
    return {
        "id": each.id,
        "rule": each.rule,
        "title": each.title,
        "severity": each.severity,
        "at": each.at,
        "places": list(each.places),
        "file": spot[0],
        "line": spot[1],
        "message": each.message,
        "remedy": each.remedy,
        "source": each.source,
        "open": each.open,
        "announced": each.announced.isoformat() if each.announced else None,
        "accepted": each.accepted.model_dump(mode="json", exclude_none=True) if each.accepted else None,
        "action": action.model_dump(mode="json", exclude_none=True) if action else None,
        "refused": each.refused,
        "error": each.error,
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
