"""Rules are data: one's own file adds, changes and switches off; what is wrong is refused with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintplan import resources, template
from maintplan.errors import MaintplanError, describe
from maintplan.plan import Plan, Service, edits, stand
from maintplan.review import Rules, check_examples, load, review
from maintplan.template import Template

SHIPPED = resources.planning_templates() / "maintenance-rollout"
TODAY = dt.date(2026, 7, 1)
OURS = """
- id: ours
  severity: high
  require: recovery.rto <= duration('1h')
  message: "{recovery.rto} is too long."
  fields: [recovery.rto]
  remedy: Be faster.
  source: own judgement
  flags: [{recovery: {rto: 2h}}]
  accepts: [{recovery: {rto: 1h}}]
"""


@pytest.fixture(scope="session")
def bank() -> Template:
    return template.load("maintenance-rollout")


def written(folder: Path, text: str, name: str = "ours.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(bank: Template, path: Path) -> str:
    with pytest.raises(MaintplanError) as refused:
        load(bank, [path])
    return describe(refused.value)


def test_the_shipped_rules_are_found_and_each_holds_to_its_examples(bank: Template) -> None:
    rules = load(bank)
    assert len(rules.ready) >= 8
    assert all(rule.flags and rule.accepts for rule in rules)
    assert [describe(each) for each in check_examples(rules)] == []


@pytest.mark.parametrize("tier", [1, 2, 3])
@pytest.mark.parametrize("stage", ["prototype", "beta", "production", "retiring"])
def test_recommended_values_alone_have_no_finding(bank: Template, tier: int, stage: str) -> None:
    service = Service.model_validate({"name": "any", "tier": tier, "stage": stage})
    found = review(stand(Plan(bank, service)), load(bank), TODAY)
    assert [f"{each.rule}: {each.message}" for each in found.findings] == []


def test_a_file_of_ones_own_adds_a_rule(bank: Template, tmp_path: Path) -> None:
    rules = load(bank, [written(tmp_path, OURS)])
    assert rules.rule("ours") is not None
    assert check_examples(rules, ["ours"]) == []
    assert len(rules.ready) == len(load(bank).ready) + 1


def test_it_changes_severity_day_and_limit_and_switches_off(bank: Template, tmp_path: Path) -> None:
    text = (
        "- {id: restore-never-tested, severity: {2: low}, limit: {2: 7d}, from: 2030-01-01}\n"
        "- {id: gates-do-not-block, off: Our gates are people.}\n"
    )
    rules = load(bank, [written(tmp_path, text)])
    changed = rule(rules, "restore-never-tested")
    assert changed.severity == {**rule(load(bank), "restore-never-tested").severity, 2: "low"}
    assert changed.limit[2].value == "7d"
    assert changed.limit[1].value == "30d"
    assert changed.since == dt.date(2030, 1, 1)
    assert [(each.id, each.off) for each in rules.off] == [("gates-do-not-block", "Our gates are people.")]


def rule(rules: Rules, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    found = rules.rule(name)
    assert found is not None
    return found


def test_a_layer_beside_the_template_changes_rules_too(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    written(folder, 'name: acme\nfor: {maintenance-rollout: "1"}\n', "template.yaml")
    written(folder, "- {id: gates-do-not-block, off: Our gates are people.}\n" + OURS, "rules.yaml")
    rules = load(template.load("maintenance-rollout", layers=[str(folder)]))
    assert rules.rule("ours") is not None
    assert [each.id for each in rules.off] == ["gates-do-not-block"]


def test_a_layer_for_another_version_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    written(folder, 'name: acme\nfor: {maintenance-rollout: "7"}\n', "template.yaml")
    written(folder, OURS, "rules.yaml")
    with pytest.raises(MaintplanError, match="7"):
        template.load("maintenance-rollout", layers=[str(folder)])


REQUIRE = "require: recovery.rto <= duration('1h')"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (
            REQUIRE,
            "require: recovery.rto <=",
            4,
            "does not compile: Syntax error: mismatched input its end (column 16)",
        ),
        (REQUIRE, "require: recovery.rtoo <= duration('1h')", 4, "did you mean recovery.rto?"),
        (REQUIRE, "require: recovery.rto <= 3.0", 4, "does not compile"),
        (REQUIRE, "require: ours", 4, "unknown name 'ours'"),
        (REQUIRE, "require: true) || (true", 4, "brackets have no partners"),
        (REQUIRE, "require: true) // ) || (\n  each: rollout.stages", 4, "brackets have no partners"),
        (REQUIRE, "require: rollout.stages.all(s, s.bake_tyme > duration('1h'))", 4, "bake_time"),
        (REQUIRE, "require: rollout.stages.exists(s, has(s.bake_tyme))", 4, "bake_time"),
        (REQUIRE, f"require: {'(' * 500}true{')' * 500}", 4, "nested too deeply"),
        (REQUIRE, f"require: {'1+' * 1900}1 == 1", 4, "nested too deeply"),
        (REQUIRE, f"require: {'1 + ' * 5000}1 == 1", 4, "keep it under"),
        (
            REQUIRE,
            "require: rollout.stages.all(s, rollout.gates.exists(g, g.gate == s.name))",
            4,
            "stands within a loop",
        ),
        (REQUIRE, f"require: size([[1]]{'.map(a, a + a)' * 40}) > 0", 4, "could build more than fits"),
        (REQUIRE, f"require: size(['x']{'.map(a, a + a)' * 40}[0]) > 0", 4, "could build more than fits"),
        (REQUIRE, f'require: "[1]{".map(a, [a, a])" * 40} == [1]"', 4, "could build more than fits"),
        (
            REQUIRE,
            f"require: true && [1]{'.all(a, [a + a]' * 12}.all(b, b > 0){')' * 12}",
            4,
            "could build more than fits",
        ),
        ("{recovery.rto} is", f"{{size([[1]]{'.map(a, a + a)' * 40})}} is", 5, "could build more than fits"),
        ("{recovery.rto} is", "{recovery.rtoo} is", 5, "did you mean recovery.rto?"),
        ("fields: [recovery.rto]", "fields: [recovery.rtoo]", 6, "did you mean recovery.rto?"),
        ("severity: high", "severity: hihg", 3, "severity"),
        ("severity: high", "severrity: high", 3, "severity"),
        ("severity: high", "severity: high\n  each: rollout.stagez", 4, "did you mean rollout.stages?"),
        ("severity: high", "severity: high\n  limit: {1: 30d, 2: soon, 3: 1d}\n  off: ''", 5, "off"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(
    bank: Template, tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    assert old in OURS
    path = written(tmp_path, OURS.replace(old, new))
    said = refusal(bank, path)
    assert f"{path}:{line}" in said
    assert says in said


def test_an_id_twice_in_a_file_is_refused_at_the_second(bank: Template, tmp_path: Path) -> None:
    path = written(tmp_path, OURS + OURS.lstrip())
    said = refusal(bank, path)
    assert f"{path}:11" in said
    assert "stands twice" in said


def test_an_id_that_another_file_has_changes_that_rule(bank: Template, tmp_path: Path) -> None:
    changed = written(tmp_path, OURS.replace("severity: high", "severity: low"), "more.yaml")
    rules = load(bank, [written(tmp_path, OURS), changed])
    assert dict(rule(rules, "ours").severity) == {1: "low", 2: "low", 3: "low"}


def test_a_change_of_a_rule_that_is_not_there_is_refused(bank: Template, tmp_path: Path) -> None:
    said = refusal(bank, written(tmp_path, "- {id: restore-never-testd, off: No.}\n"))
    assert "did you mean restore-never-tested?" in said


def test_examples_that_are_judged_otherwise_are_named_with_their_line(bank: Template, tmp_path: Path) -> None:
    path = written(tmp_path, OURS.replace("{rto: 2h}", "{rto: 10m}").replace("{rto: 1h}", "{rto: 3h}"))
    said = [describe(each) for each in check_examples(load(bank, [path]), ["ours"])]
    assert len(said) == 2
    assert f"{path}:9" in said[0]
    assert "does not flag this" in said[0]
    assert f"{path}:10" in said[1]
    assert "flags this" in said[1]


def test_the_rules_in_the_guide_load_and_hold_to_their_examples(bank: Template, tmp_path: Path) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "review.md").read_text(encoding="utf-8")
    blocks = [each.partition("```")[0] for each in guide.split("```yaml\n")[1:]]
    rules = load(bank, [written(tmp_path, block, f"{at}.yaml") for at, block in enumerate(blocks)])
    assert len(blocks) >= 2
    assert [describe(each) for each in check_examples(rules, ["change-without-a-month-of-notice"])] == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_recommendation_that_is_left_open_makes_no_finding_of_the_others(
    bank: Template, data: st.DataObject
) -> None:
    tier = data.draw(st.sampled_from([1, 2, 3]))
    stage = data.draw(st.sampled_from(["prototype", "beta", "production", "retiring"]))
    plan = Plan(bank, Service.model_validate({"name": "any", "tier": tier, "stage": stage}))
    recommended = [place for place, each in bank.fields.items() if each.recommendation]
    stance = data.draw(st.sampled_from([{"not_known_yet": {}}, {"not_applicable": "No."}]))
    for place in data.draw(st.lists(st.sampled_from(recommended), unique=True, max_size=40)):
        plan = edits.answer(plan, place, stance)
    found = review(stand(plan), load(bank), TODAY)
    assert [f"{each.rule}: {each.message}" for each in found.findings] == []
