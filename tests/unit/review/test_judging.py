"""A review never stops: what is missing waits, what is none is judged, what is accepted is listed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintplan import template
from maintplan.errors import MaintplanError
from maintplan.fields import Spec
from maintplan.interview import Interview
from maintplan.plan import AcceptedRisk, NotApplicable, Plan, Service, edits, stand
from maintplan.review import (
    SEVERITIES,
    Review,
    Rules,
    by_field,
    load,
    readiness,
    review,
    review_again,
    review_touching,
)
from maintplan.template import Template

TODAY = dt.date(2026, 7, 1)
RTO = "recovery.system-recovery-procedures.rto"
MEASURED = "recovery.recovery-testing-and-validation.restore_time_measured"
CONTACTS = "runbook.emergency-response-procedures.contacts"
BANK = template.load("maintenance-rollout")
RULES = load(BANK)
WORDS = {
    "duration": ["0s", "1s", "5m", "30d", "100y"],
    "percent": ["0", "100", "50"],
    "number": ["0", "-1", "1e15", "3"],
    "date": ["0001-01-01", "9999-12-31", "2026-06-30"],
    "boolean": ["true", "false"],
    "schedule": ["daily", "yearly"],
    "text": ["x", "{row}", "\N{SNOWMAN}" * 50],
}


def value(spec: Spec, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values for a field, most of them ones that its kind takes; the rest is refused and left out."""
    if spec.kind == "table":
        columns = {each.id: value(each, depth + 1) for each in spec.columns}
        return st.lists(st.fixed_dictionaries({}, optional=columns), max_size=3)
    if spec.options:
        return st.sampled_from([each.value if hasattr(each, "value") else each for each in spec.options])
    return st.sampled_from(WORDS.get(spec.kind, WORDS["text"]))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan: of any tier and stage, some fields answered, some none, not applicable or unknown."""
    tier = draw(st.sampled_from([1, 2, 3]))
    stage = draw(st.sampled_from(["prototype", "beta", "production", "retiring"]))
    plan = Plan(BANK, Service.model_validate({"name": "any", "tier": tier, "stage": stage}))
    looked_at = sorted({name for each in RULES.ready for name in each.names} & set(BANK.named))
    for name in draw(st.lists(st.sampled_from(looked_at), unique=True, max_size=12)):
        field = BANK.named[name]
        stances = [{"none": "No."}, {"not_applicable": "No."}, {"not_known_yet": {}}]
        said = draw(st.one_of(value(field.spec), st.sampled_from(stances)))
        try:
            plan = edits.answer(plan, field.place, said)
        except MaintplanError:
            continue
    return plan


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_any_plan_is_judged_and_always_the_same_way(plan: Plan) -> None:
    first = review(stand(plan), RULES, TODAY)
    assert review(stand(plan), RULES, TODAY) == first
    ranks = [SEVERITIES.index(each.severity) for each in first.findings]
    assert ranks == sorted(ranks)
    assert len({each.id for each in first.findings}) == len(first.findings)
    assert not [each.message for each in first.findings if each.error]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), st.data())
def test_what_a_change_touches_brings_the_whole_review_up_to_date(plan: Plan, data: st.DataObject) -> None:
    was = stand(plan)
    before = review(was, RULES, TODAY)
    field = BANK.named[data.draw(st.sampled_from(sorted(BANK.named)))]
    stances = [{"none": "No."}, {"not_applicable": "No."}, {"not_known_yet": {}}]
    said = data.draw(st.one_of(value(field.spec), st.sampled_from(stances)))
    try:
        changed = edits.answer(plan, field.place, said)
    except MaintplanError:
        return
    standing = stand(changed)
    assert review_touching(standing, RULES, TODAY, field.place, before) == review(standing, RULES, TODAY)
    stances_of_all = edits.not_applicable(plan, field.place.rpartition(".")[0], "No.")
    standing = stand(stances_of_all)
    at = field.place.rpartition(".")[0]
    whole = review(standing, RULES, TODAY)
    assert review_touching(standing, RULES, TODAY, at, before) == whole
    assert review_again(standing, RULES, TODAY, was, before) == whole
    assert review_again(was, RULES, TODAY, standing, whole) == before


def test_a_walk_judges_each_plan_as_if_it_were_the_first() -> None:
    walk = Interview(SLOW)
    assert walk.review(TODAY).open("high")
    faster = walk.apply(lambda plan: edits.answer(plan, MEASURED, "30m"))
    accepted = walk.apply(lambda plan: accepting(plan, "restore-slower-than-rto", MEASURED))
    demoted = accepted.apply(lambda plan: edits.describe_service(plan, tier=3))
    for each in (faster, faster.undo(), accepted, demoted, demoted.undo().undo(), faster):
        assert each.review(TODAY) == review(stand(each.plan), RULES, TODAY)
    later = dt.date(2027, 1, 1)
    assert accepted.review(later) == review(stand(accepted.plan), RULES, later)


def answered(*given: tuple[str, Any], tier: int = 1) -> Plan:
    plan = Plan(BANK, Service(name="any", tier=tier))
    for place, said in given:
        plan = edits.answer(plan, place, said)
    return plan


def judged(plan: Plan, rules: Rules = RULES, today: dt.date = TODAY) -> Review:
    return review(stand(plan), rules, today)


def accepting(plan: Plan, rule: str, at: str, **other: Any) -> Plan:
    said = {"reason": "Soon.", "by": "Ann", "agreed_by": "Bob", "until": "2026-12-31", **other}
    return replace(plan, accepted_risks=(AcceptedRisk.model_validate({"rule": rule, "at": at, **said}),))


SLOW = answered((RTO, "1h"), (MEASURED, "3h"))
ROWS = answered((CONTACTS, [{"name": "Ann"}, {"name": "Bob"}]))


def rules_of(found: Review) -> list[str]:
    return [each.rule for each in found.findings]


def test_a_missing_value_makes_the_rule_wait_for_it_by_name() -> None:
    found = judged(answered((RTO, "1h")))
    (waits,) = (each for each in found.waiting if each.rule == "restore-slower-than-rto")
    assert waits.places == (MEASURED,)
    assert waits.severity == "high"
    assert "restore-slower-than-rto" not in rules_of(found)


@pytest.mark.parametrize(
    ("rule", "given", "waits_for"),
    [
        (
            "backups-unencrypted",
            {
                "database.classification": "personal",
                "database.locations": [{"place": "bucket", "encrypted": False}],
            },
            "locations[bucket].holds",
        ),
        (
            "procedure-stale",
            {
                "recovery.last_major_change": "2026-03-01",
                "runbook.procedures": [{"name": "r", "kind": "restore"}],
            },
            "procedures[r].reviewed",
        ),
        (
            "training-after-launch",
            {"rollout.start": "2026-08-01", "rollout.sessions": [{"session": "admins"}]},
            "sessions[admins].date",
        ),
        (
            "no-rollback-procedure",
            {"release.method": "redeploy-previous", "runbook.procedures": [{"name": "restart"}]},
            "procedures[restart].kind",
        ),
    ],
)
def test_a_cell_that_somebody_still_has_to_fill_makes_the_rule_wait(
    rule: str, given: dict[str, Any], waits_for: str
) -> None:
    found = judged(answered(*((BANK.named[name].place, said) for name, said in given.items())))
    (waits,) = (each for each in found.waiting if each.rule == rule)
    assert any(place.endswith(waits_for) for place in waits.places)
    assert rule not in rules_of(found)


def test_new_behaviour_behind_flags_is_no_question_where_flags_do_not_apply() -> None:
    flagged, flags = BANK.named["rollout.flagged"].place, BANK.named["release.flags"].place
    nothing = answered((flagged, {"not_applicable": "It is a library."}), (flags, {"none": "No flags."}))
    assert "new-path-without-flag" not in rules_of(judged(nothing))


def test_none_is_a_value_that_is_judged() -> None:
    at = "recovery.recovery-testing-and-validation.last_restore_test"
    assert "restore-never-tested" in rules_of(judged(answered((at, {"none": "Never tried."}))))


def test_a_plan_with_every_value_missing_only_waits() -> None:
    bare = load(BANK)
    found = judged(answered(), bare)
    assert found.findings == ()
    assert found.waiting


def test_an_accepted_risk_is_listed_and_open_again_past_its_date() -> None:
    plan = accepting(SLOW, "restore-slower-than-rto", MEASURED)
    assert [each.rule for each in judged(plan).accepted] == ["restore-slower-than-rto"]
    assert "restore-slower-than-rto" not in rules_of(judged(plan))
    assert judged(plan).blocking == ()
    later = judged(plan, today=dt.date(2027, 1, 1))
    assert later.accepted == ()
    (open_,) = (each for each in later.findings if each.rule == "restore-slower-than-rto")
    assert open_.open
    assert "31 December 2026" in str(open_.refused)
    assert len(later.blocking) == 1


@pytest.mark.parametrize(
    "other",
    [{"reason": " "}, {"by": ""}, {"agreed_by": None}, {"agreed_by": " ann "}, {"until": "2028-01-01"}],
)
def test_an_acceptance_that_lacks_something_does_not_count(other: dict[str, Any]) -> None:
    found = judged(accepting(SLOW, "restore-slower-than-rto", MEASURED, **other))
    assert found.accepted == ()
    assert "restore-slower-than-rto" in rules_of(found)


@pytest.mark.parametrize("at", [f"{CONTACTS}[Ann]", f"{CONTACTS}[Ann].reach"])
def test_a_risk_accepted_for_a_row_is_accepted_for_that_row_alone(at: str) -> None:
    found = judged(accepting(ROWS, "contact-without-number", at))
    assert [each.at for each in found.accepted] == [f"{CONTACTS}[Ann].reach"]
    assert [each.at for each in found.findings] == [f"{CONTACTS}[Bob].reach"]


def test_a_risk_accepted_for_the_table_covers_no_row() -> None:
    assert judged(accepting(ROWS, "contact-without-number", CONTACTS)).accepted == ()


def test_an_announced_rule_shows_and_does_not_count(tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text("- {id: restore-slower-than-rto, from: 2026-07-02}\n")
    rules = load(BANK, [ours])
    (found,) = judged(SLOW, rules).findings
    assert found.announced == dt.date(2026, 7, 2)
    assert judged(SLOW, rules).open() == ()
    assert len(judged(SLOW, rules, dt.date(2026, 7, 2)).open("high")) == 1


def test_readiness_can_be_counted_again() -> None:
    users = NotApplicable(not_applicable="No users.")
    plan = replace(SLOW, answers={**SLOW.answers, "support.user-support-and-help-desk": users})
    standing = stand(accepting(plan, "restore-slower-than-rto", MEASURED))
    found = review(standing, RULES, TODAY)
    counted = readiness(standing, found)
    parts = counted.questions
    assert counted.plan.asked == sum(each.asked for each in parts) == standing.count().asked
    assert counted.plan.decided == sum(each.decided for each in parts)
    assert counted.plan.waiting == sum(each.waiting for each in parts) == len(found.waiting)
    for severity in SEVERITIES:
        total = sum(each.open[severity] for each in parts)
        assert counted.plan.open[severity] == total == len(found.open(severity))
    assert [each.rule for each in counted.plan.accepted] == ["restore-slower-than-rto"]
    assert counted.plan.not_applicable == ("support.user-support-and-help-desk",)


def test_the_rules_that_a_field_touches_find_what_the_whole_review_finds_there() -> None:
    whole = judged(SLOW)
    touched = review_touching(stand(SLOW), RULES, TODAY, MEASURED)
    assert touched.findings
    assert set(touched.findings) <= set(whole.findings)
    assert [each for each in whole.findings if MEASURED in each.places] == list(touched.findings)


def test_findings_stand_by_the_field_that_they_are_about() -> None:
    plan = accepting(ROWS, "contact-without-number", f"{CONTACTS}[Ann]")
    found = by_field(Interview(plan).review(TODAY), "runbook")
    assert [each.at for each in found[CONTACTS]] == [f"{CONTACTS}[Bob].reach", f"{CONTACTS}[Ann].reach"]
    assert [each.open for each in found[CONTACTS]] == [True, False]
    assert by_field(Interview(plan).review(TODAY), "recovery") == {}


def test_a_table_of_1000_rows_is_judged_row_by_row() -> None:
    rows = [{"name": f"c{number}"} for number in range(1000)]
    found = judged(answered((CONTACTS, rows)))
    assert [each.at for each in found.findings] == [f"{CONTACTS}[c{number}].reach" for number in range(1000)]


def test_1000_rows_of_two_tables_that_a_rule_holds_against_each_other() -> None:
    slos = [{"name": f"s{number}", "objective": 99, "window": "28d"} for number in range(1000)]
    alerts = [{"name": f"a{number}", "severity": "ticket", "slo": f"s{number}"} for number in range(1000)]
    found = judged(
        answered(
            ("runbook.system-health-monitoring.slos", slos),
            ("monitoring.alert-rule-optimization.alerts", alerts),
        )
    )
    assert [each for each in found.findings if each.rule == "slo-without-alert"] == []
    assert [each.message for each in found.findings if each.error] == []


EXTREMES = {
    "duration": ("0s", "100y"),
    "percent": ("0", "100"),
    "number": ("-1e15", "1e15"),
    "integer": ("-1000000000", "1000000000"),
    "date": ("1970-01-01", "2200-12-31"),
    "boolean": ("false", "true"),
    "schedule": ("daily", "yearly"),
    "text": ("-", "\N{SNOWMAN}{row.name}" * 40),
    "markdown": ("-", "x" * 5000),
    "url": ("https://a.example", "https://a.example/" + "x" * 900),
    "version": ("0", "99999.99999.99999"),
}


def extreme(spec: Spec, end: int) -> Any:
    """The least or the greatest that a field takes; of choices the first or the last."""
    if spec.kind == "table":
        columns = {each.id: extreme(each, end) for each in spec.columns if each.to is None}
        named = next(each.kind for each in spec.columns if each.id == spec.key) == "text"
        return [{**columns, spec.key: "a"}, {**columns, spec.key: "b"}] if named else [columns]
    if spec.options:
        choices = [each.value if hasattr(each, "value") else each for each in spec.options]
        return choices[-end] if spec.kind == "choice" else choices[: 1 if end == 0 else None]
    value = EXTREMES.get(spec.kind, EXTREMES["text"])[end]
    if spec.min is not None and spec.kind in ("number", "integer", "percent") and end == 0:
        return str(spec.min)
    return value


@pytest.mark.parametrize("end", [0, 1], ids=["least", "greatest"])
@pytest.mark.parametrize("tier", [1, 2, 3])
def test_a_plan_with_every_value_at_its_extreme_is_judged(tier: int, end: int) -> None:
    plan = Plan(BANK, Service(name="any", tier=tier))
    for place, each in BANK.fields.items():
        if each.kind != "reference":
            plan = edits.answer(plan, place, extreme(each.spec, end))
    assert len(plan.answers) > 230
    first = judged(plan)
    assert judged(plan) == first
    assert len(first.findings) > 10
    assert [each.message for each in first.findings if each.error] == []


def test_what_a_rule_saw_last_is_not_taken_for_what_the_plan_says_now() -> None:
    """Rules keep what they saw; a plan that differs in a row that is referred to is seen anew."""
    gates, stages = (
        "rollout.phased-feature-rollout-strategy.gates",
        "rollout.phased-feature-rollout-strategy.stages",
    )
    rows = [{"name": "a", "percent": 1, "bake_time": "1h", "gate": "g"}]
    short = answered((gates, [{"gate": "g", "window": "30m"}]), (stages, rows))
    long = edits.answer(short, gates, [{"gate": "g", "window": "2h"}])
    said = [rules_of(judged(each)).count("bake-shorter-than-gate") for each in (short, long, short, long)]
    assert said == [0, 1, 0, 1]


def test_a_rule_that_loops_without_end_is_a_finding_and_no_silence(tmp_path: Path) -> None:
    ten = "[1,2,3,4,5,6,7,8,9,10]"
    loop = "".join(f"{ten}.map(v{depth}, " for depth in range(5)) + "'x'" + ")" * 5
    ours = tmp_path / "ours.yaml"
    ours.write_text(
        f'- id: ours\n  severity: low\n  require: "size({loop}) > 0 && recovery.rto.given"\n'
        "  message: Never.\n  fields: [recovery.rto]\n  remedy: None.\n  source: own judgement\n"
    )
    found = judged(SLOW, load(BANK, [ours]))
    (error,) = (each for each in found.findings if each.rule == "ours")
    assert error.error
    assert "could not be judged" in error.message


def test_a_template_of_ones_own_has_rules_of_its_own(tmp_path: Path) -> None:
    bank: Template = template.load(Path(__file__).parents[2] / "data" / "pocket")
    assert load(bank).ready == ()


def test_what_only_excuses_is_not_waited_for() -> None:
    """``known`` is false while there is no answer; ``given`` would make the rule wait."""
    regions = "recovery.disaster-recovery-planning.regions"
    at = "recovery.disaster-recovery-planning.recovery_region"
    alone = answered((at, {"none": "There is one site."}))
    assert "same-recovery-region" in rules_of(judged(alone))
    assert "same-recovery-region" not in rules_of(judged(edits.answer(alone, regions, 2)))
    assert "same-recovery-region" in rules_of(judged(edits.answer(alone, regions, {"none": "Not counted."})))


@pytest.mark.parametrize(
    "look",
    [
        "row.gate.window",
        "(row.gate).window",
        "(has(row.gate) ? row.gate : prev.gate).window",
        "[row.gate][0] . window",
        "[row].map(each, each.gate)[0].window",
    ],
)
def test_a_rule_sees_the_row_that_a_cell_refers_to_however_it_gets_there(tmp_path: Path, look: str) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text(
        f"- id: ours\n  severity: low\n  each: rollout.stages\n  require: \"{look} <= duration('1h')\"\n"
        "  message: Too long.\n  fields: [rollout.stages.gate]\n  remedy: Less.\n  source: own judgement\n"
        "- {id: bake-shorter-than-gate, off: not here}\n"
    )
    strategy = "rollout.phased-feature-rollout-strategy"
    plan = answered(
        (f"{strategy}.gates", [{"gate": "g", "window": "2h"}]),
        (f"{strategy}.stages", [{"name": "a", "gate": "g"}]),
    )
    assert "ours" in rules_of(judged(plan, load(BANK, [ours])))
