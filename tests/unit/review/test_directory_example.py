"""The Directory plan, read as its team would: what an expert would say, at the line where it stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from maintplan import store
from maintplan.plan import stand
from maintplan.review import Review, load, review

EXAMPLE = Path(__file__).parents[3] / "examples" / "directory" / "plan.yaml"


@pytest.fixture(scope="module")
def judged() -> Review:
    plan = store.open(EXAMPLE).plan
    return review(stand(plan), load(plan.template), dt.date(2026, 11, 25))


@pytest.mark.parametrize(
    ("what", "rule", "at"),
    [
        ("tests that stop nothing", "gates-do-not-block", "gates_block"),
        ("no stages", "big-bang", "strategy"),
        ("backups without an objective", "no-recovery-objective", "rpo"),
        ("no restore that was ever tried", "restore-never-tested", "last_restore_test"),
        ("a runtime past its end", "runtime-past-end-of-life", 'components["Node.js"].eol'),
        ("contacts that can't be called", "contact-without-number", 'contacts["Primary on-call"].reach'),
        ("environment files beside the dumps", "backups-hold-secrets", 'locations["backup folder"].holds'),
        ("staging in production's project", "environment-shares-production", "environments[staging].shares"),
        ("nobody is called", "nobody-is-paged", "alerts"),
        ("schema changes that a revert meets", "in-place-migration-with-redeploy-rollback", "strategy"),
    ],
)
def test_it_finds_what_an_expert_would(judged: Review, what: str, rule: str, at: str) -> None:
    found = [each for each in judged.open("high", "medium") if each.rule == rule]
    assert found, what
    assert any(each.at.endswith(f".{at}") for each in found)


def test_what_the_facts_do_not_tell_waits_and_is_no_finding(judged: Review) -> None:
    waiting = {each.rule for each in judged.waiting}
    assert {"backups-in-one-place", "headroom-missing", "personal-data-without-retention"} <= waiting
    assert waiting.isdisjoint(each.rule for each in judged.findings if "[" not in each.at)


def test_every_finding_says_what_to_do_and_who_says_so(judged: Review) -> None:
    assert all(each.message and each.remedy and each.source for each in judged.findings)
    assert not [each.message for each in judged.findings if each.error or "not given" in each.message]
