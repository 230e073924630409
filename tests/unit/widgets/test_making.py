"""Documents for the app are made in a process of their own, and can be had once the plan is complete."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from maintplan import resources, store, zipped
from maintplan.plan import Plan, approval
from maintplan.widgets import making

WHEN = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def complete() -> Plan:
    plan = store.open(resources.example("checkout") / "plan.yaml").plan
    for role, by in (("service-owner", "Ada"), ("operations", "Ben"), ("security", "Cem")):
        plan = approval.say_yes(plan, by=by, role=role, when=WHEN, blocking=())
    return plan


def test_the_handover_holds_the_documents_in_every_format_that_can_be_made(complete: Plan) -> None:
    made = asyncio.run(making.make(making.HANDOVER, complete))
    assert (made.name, made.type) == ("checkout-handover.zip", "application/zip")
    held = zipped.unpack(made.data)
    endings = {name.rpartition(".")[2] for name in held if name.startswith("documents/maintenance-runbook.")}
    assert endings == {"html", "md", "pdf", "docx"}
    assert {"index.html", "plan/plan.yaml", "calendar/calendar.ics"} <= set(held)
