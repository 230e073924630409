"""What the portfolio needs to know of one plan, as plain data.

Taken once, where the plan is at hand, so that a portfolio of thousands opens no plan again. Places are those
of the template *maintenance-rollout*; a plan of another template has fewer facts.

Nine tenths of the facts are what few ask for (`LONG`); of thousands of plans these are held packed.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Mapping
from typing import Any

from maintplan import calendar, review
from maintplan.plan import Action, Given, Plan, Standing, approval, stand

RECOVERY = "recovery.system-recovery-procedures"
TESTING = "recovery.recovery-testing-and-validation"
ROLLOUT = "rollout.phased-feature-rollout-strategy"
MAINTENANCE = frozenset({"task", "window", "drill", "review"})
"""The kinds of calendar items that are work on the service."""
LONG = ("findings", "calendar", "questions", "headings")
"""The facts that are long."""


def facts(
    plan: Plan, today: dt.date | None = None, known: tuple[Standing, review.Review | None] | None = None
) -> dict[str, Any]:
    """Return the facts of a plan.

    Parameters
    ----------
    plan
        The plan.
    today
        The day on which it is judged.
    known
        How it stands, and its review of that day, where they were worked out already.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    standing, found = known or (stand(plan), None)
    if found is None:
        found = review.review(standing, review.load(plan.template), today)
    ready = review.readiness(standing, found)
    service = plan.service
    return {
        "name": service.name,
        "owner": service.owner or "",
        "tier": service.tier,
        "stage": service.stage,
        "template": plan.template.name,
        "template_version": plan.template.version,
        "revision": plan.revision,
        "status": approval.status(plan),
        "day": today.isoformat(),
        "questions": {each.id: _part(each) for each in ready.questions},
        "headings": {each.id: each.heading for each in ready.questions},
        "whole": _part(ready.plan),
        "findings": [_finding(each, plan) for each in found.findings],
        "risks": [
            {
                "rule": each.rule,
                "at": each.at,
                "by": each.by,
                "until": _day(each.until),
                "reason": each.reason,
            }
            for each in plan.accepted_risks
        ],
        "actions": [_action(each) for each in plan.actions if each.state not in review.SETTLED],
        "last_restore_test": _value(standing, f"{TESTING}.last_restore_test"),
        "rto": _value(standing, f"{RECOVERY}.rto"),
        "needs": _needs(standing),
        "waves": _rows(standing, f"{ROLLOUT}.stages", ("name", "percent", "bake_time")),
        "wave_start": _value(standing, f"{ROLLOUT}.start"),
        "calendar": [
            _item(each) for each in calendar.items(standing, today) if MAINTENANCE.intersection(each.kinds)
        ],
    }


def packed(about: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the facts that are short, and those that are long as `unpacked` takes them."""
    long = {name: about[name] for name in LONG if name in about}
    short = {name: value for name, value in about.items() if name not in long}
    return short, zlib.compress(json.dumps(long).encode(), level=1)


def unpacked(long: bytes) -> dict[str, Any]:
    """Return facts that were packed."""
    found: dict[str, Any] = json.loads(zlib.decompress(long)) if long else {}
    return found


def _part(part: review.Part) -> dict[str, int]:
    return {
        "asked": part.asked,
        "decided": part.decided,
        **{severity: part.open[severity] for severity in review.SEVERITIES},
        "waiting": part.waiting,
        "accepted": len(part.accepted),
    }


def _finding(each: review.Finding, plan: Plan) -> dict[str, Any]:
    until = each.accepted.until if each.accepted else None
    action = review.action_for(each, plan.actions)
    return {
        "id": each.id,
        "rule": each.rule,
        "title": each.title,
        "severity": each.severity,
        "at": each.at,
        "message": each.message,
        "remedy": each.remedy,
        "open": each.open,
        "accepted_until": _day(until),
        "action": None if action is None or action.state in review.SETTLED else action.id,
    }


def _action(each: Action) -> dict[str, Any]:
    return {
        "id": each.id,
        "about": each.about,
        "at": each.at,
        "owner": each.owner,
        "due": _day(each.due),
        "state": each.state,
        "ticket": each.ticket,
    }


def _needs(standing: Standing) -> list[dict[str, Any]]:
    """Return what the service needs for its recovery, with the plans that are named."""
    return _rows(standing, f"{RECOVERY}.dependencies", ("system", "their_rto", "plan"))


def _rows(standing: Standing, place: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = _value(standing, place)
    if not isinstance(rows, list):
        return []
    return [{name: row.get(name) for name in columns} for row in rows if isinstance(row, Mapping)]


def _value(standing: Standing, place: str) -> Any:
    found = standing.fields.get(place)
    return None if found is None or not isinstance(found.answer, Given) else found.value


def _item(each: calendar.Item) -> dict[str, Any]:
    timing = each.timing
    return {
        "place": each.place,
        "kind": each.kind,
        "title": each.title,
        "start": timing.start.isoformat(),
        "rule": timing.rule,
        "zone": timing.zone,
        "minutes": None if timing.length is None else int(timing.length.total_seconds() // 60),
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
