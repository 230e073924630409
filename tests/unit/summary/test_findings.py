"""The improvement plan and its notes: what is open, who sees to it, what was accepted, what waits."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maintplan import template
from maintplan.plan import AcceptedRisk, Action, Plan, Service, edits, stand
from maintplan.review import Review, by_field, load, review
from maintplan.review.examples import without_recommendations
from maintplan.summary import html, markdown, sections, signing, tables
from maintplan.summary.blocks import Block, Heading, Note, Paragraph, Part, Table
from maintplan.summary.findings import Findings, in_plan

POCKET = Path(__file__).parents[2] / "data" / "pocket"
TODAY = dt.date(2026, 7, 1)
STAGES, RPO = "rollout.rollout-stages.stages", "recovery.recovery-targets.rpo"
RULES = """
- id: loses-too-much
  severity: high
  require: "recovery.rpo <= duration('1m')"
  message: "{recovery.rpo} may be lost."
  fields: [recovery.rpo]
  remedy: Copy more often.
  source: own judgement
- id: stage-too-short
  severity: medium
  each: rollout.stages
  require: "row.bake_time >= duration('1h')"
  message: "{row.name} is watched for {row.bake_time}."
  fields: [rollout.stages.bake_time]
  remedy: Watch longer.
  source: SREW ch. 16
- id: rto-missed
  severity: low
  require: "recovery.rto <= duration('1m')"
  message: "{recovery.rto}"
  fields: [recovery.rto]
  remedy: Practise.
  source: own judgement
- id: keeps-nothing
  severity: high
  from: 2026-12-01
  require: "recovery.keeps"
  message: It keeps nothing.
  fields: [recovery.keeps]
  remedy: Keep it.
  source: own judgement
- id: never-asked
  severity: low
  require: recovery.rto.given
  message: x
  fields: [recovery.rto]
  remedy: x
  source: x
  off: Not ours.
