"""The notebook as the app's page: what its cells call when a server runs it.

The kernel is started before anybody asks for a page. What every page needs is loaded then; the page's own
plan is opened once the server's ticket says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from maintplan import review, served
from maintplan.errors import MaintplanError
from maintplan.store import loading
from maintplan.widgets.app import App
from maintplan.widgets.desk import Desk, OnePlan, StorePlans
from maintplan.widgets.sentences import sentence_of
from maintplan.widgets.walk import Walk

BANK = "maintenance-rollout"


class Page:
    """One page of the app; in the notebook it stands where a `Session` does."""

    def __init__(self) -> None:
        warm()
        self._ticket = served.ticket()
        self._widget: Walk | None = None

    def walk(self) -> None:
        """Show the walk."""
        from IPython.display import display  # noqa: PLC0415 - only a notebook needs it

        self._widget = Walk(app(self._ticket), in_app=True)
        _tell_of_failures(self._widget)
        display(self._widget)  # type: ignore[no-untyped-call]

    def __getattr__(self, name: str) -> Any:
        """Return what shows nothing: the cells below the walk are for the report."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _nothing


def _tell_of_failures(walk: Walk) -> None:
    """Have what fails in a widget's code told: IPython shows a traceback, for which a page has no place."""
    from IPython import get_ipython  # noqa: PLC0415 - only a notebook has it

    shell = get_ipython()
    if shell is None:
        return
    shows = shell.showtraceback

    def told(*given: Any, **more: Any) -> None:
        walk.send(walk.app.failed("the code of a widget"))
        shows(*given, **more)

    shell.showtraceback = told


@cache
def warm() -> None:
    """Load and make what every page needs, whatever its plan."""
    from maintplan.store import records  # noqa: F401, PLC0415 - most pages are of a database

    # Kept, so that the page's plan is of this very template, and its rules are compiled already.
    loading.keep_templates()
    review.load(loading.Banks().template(BANK, (), Path.cwd())).prepare()


def _nothing() -> Iterator[Any]:
    return iter(())


def app(ticket: served.Ticket | None) -> App:
    """Open what the server's ticket says; what can't be opened is said on the start page."""
    if ticket is None:
        return App()
    desk: Desk = (
        StorePlans(ticket.store, ticket.template)
        if ticket.store
        else OnePlan(ticket.plan or "", ticket.template)
    )
    try:
        handle = desk.opened(ticket.plan) if ticket.plan else None
        return App(desk, handle, at=ticket.question, upload_limit=ticket.upload_limit)
    except MaintplanError as error:
        served.log().warning("plan %s can't be opened: %s", ticket.plan, error)
        found = App(desk, upload_limit=ticket.upload_limit)
        found.problem = sentence_of(error)
        return found
