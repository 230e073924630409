"""One question, or the whole walk, in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maintplan import store
from maintplan.errors import unknown
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened, name_of
from maintplan.widgets.walk import Walk


class Question:
    """One question of a plan, to be answered in a notebook; every answer is saved as it is given.

    Parameters
    ----------
    name
        The question's id, such as ``rollout``.
    plan
        A plan file or address, a plan that is open (`maintplan.store.open`), or a notebook's `Session`.

    Raises
    ------
    InputError
        For a question that the plan's template does not have, with the closest one.

    Examples
    --------
    >>> Question("rollout", session).show()  # doctest: +SKIP
    """

    def __init__(self, name: str, plan: str | Path | store.StoredPlan | Any = "plan.yaml") -> None:
        kept = store.open(plan) if isinstance(plan, str | Path) else getattr(plan, "kept", plan)
        known = [each.id for each in kept.plan.template.questions]
        if name not in known:
            raise unknown("question", name, known)
        called = name_of(str(plan)) if isinstance(plan, str | Path) else kept.plan.service.name
        self.app = App(handle=Opened(called, kept, create=True), at=name)

    def show(self) -> Walk:
        """Return the question as a widget; a notebook shows it under its cell."""
        return Walk(self.app, alone=True)
