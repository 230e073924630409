"""Documents for the app are made in a process of their own, and can be had once the plan is complete."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from maintplan import resources, store, zipped
from maintplan.plan import Plan, approval, edits
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


def test_a_markdown_file_comes_with_its_pictures_and_with_what_changed_since_the_approval(
    complete: Plan, tmp_path: Path
) -> None:
    kept = store.open(f"sqlite:///{tmp_path}/plans.db#checkout", template="maintenance-rollout")
    approved = kept.save(complete, create=True, by="ada", when=WHEN)
    changed = edits.answer(approved, "rollout.abort_within", "7m")
    kept.save(changed, by="dora", when=WHEN + dt.timedelta(days=1))
    made = asyncio.run(making.make("feature-rollout-plan.markdown", kept.plan, str(kept.address)))
    held = zipped.unpack(made.data)
    text = held["feature-rollout-plan.md"].decode()
    pictures = [name for name in held if name.endswith(".svg")]
    assert made.name == "checkout-feature-rollout-plan.zip"
    assert pictures
    assert all(name in text for name in pictures)
    since = text.partition("What changed since the last approval")[2]
    assert "7 minutes" in since
    assert "dora" in since


def test_a_document_is_kept_until_the_plan_or_the_day_is_another(
    complete: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def counted(what: str, plan: Plan, address: str | None) -> making.Made:
        asked.append(f"{what} of {plan.revision} at {address}")
        return making.Made(what, making.HTML, b"made")

    monkeypatch.setattr(making, "make", counted)
    maker, today = making.Maker(), WHEN.date()

    def make(what: str, plan: Plan = complete, day: dt.date = today) -> None:
        asyncio.run(maker.make(what, plan, "plan.yaml", day))

    make("runbook")
    make("runbook")
    assert len(asked) == 1
    make("maintenance-runbook.pdf")
    make("runbook", day=today + dt.timedelta(days=1))
    make("runbook", plan=replace(complete, revision=complete.revision + 1))
    assert len(asked) == 4


def test_each_document_is_offered_in_each_format_that_can_be_made(complete: Plan) -> None:
    assert [each["title"] for each in making.offered(complete)] == [
        "Maintenance runbook",
        "Versioning strategy",
        "Rollback procedures",
        "Feature rollout plan",
        "Maintenance documentation",
    ]
    assert making.formats() == ["html", "pdf", "docx", "markdown"]
