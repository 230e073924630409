"""Plans of past outages as they stood the day before: the review sees their causes, and little else."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
OUTAGES = sorted(each.parent.name for each in HERE.glob("*/expect.yaml"))


@pytest.fixture(scope="module")
def bench() -> Any:
    spec = importlib.util.spec_from_file_location("outage_bench", HERE / "bench.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look up the module that they stand in
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(bench: Any) -> Any:
    return bench.run()


@pytest.fixture
def outage(found: Any, request: pytest.FixtureRequest) -> Any:
    return next(each for each in found.outages if each.name == request.param)


def test_all_eleven_outages_are_there() -> None:
    assert len(OUTAGES) == 11


def test_every_rule_that_is_expected_exists(found: Any) -> None:
    assert found.unknown == []


@pytest.mark.parametrize("outage", OUTAGES, indirect=True)
def test_every_marked_cause_is_caught(outage: Any) -> None:
    assert [f"{each.cause} ({each.rule})" for each in outage.missed] == []


@pytest.mark.parametrize("outage", OUTAGES, indirect=True)
def test_the_silent_ones_stay_silent(outage: Any) -> None:
    assert [f"{each.rule}: {each.message}" for each in outage.not_silent] == []


@pytest.mark.parametrize("outage", OUTAGES, indirect=True)
def test_the_mended_plan_is_judged_and_has_none_of_the_causes(outage: Any) -> None:
    assert outage.not_mended == []


@pytest.mark.parametrize("outage", OUTAGES, indirect=True)
def test_no_rule_fails_on_a_historical_plan(outage: Any) -> None:
    assert [each.message for each in (*outage.eve.findings, *outage.mended.findings) if each.error] == []


def test_four_findings_of_five_have_a_cause(found: Any) -> None:
    assert found.precision >= 0.8, [
        f"{outage.name}: {each.rule}: {each.message}"
        for outage in found.outages
        for each in outage.without_cause
    ]


def test_the_table_names_every_outage_and_ends_with_recall_and_precision(bench: Any, found: Any) -> None:
    lines = list(bench.report(found))
    assert all(any(outage.expected.title == line for line in lines) for outage in found.outages)
    assert lines[-2].startswith("Recall 1.00: ")
    assert lines[-1].startswith("Precision ")
