"""One question, consideration or field in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maintplan import store
from maintplan.plan import places
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened, name_of
from maintplan.widgets.walk import Walk


class Question:
    """One question of a plan, or a part of one, to be answered in a notebook; every answer is saved at once.

    Parameters
    ----------
    name
        The question's id, such as ``rollout``; or the place of one of its considerations or fields, such as
        ``rollout.phased-feature-rollout-strategy`` or ``rollout.stages``.
    plan
        A plan file or address, a plan that is open (`maintplan.store.open`), or a notebook's `Session`.

    Raises
    ------
    InputError
        For a place that the plan's template does not have, with the closest one.

    Examples
    --------
    >>> Question("rollout", session).show()  # doctest: +SKIP
    >>> Question("recovery.rto", session).show()  # doctest: +SKIP
    """

    def __init__(self, name: str, plan: str | Path | store.StoredPlan | Any = "plan.yaml") -> None:
        kept = store.open(plan) if isinstance(plan, str | Path) else getattr(plan, "kept", plan)
        found = places.find(kept.plan.template, name)
        called = name_of(str(plan)) if isinstance(plan, str | Path) else kept.plan.service.name
        self.app = App(handle=Opened(called, kept, create=True), at=found.question.id)
        if found.consideration is not None:
            self.app.show_only(found.place)

    def _repr_mimebundle_(self, **wanted: Any) -> Any:
        """Show it where it is the last thing of a cell, as `show` does."""
        return self.show()._repr_mimebundle_(**wanted)

    def show(self) -> Walk:
        """Return it as a widget; a notebook shows it under its cell."""
        return Walk(self.app, alone=True)
