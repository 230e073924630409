"""The answers as pandas tables and as CSV files, for those who count and compare."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from maintplan import store, template
from maintplan.errors import InputError
from maintplan.plan import Plan, Service, Standing, edits, stand
from maintplan.summary import tables

EXAMPLE = Path(__file__).parents[3] / "examples" / "directory" / "plan.yaml"
POCKET = Path(__file__).parents[2] / "data" / "pocket"
STAGES = "rollout.rollout-stages.stages"


@pytest.fixture(scope="module")
def directory() -> Standing:
    return stand(store.open(EXAMPLE).plan)


@pytest.fixture
def plan() -> Plan:
    held = Plan(template.load(POCKET), Service(name="notes", tier=2))
    rows = [{"name": "canary", "percent": 5, "bake_time": "2h"}, {"name": "everyone"}]
    return edits.answer(held, STAGES, rows)


def test_there_is_a_row_for_each_consideration_and_the_counts_are_the_plan_s(directory: Standing) -> None:
    found = tables.considerations(directory)
    assert len(found) == 60
    count = directory.count()
    assert (found.state == "decided").sum() == count.decided
    assert (found.state == "not_applicable").sum() == count.not_applicable
    assert found.asked.sum() == directory.count_fields().asked
    assert set(found.owner) >= {"Manager"}


def test_there_is_a_row_for_each_value_with_its_state_and_source(plan: Plan) -> None:
    found = tables.values(stand(plan)).set_index("place")
    rto = found.loc["recovery.recovery-targets.rto"]
    assert (rto["value"], rto.state, rto.source, rto.origin) == (
        "4h",
        "recommended",
        "recommended",
        "own judgement",
    )
    assert found.loc["recovery.recovery-targets.rpo"].state == "missing"
    assert "recovery.backups.copies" not in found.index
    assert set(tables.values(stand(plan), "rollout")["place"].str.split(".").str[0]) == {"rollout"}


def test_a_table_has_typed_columns(plan: Plan) -> None:
    found = tables.table(stand(plan), "rollout.stages")
    assert list(found.columns) == ["name", "percent", "bake_time", "gate"]
    assert found.percent[0] == 5.0
    assert found.bake_time[0] == pd.Timedelta(hours=2)
    assert pd.isna(found.bake_time[1])
    with pytest.raises(InputError, match=r"this place is no table; name question\.table"):
        tables.table(stand(plan), "recovery.rto")


def test_a_section_holds_its_values_and_its_tables(directory: Standing) -> None:
    found = tables.section(directory, "runbook")
    assert {"values", "Contacts", "Known problems"} <= set(found)
    assert len(found["Contacts"]) == 4


def test_files_say_the_same_and_read_back(directory: Standing, tmp_path: Path) -> None:
    written = tables.write(directory, tmp_path)
    assert {each.name for each in written} >= {"considerations.csv", "values.csv", "runbook.contacts.csv"}
    with (tmp_path / "values.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(tables.values(directory))
    assert tables.write(directory, tmp_path) == written


def test_a_spreadsheet_takes_no_answer_for_a_formula(plan: Plan, tmp_path: Path) -> None:
    nasty = ["=HYPERLINK(1)", "+1", "@SUM(A1)", "-2+3", 'a "quoted", one', "two\tcells"]
    rows = [{"gate": f"g{index}", "threshold": each} for index, each in enumerate(nasty)]
    tables.write(stand(edits.answer(plan, "rollout.gates", rows)), tmp_path)
    with (tmp_path / "tables" / "rollout.gates.csv").open(newline="", encoding="utf-8") as file:
        found = [row["threshold"] for row in csv.DictReader(file)]
    assert [each.removeprefix("'") for each in found] == nasty
    assert not any(each.startswith(("=", "+", "-", "@")) for each in found)
