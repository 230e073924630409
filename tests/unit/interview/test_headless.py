"""The headless run: the same walk with everything given beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from maintplan.errors import InputError, RefusedError
from maintplan.interview import headless
from maintplan.plan import approval, edits
from maintplan.plan.model import Plan, Provenance
from maintplan.plan.standing import stand

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)
RTO = "recovery.recovery-targets.rto"

ANSWERS: dict[str, Any] = {
    "rollout": {
        "response": "In two stages.",
        "considerations": {
            "rollout-stages": {
                "owner": "release-lead",
                "stages": [{"name": "canary", "percent": "5 %", "gate": "errors"}],
                "gates": "[{gate: errors, threshold: over 1 %}]",
            },
            "release-notes": {"not_applicable": "Internal."},
        },
    },
    "recovery": {
        "considerations": {
            "recovery-targets": {"rpo": "15m", "not_known_yet": {"who": "me", "due": "2026-12-01"}},
            "backups": {"keeps": True, "interval": {"not_known_yet": {"who": "me"}}},
        }
    },
}


def test_everything_that_is_given_is_in_the_plan(plan: Plan) -> None:
    done = headless.drive(plan, service="ledger", tier=1, stage="beta", answers=ANSWERS, when=NOW)
    assert (done.service.name, done.service.tier, done.service.stage) == ("ledger", 1, "beta")
    assert done.responses == {"rollout": "In two stages."}
    assert done.owners == {"rollout.rollout-stages": "release-lead"}
    assert stand(done).considerations["rollout.rollout-stages"] == "decided"
    assert stand(done).considerations["recovery.recovery-targets"] == "not_known_yet"


def test_the_same_call_twice_changes_nothing_the_second_time(plan: Plan) -> None:
    once = headless.drive(plan, tier=1, answers=ANSWERS, let_stand=["*"], by="ops-lead", when=NOW)
    again = headless.drive(once, tier=1, answers=ANSWERS, let_stand=["*"], by="ops-lead", when=LATER)
    assert again is once


def test_a_value_keeps_the_moment_when_it_was_first_let_stand(plan: Plan) -> None:
    once = headless.drive(plan, let_stand=[RTO], by="ops-lead", when=NOW)
    stood = once.provenance[RTO].let_stand
    assert stood is not None
    assert (stood.by, stood.when) == ("ops-lead", NOW)
    assert headless.drive(once, let_stand="*", by="somebody", when=LATER) is once


def test_a_copied_row_that_is_let_stand_is_decided(plan: Plan) -> None:
    held = edits.answer(plan, "rollout.gates", [{"gate": "errors"}, {"gate": "delay"}])
    at = "rollout.rollout-stages.gates[errors]"
    held = replace(held, provenance={at: Provenance(source="copied", origin="old.yaml")})
    assert stand(held).fields["rollout.rollout-stages.gates"].state == "to_confirm"
    done = headless.drive(held, let_stand=["*"], by="ops-lead", when=NOW)
    assert stand(done).fields["rollout.rollout-stages.gates"].state == "decided"
    assert done.provenance[at].source == "copied"
    assert headless.drive(done, let_stand=["*"], by="ops-lead", when=LATER) is done


def test_who_lets_values_stand_has_to_be_named(plan: Plan) -> None:
    with pytest.raises(InputError, match="give a name"):
        headless.drive(plan, let_stand=["*"], when=NOW)


def test_answers_in_a_file_are_the_same_and_their_errors_have_its_line(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("recovery:\n  considerations:\n    recovery-targets:\n      rto: 2 hours\n")
    given = {"recovery": {"considerations": {"recovery-targets": {"rto": dt.timedelta(hours=2)}}}}
    from_file = headless.drive(plan, answers=path, when=NOW)
    assert from_file == headless.drive(plan, answers=given, when=NOW)
    assert from_file == headless.drive(plan, answers=str(path), when=NOW)
    path.write_text("recovery:\n  considerations:\n    recovery-targets:\n      rto: soon\n")
    with pytest.raises(InputError) as caught:
        headless.drive(plan, answers=path, when=NOW)
    assert (caught.value.where.line, caught.value.where.path) == (4, RTO)
    given["recovery"]["considerations"]["recovery-targets"] = {"rto": "soon"}  # type: ignore[dict-item]
    with pytest.raises(InputError) as spoken:
        headless.drive(plan, answers=given, when=NOW)
    assert (spoken.value.what, spoken.value.mend) == (caught.value.what, caught.value.mend)
    assert spoken.value.where.path == RTO


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tier": 4}, "service, tier"),
        ({"stage": "live"}, "service, stage"),
        ({"answers": {"recovry": {}}}, "did you mean recovery?"),
        ({"answers": "gone.yaml"}, "no such file"),
        ({"answers": ["x"]}, "give a mapping"),
        ({"let_stand": ["recovery.rt"], "by": "me"}, "recovery.rt"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(plan: Plan, given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        headless.drive(plan, when=NOW, **given)
    assert words in str(caught.value)
    assert caught.value.mend


# --- the prompt -------------------------------------------------------------------------------------------


def test_without_an_answer_to_the_prompt_nothing_is_said(plan: Plan) -> None:
    assert headless.confirm(plan, yes=None, when=NOW) is plan


def test_a_yes_is_refused_with_what_is_missing(plan: Plan) -> None:
    with pytest.raises(RefusedError) as caught:
        headless.confirm(plan, yes=True, by="me", role="operations", when=NOW)
    place = RTO.rpartition(".")[0].partition(".")[2]
    assert any(place in each or "more" in each for each in caught.value.reasons)
    assert "answers missing" in caught.value.what


def test_a_headless_yes_counts_for_the_least_critical_tier_only(whole: Plan) -> None:
    yes = headless.confirm(whole, yes=True, by="me", role="operations", when=NOW)
    assert yes.rounds[-1].identity == "file"
    assert approval.status(yes) == "in_review"
    small = edits.describe_service(whole, tier=3)
    yes = headless.confirm(small, yes=True, by="me", role="service-owner", when=NOW)
    assert approval.status(yes) == "complete"


@pytest.mark.parametrize("yes", [True, False])
def test_who_said_the_same_to_the_same_content_has_said_it_once(whole: Plan, yes: bool) -> None:  # noqa: FBT001
    words: dict[str, Any] = {"yes": yes, "by": "me", "role": "operations"}
    if not yes:
        words |= {"feedback": "Name the gates.", "reopen": "rollout"}
    once = headless.confirm(whole, **words, when=NOW)
    assert len(once.rounds) == 1
    assert headless.confirm(once, **words, when=LATER) is once
    changed = edits.answer(once, RTO, "9h")
    assert len(headless.confirm(changed, **words, when=LATER).rounds) == 2


def test_a_no_reopens_the_questions_that_it_names(plan: Plan) -> None:
    no = headless.confirm(plan, yes=False, by="me", feedback="Again.", reopen=["rollout"], when=NOW)
    assert list(approval.reopened(no)) == ["rollout"]
    with pytest.raises(InputError, match=r"did you mean rollout\?"):
        headless.confirm(plan, yes=False, by="me", feedback="Again.", reopen=["rolout"], when=NOW)


def test_the_prompt_takes_true_false_or_nothing(plan: Plan) -> None:
    with pytest.raises(InputError, match="write True, False or None"):
        headless.confirm(plan, yes="no", by="me", when=NOW)  # type: ignore[arg-type]
