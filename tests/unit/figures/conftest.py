from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from maintplan import template
from maintplan.plan import Plan, Service, Standing, edits, stand


@pytest.fixture(scope="session")
def answered() -> Callable[[dict[str, Any]], Standing]:
    """How a tier 1 plan stands with some answers."""
    bank = template.load("maintenance-rollout")

    def make(answers: dict[str, Any]) -> Standing:
        plan = Plan(bank, Service(name="pay", tier=1, stage="production", owner="payments"), revision=7)
        for name, value in answers.items():
            plan = edits.answer(plan, name, value)
        return stand(plan)

    return make
