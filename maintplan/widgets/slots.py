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
    fail
        Says on the screen that one of them failed, with the exception that is at hand.
    """

    def __init__(
        self,
        app: App,
        answer: Callable[[Mapping[str, Any]], object],
        fail: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._app = app
        self._answer = answer
        self._fail = fail
        self._slots: dict[str, _Slot] = {}
        self._broken: set[str] = set()

    def follow(self) -> bool:
        """Make and close widgets as the question on the screen needs them; say whether any came or went."""
        if not controls.foreign():
            return False
        kinds = controls.foreign().keys() - self._broken
        wanted = {each.field.place: each for each in self._app.on_screen() if each.field.kind in kinds}
        for place in [place for place in self._slots if place not in wanted]:
            self._slots.pop(place).widget.close()
        changed = set(self._slots) != set(wanted)
        for place, each in wanted.items():
            text = "" if each.value is None else fields.text(each.value, each.field.spec)
            slot = self._slots.get(place)
            if slot is None:
                self._make(place, each.field.spec, text)
            elif slot.text != text and place not in self._app.edits.wrong:  # what is refused stays as it is
                slot.text = text
                slot.widget.value = text
        self._app.edits.slots = {place: slot.widget.model_id for place, slot in self._slots.items()}
        return changed

    def _make(self, place: str, spec: fields.Spec, text: str) -> None:
        try:
            widget = controls.foreign()[spec.kind](spec)
            widget.value = text
            self._guard(widget, place, _Slot(widget, text))
        except Exception:  # noqa: BLE001 - another package's code; the kit's own control stands in for it
            self._broken.add(spec.kind)
            served.log().exception("the widget of another package for %s can't be made", spec.kind)

    def _guard(self, widget: Any, place: str, slot: _Slot) -> None:
        """Take what a widget says, whatever the package's own code makes of it, and tell where that fails."""

        def changed(value: Any) -> None:
            text = "" if value is None else str(value)  # whatever it is, the kind's own parser judges it
            if text != slot.text:
                slot.text = text
                self._answer({"do": "edit", "place": place, "raw": text})

        # Not `observe`: what the package's own observers raise would keep ours from being called.
        notify = widget._notify_observers  # noqa: SLF001 - `notify_change` is not kept over a hold

        def told(change: Any) -> None:
            try:
                notify(change)
            except Exception:  # noqa: BLE001 - another package's code
                self._fail(f"the widget of another package at {place}")
            if change["name"] == "value" and place in self._slots:
                changed(change["new"])

        widget._notify_observers = told  # noqa: SLF001
        self._slots[place] = slot

    def close(self) -> None:
        """Close all of them."""
        for slot in self._slots.values():
            slot.widget.close()
        self._slots.clear()
