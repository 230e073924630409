"""The interview on a template's folder, while it is being written: reloaded on every save, stored nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from maintplan import template
from maintplan.errors import MaintplanError, describe
from maintplan.plan.model import Plan, Round, Service
from maintplan.template import Template
from maintplan.widgets.app import App
from maintplan.widgets.standalone import Standalone
from maintplan.words import Words

SHOWN = 8
"""Problems that the page shows."""


class Scratch:
    """A plan that is kept nowhere."""

    name = "preview"
    address = None

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def save(self, plan: Plan, by: str, when: dt.datetime) -> Plan:
        """Keep it in mind alone."""
        del by, when
        self.plan = plan
        return plan

    def approved(self) -> Plan | None:
        """Return nothing: nothing was ever approved."""
        return None

    @staticmethod
    def at_round(said: Round) -> Plan | None:
        """Return nothing: nothing is kept."""
        del said
        return None

    def reload(self) -> Plan:
        """Return the plan as it is."""
        return self.plan

    @staticmethod
    def others() -> Plan | None:
        """Return nothing: nobody else has it."""
        return None


def preview(
    path: Path, tier: int = 1, stage: str = "production", *, layers: tuple[str, ...] = ()
) -> Standalone:
    """Return a page with the interview of a template, which loads the template again when it has changed.

    A template that can't be loaded any more is said on the page; what was tried so far comes back with the
    next save that can.

    Raises
    ------
    MaintplanError
        When it can't be loaded to begin with.
    """
    load: Callable[[], Template] = lambda: template.load(path, layers=layers)  # noqa: E731 - one line, used twice
    service = Service.model_validate({"name": path.resolve().stem, "tier": tier, "stage": stage})
    app = App(handle=Scratch(Plan(load(), service)), keep=False)
    shown = Standalone(app, version=lambda: _version(path))
    seen = [_version(path)]

    def again() -> None:
        now = _version(path)
        if now == seen[0]:
            return
        seen[0] = now
        try:
            held = app.interview.plan
            fresh = Plan(load(), held.service)
            known = set(fresh.template.fields) | {each.place for each in fresh.template.considerations}
            answers = {place: answer for place, answer in held.answers.items() if place in known}
            owners = {place: owner for place, owner in held.owners.items() if place in known}
            responses = {
                each.id: held.responses[each.id]
                for each in fresh.template.questions
                if each.id in held.responses
            }
            fresh = replace(fresh, answers=answers, owners=owners, responses=responses)
            app.take(Scratch(fresh), app.interview.at)
            app.problem = ""
        except MaintplanError as error:
            app.problem = _said(error, app.words)

    shown.before = again
    return shown


def _said(error: MaintplanError, said: Words) -> str:
    """Say the first of what is wrong, a line each: the first often makes the others."""
    lines = describe(error).split("\n")
    more = len(lines) - SHOWN
    return "\n".join(lines if more <= 0 else [*lines[:SHOWN], said("app.saved.more_problems", count=more)])


def _version(path: Path) -> str:
    """Say which version of the files there is: when the last of them was written, and how many there are."""
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    return ",".join(str(each.stat().st_mtime_ns) for each in files if each.exists()) or "-"
