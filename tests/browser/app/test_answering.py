"""Answering one question on the screen: saved as it is typed, wrong as typed, and taken back."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from maintplan import store
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened

pytestmark = pytest.mark.browser
RESTORE = re.compile("^Restore within")
RTO = "recovery.system-recovery-procedures.rto"


def app_of(path: Path, at: str = "recovery", focus: str | None = RTO) -> App:
    return App(handle=Opened("directory", store.open(path)), at=at, focus=focus)


def held(path: Path, place: str) -> Any:
    return store.open(path).plan.answers[place]


def test_what_is_typed_is_saved_after_a_pause_and_the_page_says_so(show: Any, plan_file: Path) -> None:
    app = app_of(plan_file)
    app.receive({"do": "clear", "place": RTO})
    page, _ = show(app)
    page.get_by_label(RESTORE).fill("5 hours")
    page.wait_for_function("page.sent.some(each => each.do === 'edit')")  # nobody has left the field
    expect(page.get_by_role("banner").get_by_text("Saved")).to_be_visible()
    expect(page.locator("[data-state=waiting] input")).to_have_count(0)
    assert held(plan_file, RTO).value == "5h"


def test_a_wrong_entry_stays_as_typed_and_the_plan_keeps_the_last_valid_value(
    show: Any, plan_file: Path
) -> None:
    app = app_of(plan_file)
    app.receive({"do": "edit", "place": RTO, "raw": "5h"})
    page, _ = show(app)
    box = page.get_by_label(RESTORE)
    box.fill("soon")
    box.blur()
    expect(page.get_by_role("alert").filter(has_text="is not a duration")).to_be_visible()
    expect(box).to_have_value("soon")
    expect(box).to_have_attribute("aria-invalid", "true")
    assert held(plan_file, RTO).value == "5h"
    box.fill("6h")
    box.blur()
    expect(page.get_by_role("alert").filter(has_text="is not a duration")).to_have_count(0)
    expect(box).to_have_value("6 hours")
    assert held(plan_file, RTO).value == "6h"


def test_a_time_is_changed_by_its_keys_one_after_the_other(show: Any, plan_file: Path) -> None:
    hours = "support.user-support-and-help-desk.hours"
    app = app_of(plan_file, "support", hours)
    app.receive({"do": "edit", "place": hours, "raw": {"every": "week", "days": ["sun"], "time": "02:00"}})
    page, _ = show(app)
    time = page.locator(f"[data-place='{hours}']").get_by_label("At", exact=True)
    time.focus()
    for shown in ("03:00", "04:00"):
        page.keyboard.press("ArrowUp")
        page.wait_for_function("page.sent.at(-1).raw?.time === '" + shown + "'")
        expect(page.get_by_text(f"every Sunday at {shown}")).to_be_visible()  # the kernel has answered
        expect(time).to_be_focused()
    assert held(plan_file, hours).value["time"] == "04:00"


def test_who_has_gone_on_to_another_control_is_not_called_back(show: Any, plan_file: Path) -> None:
    app = app_of(plan_file, "recovery", RTO)
    app.receive({"do": "clear", "place": RTO})
    app.receive({"do": "name", "who": "Ana"})
    page, _ = show(app)
    going_on = "use => { use.click(); document.querySelector('main [data-add]').focus() }"
    page.get_by_role("button", name="Use it", exact=True).first.evaluate(going_on)
    expect(page.locator(f'[data-place="{RTO}"][data-state=waiting]')).to_have_count(0)
    expect(page.locator("main [data-add]").first).to_be_focused()


def test_a_row_goes_and_moves_by_its_menu_and_comes_back(show: Any, plan_file: Path) -> None:
    place = "recovery.system-recovery-procedures.dependencies"
    page, _ = show(app_of(plan_file, focus=place))
    menus = page.locator(f'[data-place="{place}"]').get_by_role("button", name=re.compile("^Row "))

    def systems() -> list[str]:
        return [each["system"] for each in held(plan_file, place).value]

    def by_the_menu(row: int, what: str) -> None:
        menus.nth(row).click()
        page.get_by_role("button", name=what, exact=True).click()

    one, two, three, *rest = systems()
    by_the_menu(1, "Remove")
    expect(menus).to_have_count(2 + len(rest))
    assert systems() == [one, three, *rest]
    by_the_menu(1, "Move up")
    expect(menus.first).to_have_accessible_name(re.compile(three))
    assert systems() == [three, one, *rest]
    for _ in range(2):
        page.get_by_role("button", name="Undo").click()
    expect(menus).to_have_count(3 + len(rest))
    assert systems() == [one, two, three, *rest]


def test_who_is_quicker_than_the_kernel_loses_nothing(show: Any, plan_file: Path) -> None:
    place = "recovery.system-recovery-procedures.dependencies"
    app = app_of(plan_file, focus=place)
    before = held(plan_file, place).value
    page, served = show(app)
    take = app.receive

    def slowly(message: Any, buffers: Any = ()) -> Any:
        if message["do"] != "ping":
            time.sleep(0.15)
        return take(message, buffers)

    app.receive = slowly  # type: ignore[method-assign]
    keys = page.keyboard

    page.locator(f'[data-place="{place}"] [data-add]').focus()
    for key in ("Enter", *"ledger", "Tab", *"Ana", "Enter", "Shift+Tab", *"vaulx", "Backspace", *"t"):
        keys.press(key)  # without a look at where the focus is
    expect(page.get_by_label("vault, System")).to_be_focused()
    page.get_by_role("button", name=re.compile("^Next:")).dblclick()
    expect(page.locator("main")).to_have_attribute("data-step", "support")
    assert [each["system"] for each in held(plan_file, place).value[len(before) :]] == ["ledger", "vault"]
    assert not [each for each in served.messages if each["do"] == "missing"]  # as "n" outside of a cell asks
