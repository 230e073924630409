"""The silence over the tier 1 plan is no blindness: harm it in one place, and the rule for that speaks.

Each case changes one answer, or one cell of one row, of ``examples/checkout``.
"""

# ruff: noqa: E501 - a harm is read best on one line
from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from maintplan import store
from maintplan.plan import Plan, edits, stand
from maintplan.review import Rules, load, review

EXAMPLE = Path(__file__).parents[3] / "examples" / "checkout" / "plan.yaml"
TODAY = dt.date(2026, 11, 25)
GONE = object()
"""Stands for a cell or row that is taken out."""
FRANKFURT = "Frankfurt (eu-central-1), 60 percent of the shoppers and the writing database"

HARM: list[tuple[str, object, str]] = [
    ("performance.limits", {"none": "Nobody counted."}, "limits-not-known"),
    # 1, runbook
    ("runbook.coverage", "business-hours", "coverage-below-slo"),
    ("runbook.contacts[Mara Lindqvist].reach", GONE, "contact-without-number"),
    ("runbook.escalation[second on call].contact", "Primary on-call", "escalation-one-person"),
    ("runbook.severities[sev1].respond_within", "30m", "detection-slower-than-response"),
    ("runbook.tasks[removal of spent idempotency keys].limit_per_run", GONE, "bulk-operation-unbounded"),
    ("runbook.tasks[expiry of old backups].undo_within", "5m", "deletion-without-grace"),
    ("runbook.tasks[base backup].alert", GONE, "duty-without-alarm"),
    ("runbook.procedures[restore from backup].reviewed", "2026-08-01", "procedure-stale"),
    ("runbook.kill_switches[A path behind a flag].practised", "2024-05-01", "kill-switch-never-practised"),
    # 2, release
    ("release.gates_block", "false", "gates-do-not-block"),
    ("release.peer_review", "0", "nobody-reviews-a-change"),
    ("release.last_tested", "2026-06-01", "rollback-untested"),
    ("release.rollback_time", "2h", "rollback-slower-than-rto"),
    ("release.artifacts_kept", "7d", "artifacts-expire-before-rollback"),
    ("release.triggers[errors rise].alert", GONE, "rollback-trigger-unmeasured"),
    ("release.flags[express-checkout].remove_after", GONE, "flag-without-end"),
    ("release.flags[express-checkout].default_when_unreachable", "new-behaviour", "flag-unsafe-default"),
    ("release.change_types[emergency].reviewed_after", GONE, "emergency-unauthorised"),
    ("release.change_types[merchant settings].isolated_per_tenant", "false", "tenant-input-unisolated"),
    ("release.change_types[texts and fraud rules].gates", ["lint"], "gates-miss-runtime"),
    ("release.freeze_periods[Winter sale 2027]", GONE, "no-freeze-before-critical-period"),
    ("release.environments[staging].shares", "the cluster", "environment-shares-production"),
    # 3, database
    ("database.pitr", "false", "backup-interval-exceeds-rpo"),
    ("database.backup_method", ["replica"], "replica-as-only-backup"),
    ("database.retention", "7d", "retention-below-compliance"),
    ("database.locations[pgBackRest repository 1].holds", ["data", "secrets"], "backups-hold-secrets"),
    ("database.locations[pgBackRest repository 2].encrypted", "false", "backups-unencrypted"),
    ("database.strategy", "in-place", "in-place-migration-with-redeploy-rollback"),
    ("database.tested_on_copy", "false", "migration-untested"),
    ("database.lock_timeout", "0s", "migration-without-lock-timeout"),
    ("database.pool_size", "20", "pool-exceeds-connections"),
    ("database.archiving_rules[Orders and payments].keep_for", GONE, "keeps-personal-data-for-ever"),
    ("database.audit_log", "false", "audit-log-missing"),
    # 4, security
    ("security.sla_critical", "60d", "patch-sla-too-long"),
    ("security.actively_exploited_sla", "30d", "patch-sla-too-long-for-exploited"),
    ("security.scanners[Dependencies].blocks_release", "false", "scanner-does-not-block"),
    ("security.certificates[Client certificate for Paylane].expires", "2026-12-20", "certificate-expires-before-renewal"),
    ("security.certificates[Client certificate for Paylane].owner", GONE, "manual-renewal-without-owner"),
    ("security.certificates[Client certificate for Paylane].chain_expires", "2027-01-31", "certificate-chain-untracked"),
    ("security.authority_notice_within", "96h", "breach-notice-late"),
    # 5, performance
    ("performance.max_replicas", "30", "headroom-missing"),
    ("performance.min_replicas", "2", "replicas-below-spare"),
    ("performance.target_load", "2000", "load-test-below-forecast"),
    ("performance.last_result", "failed", "load-test-failed"),
    ("performance.limits[Database connections].reached_on", "2027-03-01", "limit-reached-within-horizon"),
    ("performance.limits[Payments a second at Nordpay].needed_in_recovery", "900", "limit-below-recovery-surge"),
    # 6, rollout
    ("rollout.stages[early].percent", "1", "stages-not-increasing"),
    ("rollout.stages[canary].bake_time", "10m", "bake-shorter-than-gate"),
    ("rollout.stages[canary].exercised_by", GONE, "bake-without-exercise"),
    ("rollout.stages[everyone]", GONE, "stages-end-below-100"),
    ("rollout.abort_within", "15m", "abort-slower-than-budget"),
    ("rollout.applies_to", ["code"], "config-outside-rollout"),
    ("rollout.split_by", "none", "one-stage-everywhere"),
    ("rollout.flagged", "false", "new-path-without-flag"),
    ("rollout.support_ready", "false", "support-not-ready"),
    ("rollout.start", "2026-12-05", "training-after-launch"),
    # 7, recovery
    ("recovery.rto", "45m", "restore-slower-than-rto"),
    ("recovery.rto", "50m", "recovery-sum-exceeds-rto"),
    ("recovery.max_tolerable_downtime", "30m", "rto-exceeds-tolerable-downtime"),
    ("recovery.last_restore_test", "2026-09-01", "restore-never-tested"),
    ("recovery.dependencies[Vault].failure_domains", "1", "shared-dependency-one-instance"),
    ("recovery.runbook_offline", "false", "recovery-needs-itself"),
    ("recovery.degraded_for", "10m", "degraded-mode-shorter-than-repair"),
    ("recovery.retry_policy", "fixed", "recovery-surge-unthrottled"),
    ("recovery.cold_start_measured", "2025-01-01", "cold-start-never-measured"),
    ("recovery.last_major_change", "2026-11-20", "recovery-procedure-stale"),
    # 8, support
    ("support.priorities[P1].first_response", "2h", "ticket-response-slower-than-severity"),
    # 9, monitoring
    ("monitoring.alerts[AvailabilityFastBurn].runbook", GONE, "page-without-runbook"),
    ("monitoring.alerts[AvailabilityFastBurn].owner", GONE, "page-without-owner"),
    ("monitoring.alerts[OrderEventsLate]", GONE, "slo-without-alert"),
    ("monitoring.detection_target", "20m", "detection-slower-than-response"),
    ("monitoring.pages_per_shift_target", "6", "pages-exceed-shift"),
    ("monitoring.stack[Prometheus].depends_on", "Kubernetes clusters", "monitoring-shares-fate"),
    # 10, roadmap
    ("roadmap.oncall_size", "4", "oncall-too-small"),
    ("roadmap.bus_factor", "1", "bus-factor-one"),
    ("roadmap.components[PostgreSQL].eol", "2026-11-12", "runtime-past-end-of-life"),
    ("roadmap.items[Limits on long transactions by user].interim_control", GONE, "known-weakness-without-interim-control"),
    ("roadmap.ops_share", "70", "ops-share-too-high"),
]  # fmt: skip

