"""All tables in one workbook: readable by people, inert, and the same each time."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openxml_audit import OpenXmlValidator

from maintplan import store, template
from maintplan.fields import Spec
from maintplan.plan import Plan, Service, Standing, edits, stand
from maintplan.resources import example
from maintplan.summary import tables
from maintplan.summary.workbook import workbook

BANK = template.load("maintenance-rollout")


@pytest.fixture(scope="module")
def directory() -> Standing:
    return stand(store.open(example() / "plan.yaml").plan)


def answered(**answers: Any) -> Standing:
    plan = Plan(BANK, Service(name="pay", tier=1, stage="production"))
    for name, value in answers.items():
        plan = edits.answer(plan, name.replace("__", "."), value)
    return stand(plan)


def read(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_each_table_has_a_sheet_with_its_header_frozen(directory: Standing) -> None:
    book = read(tables.workbook(directory))
    assert book.sheetnames[:2] == ["All considerations", "All values"]
    tasks = book["Routine tasks"]
    assert tasks.freeze_panes == "A2"
    assert [each.value for each in tasks[1]][:3] == ["Task", "Owner", "When"]
    assert tasks["C2"].value == "every day"
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)


def test_numbers_and_dates_are_numbers_and_dates() -> None:
    standing = answered(
        rollout__stages=[{"name": "canary", "percent": 5, "bake_time": "2h"}],
        roadmap__components=[{"component": "PostgreSQL", "version": "16.4", "eol": "2028-11-09"}],
    )
    book = read(tables.workbook(standing))
    share = next(each for each in book["Stages"][2] if each.value == 5)
    assert share.number_format == '0.####" %"'
    assert dt.datetime(2028, 11, 9) in [each.value for each in book["Components"][2]]  # noqa: DTZ001 - a day
    assert "16.4" in [each.value for each in book["Components"][2]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)", '=cmd|" /C calc"!A0'])
def test_what_a_spreadsheet_would_take_for_a_formula_stays_text(text: str) -> None:
    book = read(tables.workbook(answered(runbook__tasks=[{"task": text, "schedule": "daily"}])))
    cell = book["Routine tasks"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_it_keeps_to_the_schema_of_office_documents(directory: Standing, tmp_path: Path) -> None:
    path = tmp_path / "tables.xlsx"
    path.write_bytes(tables.workbook(directory))
    found = OpenXmlValidator().validate(path).errors
    assert [str(each) for each in found if "relationships/theme" not in each.description] == []


def test_the_same_plan_gives_the_same_bytes(directory: Standing) -> None:
    assert tables.workbook(directory) == tables.workbook(directory)


def test_sheets_of_one_name_are_told_apart(directory: Standing) -> None:
    names = ["A/b:c" * 20, "a b c" * 20, "history", "", "'quoted'", "[x]"]
    book = read(workbook(directory, [(name, ["x"], [[("1", None)]]) for name in names]))
    assert len(book.sheetnames) == len(names)


@given(st.text(max_size=50), st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_text(text: str, name: str) -> None:
    standing = answered()
    spec = Spec(kind="text", id="x")
    book = read(workbook(standing, [(name, [text], [[(f"a{text}", spec)]])]))
    cell = book.worksheets[0]["A2"]
    assert cell.data_type == "s"


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    book = read(workbook(answered(), [("x", ["x"], [[("a" * 40_000, None)]])]))
    text = book.worksheets[0]["A2"].value
    assert len(text) <= 32_767
    assert text.endswith("the plan has it whole)")


def test_raci_is_a_table_of_its_own() -> None:
    row = {"activity": "=go", "responsible": "lead", "accountable": "owner"}
    assert tables.raci(answered(release__responsibilities=[row])) == (
        b"Activity,Responsible,Accountable,Consulted,Informed\r\n'=go,lead,owner,,\r\n"
    )
    small = Plan(BANK, Service(name="pay", tier=3, stage="prototype"))
    assert tables.raci(stand(small)) is None
