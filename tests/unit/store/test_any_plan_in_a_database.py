"""Any plan that can be built comes out of a database as it went in."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from maintplan import store
from maintplan.errors import MaintplanError
from maintplan.plan import edits
from maintplan.plan.model import Plan


def _loaded() -> Any:
    """Load what the plan's own tests build plans with; folders of tests are no packages."""
    path = Path(__file__).parents[1] / "plan" / "test_any_plan.py"
    spec = importlib.util.spec_from_file_location("any_plan", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OF_PLANS = _loaded()
NUMBERS = itertools.count()
FEW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
BUILT: dict[str, Any] = {
    "answers": OF_PLANS.ANSWERS,
    "around": OF_PLANS.entries(),
    "words": OF_PLANS.WORDS,
    "later": OF_PLANS.ANSWERS,
}


@FEW
@given(**BUILT)
def test_the_same_plan_comes_out(answers: Any, around: Any, words: str, later: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _there_and_back(f"sqlite:///{folder}/plans.db#any", answers, around, words, later)


@FEW
@given(**BUILT)
def test_the_same_plan_comes_out_of_postgresql(
    new_database: str, answers: Any, around: Any, words: str, later: Any
) -> None:
    _there_and_back(f"{new_database}#p{next(NUMBERS)}", answers, around, words, later)


def _there_and_back(address: str, answers: Any, around: Any, words: str, later: Any) -> None:
    plan: Plan = OF_PLANS.built(answers, around, words)
    assume(OF_PLANS.readable(plan))
    where = str(OF_PLANS.POCKET)
    record = store.open(address, template=where)
    saved = record.save(plan, create=True)
    assert store.open(address, template=where).plan == saved == replace(plan, revision=1)
    changed = saved
    for field, raw in later:
        with contextlib.suppress(MaintplanError):
            changed = edits.answer(changed, field.place, raw)
    again = record.save(changed)
    assert store.open(address, template=where).plan == again
    assert replace(again, revision=1) == changed
