"""Which control shows a kind of value: one entry a kind, chosen from the kind alone.

A control is plain JSON that the screen draws: its type, and what that type needs. ``edit`` is the text that
stands in it, in the words that people read (``4 hours``); every kind's own parser reads it back.

A package of somebody else's brings its own by the entry point ``maintplan.widgets``, named by the kind::

    [project.entry-points."maintplan.widgets"]
    duration = "acme.plans:DurationSlider"

The entry is called with the field's `Spec` and returns an ipywidgets widget with a trait ``value``: the
value's text (`maintplan.fields.text`), and nothing where there is none. It is made when the question is
first shown and closed when it is left. A control of it without a name is named by the field's label. In the
cells of a table the kit's own controls stay, for which the same texts can be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

from maintplan import fields, served
from maintplan.errors import ValueProblem
from maintplan.fields import Spec

GROUP = "maintplan.widgets"

Control = dict[str, Any]
Choices = Callable[[Spec], list[list[str]]]
"""The rows that a reference may name, as value and label."""

SHORT_TEXT = 60
LINES: Mapping[str, Control] = {
    "duration": {"type": "line", "width": "short"},
    "percent": {"type": "line", "width": "short", "mode": "decimal", "align": "end"},
    "integer": {"type": "line", "width": "short", "mode": "numeric", "align": "end"},
    "number": {"type": "line", "width": "short", "mode": "decimal", "align": "end"},
    "url": {"type": "line", "mode": "url"},
    "version": {"type": "line", "width": "short", "mono": True},
    "date": {"type": "date", "width": "short"},
    "text": {"type": "text"},
    "markdown": {"type": "markdown"},
    "schedule": {"type": "schedule"},
}
"""Controls that need nothing but the kind; one that is not here is a line of text."""


def control(spec: Spec, choices: Choices) -> Control:
    """Return the control for a field or column."""
    found: Control = dict(LINES.get(spec.kind, {"type": "line"}))
    if spec.kind == "boolean":
        return {"type": "choice", "yesno": True, "options": [["true", ""], ["false", ""]]}
    if spec.kind in ("choice", "several") and spec.options:
        type_ = "choice" if spec.kind == "choice" else "several"
        return {"type": type_, "options": [[key, label or key] for key, label in spec.options.items()]}
    if spec.kind == "several":
        return {"type": "line"}
    if spec.kind == "reference":
        return {"type": "reference", "options": choices(spec)}
    if spec.kind == "number" and spec.unit:
        found["unit"] = spec.unit
    return found


def edit(value: Any, spec: Spec) -> Any:
    """Return what stands in the control of a value: text, or a list for several, or a schedule's parts."""
    if value is None:
        return [] if spec.kind == "several" and spec.options else ""
    if spec.kind == "several":
        return value if spec.options else ", ".join(value)
    if spec.kind == "schedule":
        return value
    return _in_words(value, spec) if spec.kind in ("duration", "percent") else fields.text(value, spec)


def _in_words(value: Any, spec: Spec) -> str:
    """Return the words of a value where they can be read back, such as ``4 hours``; else its own text."""
    shown = fields.show(value, spec)
    try:
        again = fields.parse(shown, spec)
    except ValueProblem:
        return fields.text(value, spec)
    return shown if again is not None and fields.show(again, spec) == shown else fields.text(value, spec)


@lru_cache(maxsize=1)
def foreign() -> Mapping[str, Callable[[Spec], Any]]:
    """Return the widgets that other packages bring, by kind; one that can't be loaded is left out."""
    found = {}
    for each in entry_points(group=GROUP):
        try:
            found[each.name] = each.load()
        except Exception:  # noqa: BLE001 - another package's code; the kit's own control stands in for it
            served.log().exception("the widget %s of another package can't be loaded", each.value)
    return found
