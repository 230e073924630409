"""The documents of a plan: each holds what its reader needs, and together they hold every answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maintplan import store, template
from maintplan.plan import Plan, Service, edits, stand
from maintplan.plan.diff import differences
from maintplan.summary import deliverables, markdown, sections
from maintplan.summary.blocks import Heading, Pairs, Part, Steps, Table
from maintplan.summary.documents import Document

EXAMPLE = Path(__file__).parents[3] / "examples" / "directory" / "plan.yaml"
TODAY = dt.date(2026, 11, 24)
FIVE = [
    "maintenance-runbook",
    "versioning-strategy",
    "rollback-procedures",
    "feature-rollout-plan",
    "maintenance-documentation",
]


@pytest.fixture(scope="module")
def directory() -> Plan:
    return store.open(EXAMPLE).plan


@pytest.fixture
def plan() -> Plan:
    """A plan with the answers of one procedure, an alert that leads to it and a contact."""
    bank = template.load("maintenance-rollout")
    service = Service(
        name="pay",
        tier=2,
        stage="production",
        owner="payments",
        runbook_base="https://runbooks.example.org/pay",
    )
    held = Plan(bank, service)
    answers: dict[str, Any] = {
        "runbook.contacts": [{"name": "On-call", "role": "Answers first", "reach": "pager"}],
        "runbook.escalation": [{"step": "first", "contact": "On-call", "after": "0s"}],
        "runbook.procedures": [
            {"name": "restart one instance", "kind": "restart", "who_may": "Anyone on call"},
            {"name": "restore the database", "kind": "restore"},
        ],
        "runbook.procedure_steps": [
            {
                "name": "out of traffic",
                "procedure": "restart one instance",
                "do": "Take it out of traffic",
                "command": "kubectl cordon <node>",
                "verify": "It gets no more requests",
            },
            {"name": "start", "procedure": "restart one instance", "do": "Start it"},
        ],
        "monitoring.alerts": [
            {
                "name": "Errors over 1 %",
                "condition": "…",
                "severity": "page",
                "runbook": "restart one instance",
            }
        ],
        "release.triggers": [{"trigger": "errors", "alert": "Errors over 1 %", "threshold": "1 %"}],
        "release.method": "redeploy-previous",
    }
    for name, value in answers.items():
        held = edits.answer(held, name, value)
    return held


def made(plan: Plan, approved: Plan | None = None) -> dict[str, Document]:
    return {each.id: each for each in deliverables.documents(stand(plan), TODAY, approved)}


def part(document: Document, part_id: str) -> Part:
    return next(each for each in document.parts if each.id == part_id)


def said(*parts: Part) -> str:
    return " ".join(markdown.join(parts).split())


def texts(data: Any) -> Iterator[str]:
    """Every text of blocks that were written as JSON, in their order."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in {"text", "code", "markdown"} and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


def test_a_plan_produces_the_five_documents_of_its_template(directory: Plan) -> None:
    assert list(made(directory)) == FIVE
    for document in made(directory).values():
        cover = said(document.cover)
        assert "For " in cover
        assert "Directory team" in cover
        assert "24 November 2026" in cover


def test_a_procedure_is_numbered_steps_with_their_command_and_how_to_see_that_it_worked(plan: Plan) -> None:
    restart = part(made(plan)["maintenance-runbook"], "restart")
    steps = next(each for each in restart.blocks if isinstance(each, Steps))
    assert [step.code for step in steps.items] == ["kubectl cordon <node>", ""]
    text = said(restart)
    assert "Who may: Anyone on call." in text
    assert "It worked when: It gets no more requests" in text
    assert "restore" not in text


def test_a_procedure_without_steps_says_so(plan: Plan) -> None:
    assert "not written down yet" in said(part(made(plan)["maintenance-runbook"], "restore"))


def test_who_is_called_stands_with_the_number_that_rings(plan: Plan) -> None:
    first = part(made(plan)["maintenance-runbook"], "who-to-reach").blocks[0]
    assert isinstance(first, Table)
    assert [column.label for column in first.columns] == ["After", "Who", "Number or pager"]
    assert [span.text for cell in first.rows[0] for span in cell] == [
        "at once",
        "On-call",
        "pager",
    ]


def test_whom_one_can_reach_is_there_before_anybody_has_said_in_which_order(plan: Plan) -> None:
    for steps in ([], [{"step": "first", "after": "0s"}]):
        early = edits.answer(plan, "runbook.escalation", steps)
        assert "| On-call | pager |" in said(part(made(early)["maintenance-runbook"], "who-to-reach"))


def test_each_alert_has_an_address_that_stays_and_leads_to_its_procedure(plan: Plan) -> None:
    runbook = made(plan)["maintenance-runbook"]
    heading, pairs, *_ = part(runbook, "alerts").blocks
    assert isinstance(heading, Heading)
    assert heading.anchor == "alert-errors-over-1"
    assert isinstance(pairs, Pairs)
    shown = dict(pairs.pairs)
    assert shown["Address for runbook_url"][0].href == "https://runbooks.example.org/pay#alert-errors-over-1"
    target = shown["Runbook entry"][0].href
    anchors = [block.anchor for each in runbook.parts for block in each.blocks if isinstance(block, Heading)]
    assert target is not None
    assert target.removeprefix("#") in anchors


