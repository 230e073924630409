from __future__ import annotations

from pathlib import Path

import pytest

from maintplan import template
from maintplan.plan import edits
from maintplan.plan.model import CrossItem, Input, NotApplicable, Plan, Service

POCKET = Path(__file__).parents[2] / "data" / "pocket"


@pytest.fixture(scope="session")
def bank() -> template.Template:
    """A template with every kind of step, and little of each."""
    return template.load(POCKET)


@pytest.fixture
def plan(bank: template.Template) -> Plan:
    """A plan that nobody has answered anything in."""
    return Plan(bank, Service(name="notes", tier=2))


@pytest.fixture
def whole(plan: Plan) -> Plan:
    """A plan in which everything that is asked has an answer."""
    plan = edits.answer(plan, "rollout.stages", [{"name": "canary", "percent": 5, "gate": "errors"}])
    plan = edits.answer(plan, "rollout.gates", [{"gate": "errors", "threshold": "1 %"}])
    for place, value in (
        ("rollout.published", "false"),
        ("recovery.rto", "2h"),
        ("recovery.rpo", "5m"),
        ("recovery.keeps", "true"),
        ("recovery.interval", "daily"),
    ):
        plan = edits.answer(plan, place, value)
    plan = edits.provide_input(plan, "alert-rules", Input(status="provided", references=("alerts.yaml",)))
    for item in ("secure-backups", "access-review"):
        plan = edits.cross_cut(plan, "security-privacy", item, CrossItem(status="met"))
    return edits.cross_cut(plan, "responsible-ai", None, NotApplicable(not_applicable="No AI."))
