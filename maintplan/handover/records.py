"""What a handover says for programs: the sign-off, the findings and the accepted risks, as JSON."""

from __future__ import annotations

import json
from typing import Any

from maintplan.plan import Standing, approval
from maintplan.review import Readiness, Review
from maintplan.review.data import of_plan, of_plans


def text(data: Any) -> bytes:
    """Return data as JSON that people can read too."""
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def sign_off(standing: Standing) -> dict[str, Any]:
    """Return what each role said to the plan's content, and all rounds."""
    plan = standing.plan
    return {
        "service": plan.service.name,
        "revision": plan.revision,
        "status": approval.status(plan, standing),
        "content": approval.content(plan, standing),
        "roles": [
            {
                "role": each.role,
                "label": each.label,
                "counts": each.counts,
                "round": each.round.model_dump(mode="json", exclude_none=True) if each.round else None,
            }
            for each in approval.sign_offs(plan, standing)
        ],
        "rounds": [each.model_dump(mode="json", exclude_none=True) for each in plan.rounds],
        "lapses": day.isoformat() if (day := approval.lapses(plan, standing)) else None,
    }


def findings(standing: Standing, review: Review, ready: Readiness) -> dict[str, Any]:
    """Return the review, in the shape of ``maintplan review --format json``."""
    return of_plans([of_plan("plan/plan.yaml", standing, review, ready)])


def risks(standing: Standing) -> list[dict[str, Any]]:
    """Return the risks that the team decided to live with."""
    return [each.model_dump(mode="json", exclude_none=True) for each in standing.plan.accepted_risks]
