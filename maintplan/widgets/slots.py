"""The widgets of other packages in a question: made when it is shown, closed when it is left.

See `maintplan.widgets.controls` for how a package brings one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from maintplan import fields, served
from maintplan.widgets import controls
from maintplan.widgets.app import App


@dataclass
class _Slot:
    widget: Any
    text: str


class Slots:
    """The widgets that stand in an app's question now.

    Parameters
    ----------
    app
        The app.
    answer
        Takes a message of theirs, as one of the screen's.
    """

    def __init__(self, app: App, answer: Callable[[Mapping[str, Any]], object]) -> None:
        self._app = app
        self._answer = answer
        self._slots: dict[str, _Slot] = {}

    def follow(self) -> bool:
        """Make and close widgets as the question on the screen needs them; say whether any came or went."""
        if not controls.foreign():
            return False
        wanted = {
            each.field.place: each for each in self._app.on_screen() if each.field.kind in controls.foreign()
        }
        for place in [place for place in self._slots if place not in wanted]:
            self._slots.pop(place).widget.close()
        changed = set(self._slots) != set(wanted)
        for place, each in wanted.items():
            text = "" if each.value is None else fields.text(each.value, each.field.spec)
            slot = self._slots.get(place)
            if slot is None:
                self._make(place, each.field.spec, text)
            elif slot.text != text:
                slot.text = text
                slot.widget.value = text
        self._app.edits.slots = {place: slot.widget.model_id for place, slot in self._slots.items()}
        return changed

    def _make(self, place: str, spec: fields.Spec, text: str) -> None:
        try:
            widget = controls.foreign()[spec.kind](spec)
            widget.value = text
        except Exception:  # noqa: BLE001 - another package's code; the kit's own control stands in for it
            served.log().exception("the widget of another package for %s can't be made", spec.kind)
            return
        slot = self._slots[place] = _Slot(widget, text)

        def changed(change: Mapping[str, Any]) -> None:
            if change["new"] != slot.text:
                slot.text = change["new"]
                self._answer({"do": "edit", "place": place, "raw": change["new"]})

        widget.observe(changed, names="value")

    def close(self) -> None:
        """Close all of them."""
        for slot in self._slots.values():
            slot.widget.close()
        self._slots.clear()