EXCUSED: list[tuple[str, object, str, object, str]] = [
    ("performance.scale_up_time", "20m", "performance.min_replicas", "12", "scale-up-slower-than-surge"),
    ("recovery.dependencies[Vault].their_rto", "4h", "recovery.degraded_for", "2h", "dependency-slower-than-us"),
    ("recovery.scope", ["database"], "recovery.rebuild_from_code", "false", "scope-misses-configuration"),
    ("recovery.recovery_region", FRANKFURT, "recovery.regions", "1", "same-recovery-region"),
]  # fmt: skip
"""What another answer makes up for, until that goes as well."""


@pytest.fixture(scope="module")
def checkout() -> Plan:
    return store.open(EXAMPLE).plan


@pytest.fixture(scope="module")
def rules(checkout: Plan) -> Rules:
    return load(checkout.template)


def harmed(plan: Plan, where: str, value: object) -> Plan:
    """Return the plan with one field, cell or row changed or taken out."""
    name, _, rest = where.partition("[")
    field = plan.template.named[name]
    if not rest:
        return edits.answer(plan, field.place, value)
    key, _, column = rest.partition("]")
    rows: list[dict[str, Any]] = [dict(row) for row in stand(plan).fields[field.place].value]
    row = next(each for each in rows if each[field.spec.key or ""] == key)
    if not column:
        rows.remove(row)
    elif value is GONE:
        del row[column.removeprefix(".")]
    else:
        row[column.removeprefix(".")] = value
    return edits.answer(plan, field.place, rows)


@pytest.mark.parametrize(("where", "value", "rule"), HARM, ids=[f"{where}-{rule}" for where, _, rule in HARM])
def test_one_harmful_change_is_seen(
    checkout: Plan, rules: Rules, where: str, value: object, rule: str
) -> None:
    found = review(stand(harmed(checkout, where, value)), rules, TODAY)
    assert rule in {each.rule for each in found.findings}


@pytest.mark.parametrize(
    ("where", "value", "excuse", "other", "rule"), EXCUSED, ids=[each[-1] for each in EXCUSED]
)
def test_what_another_answer_makes_up_for_is_seen_when_that_goes_too(
    checkout: Plan, rules: Rules, where: str, value: object, excuse: str, other: object, rule: str
) -> None:
    once = harmed(checkout, where, value)
    assert rule not in {each.rule for each in review(stand(once), rules, TODAY).findings}
    twice = harmed(once, excuse, other)
    assert rule in {each.rule for each in review(stand(twice), rules, TODAY).findings}


def test_every_question_is_harmed_in_several_places(checkout: Plan) -> None:
    questions = [where.partition(".")[0] for where, _, _ in HARM]
    assert set(questions) == {each.id for each in checkout.template.questions}
