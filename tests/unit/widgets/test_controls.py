"""Controls: what stands in one can be read back as it was, for every kind of value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from traitlets import HasTraits, Unicode

from maintplan import fields, resources, store
from maintplan.fields import Spec
from maintplan.plan import stand
from maintplan.widgets import controls
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened
from maintplan.widgets.slots import Slots

EXAMPLES = ("directory", "checkout")


def values(example: str) -> Iterator[tuple[str, Any, Spec]]:
    plan = store.open(resources.example(example) / "plan.yaml").plan
    for place, each in stand(plan).fields.items():
        if each.value is None:
            continue
        if each.field.kind != "table":
            yield place, each.value, each.field.spec
            continue
        for row in each.value:
            yield from (
                (f"{place}.{key}", row[key], spec) for key in row if (spec := each.field.spec.column(key))
            )


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_stands_in_a_control_is_read_back_as_the_value(example: str) -> None:
    for place, value, spec in values(example):
        again = fields.parse(controls.edit(value, spec), spec)
        same = again == value or fields.show(again, spec) == fields.show(value, spec)  # type: ignore[arg-type]
        assert (place, same) == (place, True)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_field_that_is_asked_is_on_the_screen_and_leaving_it_alone_saves_nothing(
    example: str,
) -> None:
    kept = store.open(resources.example(example) / "plan.yaml")
    before = kept.plan
    app = App(handle=Opened(example, kept))
    shown: set[str] = set()
    for consideration in before.template.considerations:
        app.receive({"do": "go", "place": consideration.place})
        step = app.view()["step"]
        for each in step["considerations"]["items"].values():
            if each["open"]:
                shown |= {*each["fields"]["order"], *each["more"]["order"]}
                for place, field in each["fields"]["items"].items():
                    if "edit" in field and not field["stance"]:
                        app.receive({"do": "edit", "place": place, "raw": field["edit"]})
    standing = stand(before)
    wanted = {place for place, each in standing.fields.items() if each.asked or each.state == "set_aside"}
    assert wanted <= shown
    assert kept.plan is before


class Slider(HasTraits):
    """A widget of another package, as far as a slot is concerned."""

    value = Unicode()
    model_id = "abc"
    closed = False

    def close(self) -> None:
        """Close it."""
        self.closed = True


def test_another_package_brings_the_widget_of_a_kind(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Slider] = []

    def slider(spec: Spec) -> Slider:
        assert spec.kind == "duration"
        made.append(Slider())
        return made[-1]

    monkeypatch.setattr(controls, "foreign", lambda: {"duration": slider})
    kept = store.open(tmp_path / "plan.yaml", service="checkout", tier=2)
    rto = "recovery.system-recovery-procedures.rto"
    app = App(handle=Opened("checkout", kept, create=True), at="recovery", focus=rto)
    slots = Slots(app, app.receive)
    assert slots.follow()
    at = next(widget for widget in made if widget.value == "4h")  # the recommended value
    at.value = "6h"
    assert kept.plan.answers[rto].value == "6h"
    view = app.view()["step"]["considerations"]["items"][rto.rpartition(".")[0]]
    assert view["fields"]["items"][rto]["slot"] == "abc"
    app.receive({"do": "next"})
    slots.follow()
    assert at.closed


def test_going_round_and_round_holds_no_more_than_going_once(tmp_path: Any) -> None:
    kept = store.open(tmp_path / "plan.yaml", service="checkout", tier=1)
    app = App(handle=Opened("checkout", kept, create=True))
    for _ in range(3):
        for step in app.interview.steps:
            app.receive({"do": "go", "step": step.id})
        assert app.edits.sheets == {}
        assert app.edits.slots == {}
