"""What the notebook's cells say of the review, and the prompt that asks it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from maintplan import resources
from maintplan.errors import RefusedError
from maintplan.session import Parameters, Session

NOW = dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)
EXAMPLE = resources.example("directory") / "plan.yaml"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


def test_the_findings_are_a_table_and_the_improvement_plan_a_part(plan: Path) -> None:
    session = Session(Parameters(plan=str(plan)), NOW)
    table = session.findings()
    open_ = table[table["state"] == "open"]
    assert len(open_) == len(session.review.open()) > 0
    assert list(open_["severity"]) == sorted(open_["severity"], key=["high", "medium", "low"].index)
    part = session.improvement()
    assert part.title == "Improvement plan"
    assert session.improvement() == part


def test_a_yes_with_a_high_finding_lists_it_and_leaves_the_plan_as_it_was(plan: Path) -> None:
    before = plan.read_bytes()
    given = Parameters(plan=str(plan), confirm=True, confirmed_by="ops-lead", role="operations")
    with pytest.raises(RefusedError) as caught:
        Session(given, NOW).walk()
    assert "high findings open" in caught.value.what
    assert any("gates-do-not-block" in reason for reason in caught.value.reasons)
    assert plan.read_bytes() == before
    assert [each.name for each in plan.parent.iterdir()] == ["plan.yaml"]


def test_reviewing_in_a_kernel_imports_neither_pandas_nor_matplotlib(plan: Path) -> None:
    lines = (
        "import sys; from maintplan.session import Parameters, Session",
        f"session = Session(Parameters(plan={str(plan)!r}))",
        "session.improvement(); session.review.findings[0]._repr_mimebundle_()",
        "print([each for each in ('pandas', 'matplotlib') if each in sys.modules])",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
