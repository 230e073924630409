"""The outage bench: what a review of the plans would have said on the day before."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _bench() -> ModuleType:
    path = Path(__file__).parents[2] / "outages" / "bench.py"
    spec = importlib.util.spec_from_file_location("outage_bench", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MODULE = _bench()
BENCH = MODULE.run()
IN_VIEW, HELD_OUT = BENCH.part(held_out=False), BENCH.part(held_out=True)
OUTAGES = {each.name: each for each in IN_VIEW.outages}


def test_the_bench_knows_its_outages_and_every_rule_that_they_name() -> None:
    assert len(IN_VIEW.outages) == 13
    assert len(HELD_OUT.outages) == 7
    assert BENCH.unknown == []


@pytest.mark.parametrize("name", OUTAGES)
def test_every_cause_that_a_plan_shows_is_caught(name: str) -> None:
    assert [each.rule for each in OUTAGES[name].missed] == []


@pytest.mark.parametrize("name", OUTAGES)
def test_a_rule_of_a_cause_is_silent_on_the_mended_plan(name: str) -> None:
    assert OUTAGES[name].not_mended == []


@pytest.mark.parametrize("name", OUTAGES)
def test_what_has_to_stay_silent_does(name: str) -> None:
    assert [each.message for each in OUTAGES[name].not_silent] == []


def test_nearly_every_finding_has_a_cause_in_its_account() -> None:
    assert IN_VIEW.precision >= 0.8


def test_the_lessons_carry_over_to_outages_that_were_held_out() -> None:
    assert HELD_OUT.caught / HELD_OUT.marked >= 0.8
    assert HELD_OUT.precision >= 0.8
    assert [each.name for each in HELD_OUT.outages if each.not_silent or each.not_mended] == []


def test_it_prints_a_table_and_says_that_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert MODULE.main([]) == 0
    said = capsys.readouterr().out
    assert all(each.expected.title in said for each in BENCH.outages)
    assert "Recall 1.00" in said
