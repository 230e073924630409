"""What a handover says for programs: the sign-off, the findings and the accepted risks, as JSON."""

from __future__ import annotations

import json
from typing import Any

from maintplan.plan import Standing, approval
from maintplan.review import Finding, Readiness, Review


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
    plan = standing.plan
    return {
        "plans": [
            {
                "plan": "plan/plan.yaml",
                "service": {
                    "name": plan.service.name,
                    "tier": plan.service.tier,
                    "stage": plan.service.stage,
                },
                "revision": plan.revision,
                "template": {"name": plan.template.name, "version": plan.template.version},
                "findings": [_finding(each) for each in review.findings],
                "accepted": [_finding(each) for each in review.accepted],
                "waiting": [
                    {"rule": each.rule, "severity": each.severity, "at": each.at, "for": list(each.places)}
                    for each in review.waiting
                ],
                "off": [{"rule": rule, "reason": reason} for rule, reason in review.off],
                "readiness": {
                    "plan": _part(ready.plan),
                    "questions": [{"question": each.id, **_part(each)} for each in ready.questions],
                },
            }
        ]
    }


def _finding(finding: Finding) -> dict[str, Any]:
    accepted = finding.accepted.model_dump(mode="json", exclude_none=True) if finding.accepted else None
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "at": finding.at,
        "places": list(finding.places),
        "file": None,
        "line": None,
        "message": finding.message,
        "remedy": finding.remedy,
        "source": finding.source,
        "open": finding.open,
        "announced": finding.announced.isoformat() if finding.announced else None,
        "accepted": accepted,
        "refused": finding.refused,
        "error": finding.error,
    }


def _part(part: Any) -> dict[str, Any]:
    return {
        "asked": part.asked,
        "decided": part.decided,
        "open": dict(part.open),
        "waiting": part.waiting,
        "not_applicable": list(part.not_applicable),
        "accepted": [each.id for each in part.accepted],
    }


def risks(standing: Standing) -> list[dict[str, Any]]:
    """Return the risks that the team decided to live with."""
    return [each.model_dump(mode="json", exclude_none=True) for each in standing.plan.accepted_risks]
