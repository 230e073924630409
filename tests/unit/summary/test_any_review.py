"""Whatever a plan says, what the review found of it can be shown, and each link leads somewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintplan import template
from maintplan.errors import MaintplanError
from maintplan.fields import Spec
from maintplan.plan import AcceptedRisk, Action, Plan, Service, edits, stand
from maintplan.review import load, review
from maintplan.review.data import of_plan
from maintplan.review.readiness import readiness
from maintplan.summary import deliverables, html, markdown, sections, tables
from maintplan.summary.blocks import Block, Heading, Line, Note, Part, Table
from maintplan.summary.findings import Findings

BANK = template.load("maintenance-rollout")
RULES = load(BANK)
TODAY = dt.date(2026, 7, 1)
TEXTS = ["x", "<b>", "`a`", "[#1](#y)", "\N{SNOWMAN}" * 30, "=1", "{row.name}", "|", "https://x.example/a"]
LOOKED_AT = sorted({name for each in RULES.ready for name in each.names} & set(BANK.named))


def value(spec: Spec) -> st.SearchStrategy[Any]:
    if spec.kind == "table":
        columns = {each.id: value(each) for each in spec.columns}
        return st.lists(st.fixed_dictionaries({}, optional=columns), max_size=4)
    if spec.options:
        return st.sampled_from(list(spec.options))
    if spec.kind in {"text", "markdown", "reference"}:
        return st.sampled_from(TEXTS)
    return st.sampled_from(["0s", "5m", "30d", "0", "100", "2026-06-30", "true", "false", "daily", "yearly"])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan, with risks and actions about any rule at any place."""
    stage = draw(st.sampled_from(["prototype", "beta", "production", "retiring"]))
    service = {"name": draw(st.sampled_from(TEXTS)), "tier": draw(st.integers(1, 3)), "stage": stage}
    plan = Plan(BANK, Service.model_validate(service))
    for name in draw(st.lists(st.sampled_from(LOOKED_AT), unique=True, max_size=10)):
        stances = [{"none": "No."}, {"not_applicable": "No."}, {"not_known_yet": {}}]
        said = draw(st.one_of(value(BANK.named[name].spec), st.sampled_from(stances)))
        try:
            plan = edits.answer(plan, BANK.named[name].place, said)
        except MaintplanError:
            continue
    found = review(stand(plan), RULES, TODAY)
    around = ["runbook", "recovery.system-recovery-procedures.rto"]
    abouts = [(each.rule, at) for each in found.findings for at in (*each.places, *around)]
    abouts += [(each.id, at) for each in RULES for at in around]
    risks, actions = [], []
    for number in range(draw(st.integers(0, 4))):
        rule, at = draw(st.sampled_from(abouts))
        text = draw(st.sampled_from(TEXTS))
        until = draw(st.dates(dt.date(2026, 6, 1), dt.date(2028, 1, 1)))
        risks.append(AcceptedRisk(rule=rule, at=at, reason=text, by=text, agreed_by="Ben", until=until))
        state = draw(st.sampled_from(["open", "doing", "done", "dropped"]))
        actions.append(
            Action.model_validate(
                {
                    "id": f"a{number}",
                    "about": rule,
                    "at": at,
                    "owner": text,
                    "ticket": text,
                    "due": until,
                    "state": state,
                }
            )
        )
    return replace(plan, accepted_risks=tuple(risks), actions=tuple(actions))


class _Told:
    """A plan that Hypothesis tells by its answers alone."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __repr__(self) -> str:
        held = self.plan
        return f"{held.service}, {dict(held.answers)}, {held.accepted_risks}, {held.actions}"


def links(part: Part) -> set[str]:
    found: set[str] = set()

    def of(line: Line) -> None:
        found.update(span.href for span in line if span.href and span.href.startswith("#"))

    for each in part.blocks:
        for line in _lines(each):
            of(line)
    return found


def _lines(block: Block) -> list[Line]:
    match block:
        case Note():
            return [block.line, block.more]
        case Heading():
            return [block.aside]
        case Table():
            return [cell for row in block.rows for cell in row]
        case _:
            return [getattr(block, "line", ())]


def anchors(part: Part) -> set[str]:
    found = {f"#{part.id}"}
    for each in part.blocks:
        if isinstance(each, Heading):
            found.add(f"#{each.anchor}")
        if isinstance(each, Table):
            found.update(f"#{anchor}" for anchor in each.anchors)
    return found


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_review_can_be_shown_and_each_link_leads_somewhere(data: st.DataObject) -> None:
    # Drawn here, and told short when it fails: a plan with its template would fill pages.
    plan = data.draw(plans().map(_Told)).plan
    standing = stand(plan)
    found = review(standing, RULES, TODAY)
    report = sections.report(standing, TODAY, found)
    there = {anchor for part in report for anchor in anchors(part)}
    mine = [part for part in report if part.id == "improvement"]
    for part in (*mine, *sections.sections(standing, findings=Findings(standing, found))):
        assert links(part) <= there
        assert html.part(part)
        assert markdown.part(part)
    for document in deliverables.documents(standing, TODAY, findings=Findings(standing, found)):
        there = {anchor for part in document.parts for anchor in anchors(part)}
        for part in document.parts:
            if part.id == "improvement":
                assert links(part) <= there
    assert len(tables.findings(standing, found)) == len(found.findings) + len(found.accepted)
    assert of_plan("plan.yaml", standing, found, readiness(standing, found))["plan"] == "plan.yaml"