"""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> template.Template:
    folder = tmp_path_factory.mktemp("layers")
    (folder / "acme").mkdir()
    (folder / "acme" / "template.yaml").write_text('{name: acme, for: {pocket: "1"}}\n')
    (folder / "acme" / "rules.yaml").write_text(RULES)
    return without_recommendations(template.load(POCKET, layers=["acme"], beside=folder))


@pytest.fixture
def plan(bank: template.Template) -> Plan:
    stages = [{"name": f"s{number}", "bake_time": "15m"} for number in range(4)]
    plan = edits.answer(Plan(bank, Service(name="notes", tier=2)), STAGES, stages)
    plan = edits.answer(plan, RPO, "5m")
    return edits.answer(plan, "recovery.keeps", "false")


def findings(plan: Plan) -> Findings:
    standing = stand(plan)
    return Findings(standing, review(standing, load(plan.template), TODAY))


def improvement(plan: Plan) -> Part:
    return findings(plan).improvement(in_plan(stand(plan)))


def texts(blocks: tuple[Block, ...], heading: str) -> list[list[str]]:
    """Return the cells of the tables under a heading."""
    under = ""
    found = []
    for each in blocks:
        if isinstance(each, Heading):
            under = each.text
        elif isinstance(each, Table) and under == heading:
            found += [["".join(span.text for span in cell) for cell in row] for row in each.rows]
    return found


def accepting(plan: Plan, **other: Any) -> Plan:
    said = {"rule": "loses-too-much", "at": RPO, "reason": "Rare.", "by": "Ann", "agreed_by": "Ben"}
    risk = AcceptedRisk.model_validate({**said, "until": "2026-12-31", **other})
    return replace(plan, accepted_risks=(*plan.accepted_risks, risk))


def test_findings_stand_by_severity_and_say_that_nobody_has_taken_them_on(plan: Plan) -> None:
    part = improvement(plan)
    order = [each.text for each in part.blocks if isinstance(each, Heading)]
    assert order == [
        "High",
        "Medium",
        "Announced, and not counted yet",
        "Rules that wait",
        "Rules that are switched off",
    ]
    assert texts(part.blocks, "High") == [
        ["5 minutes may be lost. Recovery targets", "Copy more often. Own judgement.", "nobody yet"]
    ]
    medium = texts(part.blocks, "Medium")
    assert [row[0].split(".")[0] for row in medium] == [
        f"s{number} is watched for 15 minutes" for number in range(4)
    ]
    assert [row[1] for row in medium] == ["Watch longer. SREW ch. 16.", "as above", "as above", "as above"]
    assert "Counts from 1 December 2026." in texts(part.blocks, "Announced, and not counted yet")[0][0]
    assert texts(part.blocks, "Rules that wait") == [["Low", "RTO missed", "Restore within"]]
    assert texts(part.blocks, "Rules that are switched off") == [["Never asked", "Not ours."]]


def test_an_action_gives_owner_date_and_state_to_its_row_table_or_rule(plan: Plan) -> None:
    row = f"{STAGES}[s1]"
    for number, (at, owner, state) in enumerate(
        [(None, "everybody", "open"), (f"{STAGES}[s0].bake_time", "cell", "doing"), (row, "row", "open")]
    ):
        action = Action.model_validate(
            {
                "id": f"a{number}",
                "about": "stage-too-short",
                "at": at,
                "owner": owner,
                "state": state,
                "due": "2026-12-01",
                "ticket": "https://tickets.example/OPS-7",
            }
        )
        plan = edits.note_action(plan, action)
    plan = edits.note_action(plan, Action(id="b", about="loses-too-much", owner="Ann", state="done"))
    plan = edits.note_action(plan, Action(id="c", about="a gap", owner="Ann"))
    part = improvement(plan)
    medium = texts(part.blocks, "Medium")
    assert [row[2:] for row in medium] == [
        ["cell", "1 December 2026", "in work, OPS-7"],
        ["row", "1 December 2026", "open, OPS-7"],
        ["everybody", "1 December 2026", "open, OPS-7"],
        ["everybody", "1 December 2026", "open, OPS-7"],
    ]
    assert texts(part.blocks, "High")[0][2:] == ["Ann", "done, and still found"]
    assert texts(part.blocks, "Other actions") == [["a gap", "Ann", "open"]]


def test_an_action_to_be_done_comes_before_a_nearer_one_that_is_settled(plan: Plan) -> None:
    plan = edits.note_action(
        plan, Action(id="a", about="loses-too-much", at=RPO, owner="was", state="dropped")
    )
    plan = edits.note_action(plan, Action(id="b", about="loses-too-much", owner="is"))
    assert texts(improvement(plan).blocks, "High")[0][2:] == ["is", "open"]


def test_accepted_risks_are_listed_and_those_that_do_not_count_say_why(plan: Plan) -> None:
    part = improvement(accepting(plan))
    assert texts(part.blocks, "High") == []
    ((said, *rest),) = texts(part.blocks, "Accepted risks")
    assert said.startswith("High. 5 minutes may be lost.")
    assert rest == ["Rare.", "Ann", "Ben", "31 December 2026"]
    held = accepting(accepting(plan, until="2026-06-30"), rule="gone", at="recovery.keeps")
    part = improvement(held)
    assert (
        "Not accepted as a risk: the risk was accepted until 30 June 2026."
        in texts(part.blocks, "High")[0][0]
    )
    why = [row[-1] for row in texts(part.blocks, "Acceptances that do not count")]
    assert why == ["The risk was accepted until 30 June 2026", "Nothing is found there any more"]


def test_readiness_counts_each_question_and_the_plan_and_nothing_twice(plan: Plan) -> None:
    (table,) = [each for each in improvement(plan).blocks if isinstance(each, Table)][:1]
    rows = [["".join(span.text for span in cell) for cell in row] for row in table.rows]
    assert "Low" not in [each.label for each in table.columns], "nothing is counted there"
    assert rows == [
        ["Rollout", "0 / 2", "", "4", ""],
        ["Recovery", "0 / 2", "1", "", "1"],
        ["Whole plan", "0 / 4", "1", "4", "1"],
    ]


def test_what_left_the_count_is_said_and_leads_to_its_list(plan: Plan) -> None:
    held = edits.not_applicable(accepting(plan), "rollout.release-notes", "No readers.")
    said = [
        "".join(span.text for span in each.line)
        for each in improvement(held).blocks
        if isinstance(each, Paragraph)
    ]
    assert "In no count: 1 point that does not apply, 1 accepted risk." in said


def test_notes_stand_after_what_they_are_about_and_a_rule_speaks_once(plan: Plan) -> None:
    found = findings(plan)
    part = sections.section(stand(plan), "rollout", findings=found)
    (at,) = [index for index, each in enumerate(part.blocks) if isinstance(each, Table)]
    note = part.blocks[at + 1]
    assert isinstance(note, Note)
    said = "".join(span.text for span in note.line)
    assert said == "Medium. s0 is watched for 15 minutes. Likewise s1, s2, s3."
    assert [span.href is not None for span in note.line if span.text in {"s1", "s2", "s3"}] == [True] * 3
    assert "".join(span.text for span in note.more) == "Watch longer. SREW ch. 16."
    heads = [each for each in part.blocks if isinstance(each, Heading)]
    assert heads[0].aside[0].text == "4 findings"
    first = by_field(found.found)[STAGES][0]
    assert heads[0].aside[0].href == f"#finding-{first.id}"
    shown = html.part(improvement(plan), styled=True)
    assert f'id="finding-{first.id}"' in shown


def test_an_accepted_risk_is_a_quiet_note(plan: Plan) -> None:
    part = sections.section(stand(plan), "recovery", findings=findings(accepting(plan)))
    notes = [each for each in part.blocks if isinstance(each, Note)]
    said = ["".join(span.text for span in (*each.line, *each.more)) for each in notes if each.tone == "muted"]
    assert any("Accepted risk. 5 minutes may be lost." in each and "Rare." in each for each in said)


def test_a_document_shows_what_was_found_in_what_it_shows(plan: Plan) -> None:
    found = findings(accepting(plan))
    part = found.excerpt(["rollout.stages"], lambda _: "#stages")
    assert part is not None
    table = part.blocks[1]
    assert isinstance(table, Table)
    assert [cell[0].text for cell in (row[0] for row in table.rows)] == ["Medium"] * 4
    accepted = found.excerpt(["recovery.rpo"], lambda _: None)
    assert accepted is not None
    assert [each.text for each in accepted.blocks if isinstance(each, Heading)] == ["Accepted risks"]
    assert found.excerpt(["recovery.copies"], lambda _: None) is None


def test_a_plan_without_rules_says_so_and_not_that_all_is_well() -> None:
    plan = Plan(template.load(POCKET), Service(name="notes"))
    part = improvement(plan)
    assert "has no rules" in markdown.part(part)


def test_a_finding_and_a_review_show_themselves(plan: Plan) -> None:
    found = findings(plan).found
    shown = found.open("high")[0]._repr_mimebundle_()
    assert "<strong>High.</strong> 5 minutes may be lost." in shown["text/html"]
    assert shown["text/markdown"].startswith("> **High\\.** 5 minutes may be lost\\.")
    assert found._repr_mimebundle_()["text/html"].count("<tr>") == 7
    assert "The rules found nothing." in Review()._repr_mimebundle_()["text/plain"]


def test_the_table_of_findings_has_its_columns_even_when_nothing_was_found(plan: Plan) -> None:
    standing = stand(plan)
    found = tables.findings(standing, findings(accepting(plan)).found)
    assert list(found["state"]) == ["announced"] + ["open"] * 4 + ["accepted"]
    assert list(found["until"])[-1] == "2026-12-31"
    assert list(tables.findings(standing, Review()).columns) == list(found.columns)


def test_what_came_with_time_shows_at_the_sign_off(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maintplan.plan.approval.status", lambda *_: "complete")
    part = signing.sign_off(stand(plan), findings(plan))
    notes = ["".join(span.text for span in each.line) for each in part.blocks if isinstance(each, Note)]
    assert notes == [
        "Findings that came up after the plan was confirmed: 1 finding. The confirmation stands."
    ]
