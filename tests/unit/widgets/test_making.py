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


def test_a_markdown_file_comes_with_the_pictures_that_it_shows(complete: Plan) -> None:
    made = asyncio.run(making.make("feature-rollout-plan.markdown", complete))
    held = zipped.unpack(made.data)
    text = held["feature-rollout-plan.md"].decode()
    pictures = [name for name in held if name.endswith(".svg")]
    assert made.name == "checkout-feature-rollout-plan.zip"
    assert pictures
    assert all(name in text for name in pictures)


def test_each_document_is_offered_in_each_format_that_can_be_made(complete: Plan) -> None:
    assert [each["title"] for each in making.offered(complete)] == [
        "Maintenance runbook",
        "Versioning strategy",
        "Rollback procedures",
        "Feature rollout plan",
        "Maintenance documentation",
    ]
    assert making.formats() == ["html", "pdf", "docx", "markdown"]
