"""What two people have changed at the same moment: theirs is in the plan, mine stands beside it.

Nothing of mine is written, and nothing of it is lost: it stands in its control as it was typed, with theirs
below, until somebody says which of the two it is to be, or types what becomes of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.errors import Clash, InputError
from maintplan.fields import Spec
from maintplan.plan import places
from maintplan.summary import phrases
from maintplan.widgets import controls
from maintplan.widgets.acts.tables import sheet_of
from maintplan.widgets.tables import Wrong

if TYPE_CHECKING:
    from maintplan.widgets.app import App

_SHOWN = 60
"""Characters of a text that a note quotes; a longer one stands below it."""
_CHOICES = ("service.tier", "service.stage")


def stand_beside(app: App, clashes: Iterable[Clash]) -> None:
    """Keep what was typed here beside what somebody else has saved; what has no control is told."""
    told = [clash for clash in clashes if not (_text(app, clash) or _field(app, clash) or _cell(app, clash))]
    if told:
        first = told[0]
        inputs = {f"inputs.{each.id}": each.words for each in app.interview.plan.template.inputs}
        at = inputs.get(".".join(first.place.split(".")[:2])) or _named(app, first.place)
        mine = _short(_flat(first.mine))
        app.say(f"app.saved.{'theirs_stands_mine' if mine else 'theirs_stands'}", at=at, mine=mine)


def beside(app: App, raw: Any, theirs: str) -> Wrong:
    """Return what was typed, with what somebody else has made of it."""
    key = "theirs_long" if len(theirs) > _SHOWN or "\n" in theirs else "theirs" if theirs else "theirs_none"
    return Wrong(raw, app.words(f"app.saved.{key}", theirs=theirs), theirs=theirs)


def theirs_at(app: App, key: str) -> str | None:
    """Return what the plan holds for a text or a field, by its key on the screen; None for anything else."""
    plan, standing = app.interview.plan, app.interview.standing
    place, _, part = key.partition("#")
    if part == "response":
        return plan.responses.get(place, "")
    if part == "owner":
        return plan.owners.get(place, "")
    if place.startswith("service."):
        return str(getattr(plan.service, place.removeprefix("service."), None) or "")
    held = standing.fields.get(place)
    if held is None or held.field.kind == "table":
        return None
    return "" if held.value is None else fields.show(held.value, held.field.spec)


def _text(app: App, clash: Clash) -> bool:
    head, _, last = clash.place.rpartition(".")
    key = clash.place if head == "service" else f"{head}#{last}"
    is_text = last in ("response", "owner") or (head == "service" and clash.place not in _CHOICES)
    if not is_text or clash.place in app.interview.standing.fields:
        return False
    app.edits.wrong[key] = beside(app, str(clash.mine or ""), theirs_at(app, key) or "")
    return True


def _field(app: App, clash: Clash) -> bool:
    held = app.interview.standing.fields.get(clash.place)
    if held is None or held.field.kind == "table" or _is_said(clash.mine, held.field.spec):
        return False
    raw = "" if clash.mine is None else controls.edit(clash.mine, held.field.spec)
    app.edits.wrong[clash.place] = beside(app, raw, theirs_at(app, clash.place) or "")
    return True


def _is_said(value: Any, spec: Spec) -> bool:
    """Whether it is no value, but what was said instead of one."""
    return isinstance(value, dict) and spec.kind != "schedule"


def _cell(app: App, clash: Clash) -> bool:
    standing = app.interview.standing
    try:
        found = places.find(standing.plan.template, clash.place)
    except InputError:
        return False
    held = standing.fields.get(found.field.place) if found.field else None
    column = held.field.spec.column(found.place.column) if held and found.place.column else None
    if held is None or column is None or not isinstance(held.value, list):
        return False
    at = places.row_index(held.value, held.field.spec, found.place)
    rows = [row for row in sheet_of(app, held.field.place).rows if row.cells]
    if at is None or at >= len(rows):
        return False
    value = held.value[at]
    shown = value.get(column.id) if isinstance(value, dict) else None
    raw = "" if clash.mine is None else controls.edit(clash.mine, column)
    rows[at].wrong[column.id] = beside(app, raw, "" if shown is None else fields.show(shown, column))
    return True


def _named(app: App, place: str) -> str:
    """Name a place, or the item of a list that it is a part of."""
    standing = app.interview.standing
    if place in _CHOICES:
        return app.words(f"app.ui.{place.removeprefix('service.')}")
    place = place.removeprefix("cross_cutting.")
    whole = place.rpartition(".")[0]
    return phrases.named(standing, whole if standing.plan.template.item(whole) else place)


def _flat(value: Any) -> str:
    """Return the texts of a value in one line, so that nobody has to remember what they had typed."""
    if isinstance(value, dict):
        return ", ".join(filter(None, map(_flat, value.values())))
    return value if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