def test_every_link_within_a_document_has_an_end_there(directory: Plan) -> None:
    for document in made(directory).values():
        if document.whole:
            continue
        data = document.to_json()
        ends = {each["id"] for each in data["parts"]}
        links: set[str] = set()
        for each in document.parts:
            for block in each.blocks:
                if isinstance(block, Heading):
                    ends.add(block.anchor)
                if isinstance(block, Table):
                    links |= {span.href for row in block.rows for cell in row for span in cell if span.href}
        assert {link[1:] for link in links if link.startswith("#")} <= ends


def test_what_a_document_still_lacks_is_named_with_the_section_that_would_hold_it(plan: Plan) -> None:
    lacking = said(part(made(plan)["rollback-procedures"], "lacking"))
    assert "**Who decides**: Who decides." in lacking
    assert "decision_maker" not in lacking


def test_what_changed_since_the_approval_stands_in_the_documents_that_show_it(plan: Plan) -> None:
    now = edits.answer(plan, "release.method", "traffic-switch")
    after = made(now, approved=plan)
    rollback = said(part(after["rollback-procedures"], "changes"))
    assert "Redeploying the previous version" in rollback
    assert "Switching traffic to the previous version" in rollback
    assert "changes" not in [each.id for each in after["versioning-strategy"].parts]
    assert "changes" in [each.id for each in after["maintenance-documentation"].parts]


def test_a_text_that_changed_is_said_without_its_marks_and_what_is_gone_as_nothing(plan: Plan) -> None:
    before = edits.respond(plan, "release", "We release **every** week.\n\n1. build\n2. `ship`")
    whole = said(part(made(plan, approved=before)["maintenance-documentation"], "changes"))
    assert "We release every week.<br>build<br>ship | nothing" in whole


def test_who_changed_it_is_said_where_a_store_knows(plan: Plan) -> None:
    now = edits.answer(plan, "release.method", "traffic-switch")
    now = edits.describe_service(now, owner="billing")
    place = next(each.place for each in differences(plan, now) if each.part == "answers")
    found = deliverables.documents(stand(now), TODAY, plan, authors={place: "ana"})
    after = {each.id: each for each in found}
    rollback = said(part(after["rollback-procedures"], "changes"))
    assert "Changed by" in rollback
    assert "ana" in rollback
    whole = said(part(after["maintenance-documentation"], "changes"))
    assert "billing" in whole, "what is no answer stands in the whole plan"
    assert "billing" not in rollback


def test_a_consideration_that_was_taken_out_as_a_whole_is_a_change(plan: Plan) -> None:
    now = edits.not_applicable(plan, "release.rollback-and-recovery-procedures", "Nothing is released.")
    rollback = said(part(made(now, approved=plan)["rollback-procedures"], "changes"))
    assert "Not applicable: Nothing is released." in rollback


def test_nothing_is_said_of_changes_where_nothing_changed(plan: Plan) -> None:
    assert all(
        "changes" not in [each.id for each in document.parts] for document in made(plan, plan).values()
    )


def test_rows_that_came_went_and_moved_are_said_in_words(plan: Plan) -> None:
    rows = [{"name": "Second", "role": "Helps", "reach": "phone"}]
    now = edits.answer(plan, "runbook.contacts", rows)
    text = said(part(made(now, approved=plan)["maintenance-runbook"], "changes"))
    assert "Second" in text
    assert "On-call" in text
    assert "{" not in text


def test_what_does_not_apply_as_a_whole_is_said_once(plan: Plan) -> None:
    place = "rollout.user-training-and-documentation"
    now = edits.not_applicable(plan, place, "Internal API, no end users.")
    text = said(*made(now)["feature-rollout-plan"].parts)
    assert text.count("Internal API, no end users.") == 1


def test_a_document_comes_out_of_the_notebook_as_it_went_in(directory: Plan) -> None:
    for document in made(directory).values():
        assert Document.model_validate(document.to_json()) == document


def test_a_draft_says_how_much_is_open(plan: Plan) -> None:
    count = stand(plan).count()
    assert f"Draft: {count.left} of {count.asked} considerations" in said(
        made(plan)["maintenance-runbook"].cover
    )


def test_the_documentation_lays_steps_out_under_their_procedures_with_their_names(plan: Plan) -> None:
    (runbook,) = [each for each in sections.sections(stand(plan)) if each.id == "runbook"]
    (steps,) = [each for each in runbook.blocks if isinstance(each, Steps)]
    label = runbook.blocks[runbook.blocks.index(steps) - 1]
    assert markdown.block(label).strip() == "**Restart one instance**"
    assert markdown.block(steps).startswith("1. **out of traffic.** Take it out of traffic")


def test_a_number_and_its_unit_stay_together_in_a_narrow_column(plan: Plan) -> None:
    (runbook,) = [each for each in sections.sections(stand(plan)) if each.id == "runbook"]
    escalation = next(
        each for each in runbook.blocks if isinstance(each, Table) and each.caption == "Escalation path"
    )
    assert "at once" in "".join(texts(escalation.model_dump(mode="json")))
    held = edits.answer(
        plan,
        "runbook.emergency-response-procedures.escalation",
        [{"step": "first", "contact": "On-call", "after": "15m"}],
    )
    (runbook,) = [each for each in sections.sections(stand(held)) if each.id == "runbook"]
    escalation = next(
        each for each in runbook.blocks if isinstance(each, Table) and each.caption == "Escalation path"
    )
    assert "15\N{NO-BREAK SPACE}minutes" in list(texts(escalation.model_dump(mode="json")))
