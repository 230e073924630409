"""Nothing typed is lost: a busy kernel, a connection that goes and comes back, a page that is closed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from maintplan import store
from maintplan.errors import SaveError
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened

pytestmark = pytest.mark.browser
RTO = "recovery.system-recovery-procedures.rto"
RESTORE = re.compile("^Restore within")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkout.yaml"


@pytest.fixture
def app(path: Path) -> App:
    kept = store.open(path, service="checkout", tier=2)
    return App(handle=Opened("checkout", kept, create=True), at="recovery", focus=RTO)


def response(page: Page) -> Any:
    page.get_by_role("button", name="In your own words").click()
    return page.get_by_role("textbox", name="In your own words")


def until(page: Page, is_so: Callable[[], bool], what: str) -> None:
    """Wait until the store has something."""
    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"waited 20 s, and the store has not got {what}")


def test_typing_while_the_kernel_is_busy_loses_and_reorders_no_character(
    show: Any, app: App, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = show(app)
    box = response(page)
    answer = app.receive

    def slowly(*given: Any) -> Any:
        time.sleep(1.5 if given[0]["do"] == "respond" else 0)
        return answer(*given)

    monkeypatch.setattr(app, "receive", slowly)
    part = "The quick brown fox jumps over the lazy dog while the kernel is busy. "
    for _ in range(3):
        box.press_sequentially(part, delay=5)
        page.wait_for_timeout(1100)  # a pause in which it is sent
    text = part * 3
    expect(box).to_have_value(text)
    box.blur()
    page.wait_for_function("page.sent.filter(each => each.do === 'respond').length > 1")
    expect(page.get_by_role("banner")).to_contain_text("Saved")
    until(
        page, lambda: store.open(path).plan.responses.get("recovery", "").strip() == text.strip(), "the text"
    )
    expect(box).to_have_value(text)


def test_a_lost_connection_is_said_and_what_was_typed_goes_through_when_it_is_back(
    show: Any, app: App, path: Path
) -> None:
    page, _ = show(app)
    page.get_by_label(RESTORE).fill("5h")
    page.get_by_label(RESTORE).blur()
    expect(page.get_by_role("banner")).to_contain_text("Saved")
    page.evaluate("window.page.offline = true")
    page.route("**/healthz", lambda route: route.abort())
    page.get_by_label(RESTORE).fill("7 hours")
    banner = page.get_by_role("alert").filter(has_text="The connection was lost")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("Everything up to")
    expect(page.get_by_label(RESTORE)).to_be_disabled()
    expect(page.get_by_label(RESTORE)).to_have_value("7 hours")
    page.evaluate("window.page.offline = false")
    expect(banner).to_have_count(0)
    expect(page.get_by_label(RESTORE)).to_be_focused()  # one goes on where one was
    until(page, lambda: store.open(path).plan.answers[RTO].value == "7h", "7 hours")  # type: ignore[union-attr]


def test_a_page_that_is_loaded_again_comes_back_at_the_same_field_with_all_that_was_typed(
    show: Any, app: App, path: Path
) -> None:
    page, _ = show(app)
    page.evaluate("window.page.offline = true")  # so that nothing of it has reached the kernel
    page.get_by_label(RESTORE).fill("9 hours")
    # A new kernel begins at the question, and opens what is first.
    app.receive({"do": "open", "place": "recovery.data-backup-and-archival"})
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_label(RESTORE)).to_be_focused()
    expect(page.get_by_label(RESTORE)).to_have_value("9 hours")
    until(page, lambda: path.exists() and RTO in store.open(path).plan.answers, "9 hours")
    assert page.evaluate("Object.values(localStorage).join().includes('drafts')") is False
    box = response(page)
    box.press_sequentially("In the middle of a")
    page.keyboard.press("ArrowLeft")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(box).to_be_focused()  # it has opened again, and the caret is where it was
    page.keyboard.type("s of ")
    expect(box).to_have_value("In the middle of s of a")
    box.press("Tab")
    # What was refused, and a form that was not sent off, are in no plan: this browser has them.
    page.get_by_role("button", name=re.compile("^System recovery procedures")).click()
    page.get_by_label(RESTORE).fill("soon")
    expect(page.get_by_label(RESTORE)).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Does not apply", exact=True).click()
    why = page.get_by_label("Why it does not apply")
    why.fill("Nothing to")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_label(RESTORE)).to_have_value("soon")
    expect(why).to_have_value("Nothing to")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_label(RESTORE).fill("9 hours")
    expect(page.get_by_label(RESTORE)).not_to_have_attribute("aria-invalid", "true")
    assert page.evaluate("Object.keys(localStorage)") == []
    page.get_by_role("button", name="Summary").click()  # nothing is touched there
    expect(page.get_by_role("heading", level=1)).to_have_text("Summary")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", level=1)).to_have_text("Summary")


def test_two_tabs_keep_each_its_own_and_the_next_page_has_what_a_closed_one_left(
    show: Any, app: App, path: Path
) -> None:
    page, _ = show(app)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("html[data-ready]")
    for tab, text in ((page, "9 hours"), (other, "7 hours")):
        tab.evaluate("window.page.offline = true")
        tab.get_by_label(RESTORE).fill(text)
    page.close()
    again = other.context.new_page()
    again.goto(other.url)
    again.wait_for_selector("html[data-ready]")
    until(again, lambda: path.exists() and RTO in store.open(path).plan.answers, "9 hours")
    expect(again.get_by_label(RESTORE)).to_have_value("9 hours")
    kept = other.evaluate("Object.values(localStorage).join()")
    assert "7 hours" in kept
    assert "9 hours" not in kept
    other.reload()
    other.wait_for_selector("html[data-ready]")
    expect(other.get_by_label(RESTORE)).to_have_value("7 hours")


def test_a_save_that_fails_stays_visible_and_is_tried_again(
    show: Any, app: App, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = show(app)
    assert app.handle is not None
    save = app.handle.save

    def full(*_given: Any) -> Any:
        raise SaveError("the disk is full", mend="make room")

    monkeypatch.setattr(app.handle, "save", full)
    page.get_by_label(RESTORE).fill("5h")
    page.get_by_label(RESTORE).blur()
    alert = page.get_by_role("alert").filter(has_text="The disk is full")
    expect(alert).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text("Not saved")
    assert page.evaluate("Object.values(localStorage).join().includes('drafts')")
    monkeypatch.setattr(app.handle, "save", save)
    expect(alert).to_have_count(0)
    assert store.open(path).plan.answers[RTO].value == "5h"  # type: ignore[union-attr]


def test_text_of_any_kind_is_shown_as_text(show: Any, app: App) -> None:
    page, _ = show(app)
    bad = "<script>window.ran = 1</script><img src=x onerror='window.ran=2'> {{ 7*7 }} ${1} שלום 🙂\u202e"
    box = response(page)
    box.fill(bad)
    box.blur()
    page.get_by_role("button", name="Preview").first.click()
    expect(page.get_by_role("group", name="Preview")).to_contain_text("{{ 7*7 }}")
    app.receive({"do": "service", "key": "name", "raw": bad})
    app.receive({"do": "own", "place": RTO.rpartition(".")[0], "raw": bad})
    for step in ("recovery", "summary", "confirm", "service"):
        app.receive({"do": "go", "step": step})
        page.reload()
        page.wait_for_selector("html[data-ready]")
        expect(page.get_by_role("banner")).to_contain_text("<script>window.ran = 1</script>")
    assert page.evaluate("window.ran") is None


def test_a_megabyte_is_refused_in_words_and_stays_as_it_was_pasted(show: Any, app: App) -> None:
    page, _ = show(app)
    box = response(page)
    box.fill("word " * 250_000)
    box.blur()
    expect(page.get_by_role("alert").filter(has_text="characters")).to_be_visible()
    assert box.evaluate("box => box.value.length") == 1_250_000
    box.evaluate("box => { box.value = 'word '.repeat(500_000) }")  # more than is sent in one message
    box.dispatch_event("input")
    expect(page.get_by_role("alert").filter(has_text="2,500,000 characters")).to_be_visible()
    assert box.evaluate("box => box.value.length") == 2_500_000
    box.fill("A few words.")
    box.blur()
    expect(page.get_by_role("alert")).to_have_count(0)
