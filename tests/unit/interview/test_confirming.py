"""What the review has to do with a Yes: every high finding is resolved, or accepted as a risk."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from maintplan import template
from maintplan.errors import RefusedError
from maintplan.interview import Interview, headless
from maintplan.plan import AcceptedRisk, Plan, approval, edits

POCKET = Path(__file__).parents[2] / "data" / "pocket"
NOW = dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
NEXT_YEAR = NOW.replace(year=2027, month=2)
RPO = "recovery.recovery-targets.rpo"
RULES = """
- id: loses-too-much
  severity: {1: high, 2: high, 3: high}
  require: "recovery.rpo <= duration('1m')"
  message: "{recovery.rpo} may be lost."
  fields: [recovery.rpo]
  remedy: Copy more often.
  source: own judgement
- id: restores-slowly
  severity: medium
  require: "recovery.rto <= duration('1m')"
  message: "It takes {recovery.rto}."
  fields: [recovery.rto]
  remedy: Practise.
  source: own judgement
- id: plan-is-old
  severity: high
  require: "!recovery.keeps || today < timestamp('2027-01-01T00:00:00Z')"
  message: The year is over.
  fields: [recovery.keeps]
  remedy: Look again.
  source: own judgement
"""


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> template.Template:
    folder = tmp_path_factory.mktemp("layers")
    (folder / "acme").mkdir()
    (folder / "acme" / "template.yaml").write_text('{name: acme, for: {pocket: "1"}}\n')
    (folder / "acme" / "rules.yaml").write_text(RULES)
    return template.load(POCKET, layers=["acme"], beside=folder)


@pytest.fixture
def plan(whole: Plan, ruled: template.Template) -> Plan:
    return edits.describe_service(replace(whole, template=ruled), tier=3)


def say_yes(plan: Plan, when: dt.datetime = NOW, by: str = "ana") -> Plan:
    return headless.confirm(plan, yes=True, by=by, role="service-owner", when=when)


def test_a_yes_is_refused_with_each_high_finding_its_place_and_mend(plan: Plan) -> None:
    with pytest.raises(RefusedError) as caught:
        say_yes(plan)
    assert caught.value.reasons == (f"{RPO}: 5 minutes may be lost. Copy more often. (loses-too-much)",)
    assert "1 high finding open" in str(caught.value)
    assert "accept it as a risk" in str(caught.value.mend)


def test_what_is_missing_and_what_was_found_are_said_together(plan: Plan) -> None:
    with pytest.raises(RefusedError) as caught:
        say_yes(edits.clear(plan, "recovery.keeps"))
    assert "1 answer missing, 1 high finding open" in caught.value.what
    assert len(caught.value.reasons) == 2


def test_a_resolved_or_accepted_finding_lets_the_yes_through(plan: Plan) -> None:
    assert approval.status(say_yes(edits.answer(plan, RPO, "30s"))) == "complete"
    said = {"rule": "loses-too-much", "at": RPO, "reason": "Rare.", "by": "ana", "until": "2026-12-31"}
    alone = replace(plan, accepted_risks=(AcceptedRisk.model_validate(said),))
    with pytest.raises(RefusedError):
        say_yes(alone)
    both = edits.accept_risk(plan, AcceptedRisk.model_validate({**said, "agreed_by": "ben"}), NOW.date())
    assert approval.status(say_yes(both)) == "complete"


def test_a_finding_that_comes_with_time_shows_and_leaves_the_approval(plan: Plan) -> None:
    done = say_yes(edits.answer(plan, RPO, "30s"))
    later = Interview(done).review(NEXT_YEAR.date())
    assert [each.rule for each in later.open("high")] == ["plan-is-old"]
    assert approval.status(done) == "complete"
    assert say_yes(done, NEXT_YEAR) is done
    with pytest.raises(RefusedError):
        say_yes(done, NEXT_YEAR, by="ben")


def test_a_no_is_taken_whatever_was_found(plan: Plan) -> None:
    no = headless.confirm(plan, yes=False, by="ana", feedback="Again.", when=NOW)
    assert approval.status(no) == "in_review"
