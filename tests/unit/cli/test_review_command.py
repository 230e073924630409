"""`maintplan review`: findings for people and for programs, and the exit code that a pipeline looks at."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from maintplan import resources

Call = Callable[..., CompletedProcess[str]]
DATA = Path(__file__).parents[2] / "data"
HEAD = """maintplan: 1
template: {name: maintenance-rollout, version: "1"}
service: {name: notes, tier: 3, stage: production}
"""
PLAN = (
    HEAD
    + """revision: 1
answers:
  recovery:
    considerations:
      recovery-testing-and-validation:
        last_restore_test: {none: Never tried.}
        restore_time_measured: 3h
      system-recovery-procedures:
        rto: 1h
  runbook:
    considerations:
      emergency-response-procedures:
        contacts:
          - {name: Ann, reach: "+49 30 1"}
          - {name: Bob, role: Manager}
"""
)
RISK = """accepted_risks:
  - {rule: restore-slower-than-rto, at: %s, reason: New disks come., by: Ann, agreed_by: %s, until: %s}
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan file in the folder of the call, with three findings."""
    monkeypatch.chdir(tmp_path)
    path = Path("plan.yaml")
    path.write_text(PLAN, encoding="utf-8")
    return path


def as_json(call: Call, *given: object) -> Any:
    done = call("review", *given, "--format", "json")
    data = json.loads(done.stdout)
    schema = json.loads((resources.root() / "templates" / "schemas" / "review.json").read_text())
    Draft202012Validator(schema).validate(data)
    return data["plans"][0]


def lines(found: Any) -> dict[str, int]:
    return {each["rule"]: each["line"] for each in found["findings"]}


def test_a_reader_sees_the_values_the_line_and_the_remedy(call: Call, plan: Path) -> None:
    done = call("review", plan)
    words = " ".join(done.stdout.split())
    assert "took 3 hours; the service has to be back within 1 hour" in words
    assert "plan.yaml:10 recovery.recovery-testing-and-validation.restore_time_measured" in words
    assert "keep a standby" in words
    assert "\x1b" not in done.stdout
    assert all(len(line) <= 110 for line in done.stdout.splitlines())


def test_findings_for_programs_name_the_line_where_the_value_or_its_row_stands(
    call: Call, plan: Path
) -> None:
    assert lines(as_json(call, plan)) == {
        "restore-never-tested": 9,
        "restore-slower-than-rto": 10,
        "contact-without-number": 18,
    }


@pytest.mark.parametrize(("level", "code"), [("high", 0), ("medium", 1), ("low", 1), ("none", 0)])
def test_the_exit_code_follows_the_level(call: Call, plan: Path, level: str, code: int) -> None:
    # At tier 3 these rules are medium.
    assert {each["severity"] for each in as_json(call, plan)["findings"]} <= {"medium", "low"}
    assert call("review", plan, "--fail-on", level).returncode == code


def test_sarif_is_valid_and_stands_at_the_lines_of_the_file(call: Call, plan: Path) -> None:
    done = call("review", plan, "--format", "sarif")
    log = json.loads(done.stdout)
    Draft4Validator(json.loads((DATA / "schemas" / "sarif-2.1.0.json").read_text())).validate(log)
    (run,) = log["runs"]
    at = {
        each["ruleId"]: (
            each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            each["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for each in run["results"]
    }
    assert at["restore-slower-than-rto"] == ("plan.yaml", 10)
    assert at["contact-without-number"] == ("plan.yaml", 18)
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]


def test_an_inherited_value_stands_in_the_file_it_came_from(call: Call, plan: Path) -> None:
    Path("sub").mkdir()
    heir = Path("sub/heir.yaml")
    heir.write_text(HEAD + "inherits: [../plan.yaml]\n", encoding="utf-8")
    log = json.loads(call("review", heir, "--format", "sarif").stdout)
    found = next(each for each in log["runs"][0]["results"] if each["ruleId"] == "restore-slower-than-rto")
    place = found["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "plan.yaml"}, "region": {"startLine": 10}}


def test_junit_fails_what_fails_the_call_and_lists_the_rest(call: Call, plan: Path) -> None:
    for level, failures in (("medium", 3), ("none", 0)):
        done = call("review", plan, "--format", "junit", "--fail-on", level)
        root = ET.fromstring(done.stdout)  # noqa: S314 - our own output
        (suite,) = root
        assert suite.get("failures") == str(failures) == str(len(suite.findall("testcase/failure")))
        assert suite.get("tests") == str(len(suite.findall("testcase")))


def test_an_accepted_risk_leaves_the_count_and_stays_listed(call: Call, plan: Path) -> None:
    at = "recovery.recovery-testing-and-validation.restore_time_measured"
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    plan.write_text(PLAN + RISK % (at, "Bob", soon), encoding="utf-8")
    found = as_json(call, plan)
    assert [each["rule"] for each in found["accepted"]] == ["restore-slower-than-rto"]
    assert "restore-slower-than-rto" not in lines(found)
    assert found["readiness"]["plan"]["open"]["medium"] == 2
    assert "New disks come." in call("review", plan).stdout


def test_who_sees_to_a_finding_stands_beside_it(call: Call, plan: Path) -> None:
    action = "{id: a1, about: contact-without-number, owner: Ann, due: 2027-01-31, state: doing}"
    plan.write_text(f"{PLAN}actions:\n  - {action}\n", encoding="utf-8")
    actions = {each["rule"]: each["action"] for each in as_json(call, plan)["findings"]}
    assert actions["contact-without-number"]["owner"] == "Ann"
    assert actions["restore-never-tested"] is None
    assert "Action a1: Ann, by 2027-01-31, doing." in call("review", plan).stdout


def test_a_plan_in_a_store_has_logical_places(call: Call, plan: Path) -> None:
    stored = call("new", "kept", "--tier", "1", "--from", plan, "-o", "sqlite:///plans.db#kept")
    assert stored.returncode == 0, stored.stderr
    log = json.loads(call("review", "sqlite:///plans.db#kept", "--format", "sarif").stdout)
    Draft4Validator(json.loads((DATA / "schemas" / "sarif-2.1.0.json").read_text())).validate(log)
    places = [each["locations"][0] for each in log["runs"][0]["results"]]
    assert places
    assert all("physicalLocation" not in each for each in places)
    assert all(each["logicalLocations"][0]["fullyQualifiedName"].startswith("kept: ") for each in places)


@pytest.mark.parametrize(
    ("agreed", "until", "why"),
    [
        ("Bob", "2020-01-31", "until 31 January 2020"),
        ("Bob", "2099-01-31", "more than a year"),
        ("ann", "2020-01-31", "agreed to it alone"),
    ],
)
def test_a_risk_that_does_not_count_leaves_the_finding_open(
    call: Call, plan: Path, agreed: str, until: str, why: str
) -> None:
    at = "recovery.recovery-testing-and-validation.restore_time_measured"
    plan.write_text(PLAN + RISK % (at, agreed, until), encoding="utf-8")
    found = as_json(call, plan)
    refused = {each["rule"]: each["refused"] for each in found["findings"]}
    assert why in refused["restore-slower-than-rto"]


def test_rules_of_ones_own_and_wrong_calls(call: Call, plan: Path) -> None:
    ours = Path("ours.yaml")
    ours.write_text("- {id: restore-never-tested, off: We restore daily.}\n", encoding="utf-8")
    found = as_json(call, plan, "--rules", ours)
    off = {"rule": "restore-never-tested", "title": "No recent restore test", "reason": "We restore daily."}
    assert found["off"] == [off]
    assert "restore-never-tested" not in lines(found)
    ours.write_text("- {id: restore-never-testd, off: No.}\n", encoding="utf-8")
    wrong = call("review", plan, "--rules", ours)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "ours.yaml:1" in wrong.stderr
    for given in (["nowhere.yaml"], [plan, "--format", "xml"], [plan, "--fail-on", "worst"]):
        done = call("review", *given)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
