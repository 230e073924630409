"""The app for everybody: keyboard alone, screen readers, small and zoomed screens, light and dark."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from maintplan import store
from maintplan.plan.model import Given
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened, StorePlans

pytestmark = pytest.mark.browser
RTO = "recovery.system-recovery-procedures.rto"
IN_DARK = ("service", "rollout", "security-privacy", "summary", "confirm")
"""A step of each kind; the colours are the same on the others."""
CONTACTS = "runbook.emergency-response-procedures.contacts"


@pytest.fixture
def app(plan_file: Path) -> App:
    return App(handle=Opened("directory", store.open(plan_file)), at="service")


def fresh(tmp_path: Path, at: str, focus: str | None = None) -> App:
    kept = store.open(tmp_path / "checkout.yaml", service="checkout", tier=1)
    return App(handle=Opened("checkout", kept, create=True), at=at, focus=focus)


def walked(page: Page, app: App) -> Iterator[str]:
    """Walk from the first step to the last by keyboard, and say where one is."""
    steps = [each.id for each in app.interview.steps]
    for index, step in enumerate(steps):
        yield step
        if index + 1 < len(steps):
            page.locator("h1").focus()
            page.keyboard.press("]")
            page.wait_for_selector(f"main[data-step='{steps[index + 1]}']")


def grave(page: Page, **options: Any) -> list[str]:
    page.wait_for_function("!document.querySelector('.mp-section:not([data-laid])')")  # all is laid out
    axe = Axe("0") if page.evaluate("'axe' in window") else Axe()  # its script is there already
    found = axe.run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def test_axe_finds_nothing_on_any_step_in_light_and_dark(show: Any, app: App) -> None:
    page, _ = show(app)
    for step in walked(page, app):
        assert (step, grave(page)) == (step, [])
        if step in IN_DARK:
            page.emulate_media(color_scheme="dark")
            assert (step, grave(page, runOnly=["color-contrast"])) == (step, [])
            page.emulate_media(color_scheme="light")


def test_axe_finds_nothing_on_the_start_page_with_its_errors(show: Any, tmp_path: Path) -> None:
    page, _ = show(App(StorePlans(f"sqlite:///{tmp_path}/plans.db", "maintenance-rollout")))
    page.get_by_label("Service name").fill("Shop")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_text("Pick the tier.")).to_be_visible()
    expect(page.get_by_role("radio", name="Tier 1")).to_be_focused()  # the first of what is wrong
    assert grave(page) == []


def test_no_step_scrolls_sideways_from_360_pixels_to_wide_nor_zoomed(show: Any, app: App) -> None:
    page, _ = show(app)
    for step in walked(page, app):
        for width in (360, 720, 1100, 1440):  # 720 is 1440 at 200 %
            page.set_viewport_size({"width": width, "height": 800})
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert (step, width, wider) == (step, width, 0)


def test_every_consideration_shows_its_whole_wording_on_a_small_screen(show: Any, app: App) -> None:
    page, _ = show(app, viewport={"width": 360, "height": 780})
    assert page.locator("[aria-busy]").count() == 0  # it is all there: nothing is to be waited for
    for step in walked(page, app):
        cut = page.evaluate(
            "[...document.querySelectorAll('.mp-fold-name, .mp-label-text, h1, .maintplan-scroll')]"
            ".filter(each => each.clientWidth && each.scrollWidth > each.clientWidth + 1)"
            ".map(each => each.textContent)"
        )
        assert (step, cut) == (step, [])


def test_a_row_is_added_filled_and_moved_by_keyboard_alone(show: Any, tmp_path: Path) -> None:
    page, _ = show(fresh(tmp_path, "runbook", CONTACTS))
    add = page.get_by_role("button", name="Add a contact")
    add.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("contact 1, Name")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Enter")  # down, to a row of its own
    expect(page.get_by_label("contact 2, Name")).to_be_focused()
    page.keyboard.type("ben")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("engineer")
    page.keyboard.press("Tab")
    expect(page.get_by_role("banner")).to_contain_text("Saved")
    until = time.monotonic() + 20
    while names(tmp_path / "checkout.yaml") != ["ben", "ana"] and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert names(tmp_path / "checkout.yaml") == ["ben", "ana"]


def names(path: Path) -> list[str]:
    held = store.open(path).plan.answers.get(CONTACTS)
    return [row["name"] for row in held.value] if isinstance(held, Given) else []


def test_a_block_of_a_spreadsheet_is_pasted_with_its_header_and_errors_stay_in_their_cells(
    show: Any, tmp_path: Path
) -> None:
    app = fresh(tmp_path, "rollout", "rollout.phased-feature-rollout-strategy.strategy")
    page, _ = show(app)
    page.get_by_role("combobox", name="How a change goes out").select_option("Canary")
    block = "Watch for\tName\tShare\n2 h\tcanary\t5 %\nsoon\teveryone\t100"
    page.get_by_role("button", name="Add a stage").focus()
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        "document.activeElement.dispatchEvent("
        "new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })) }",
        block,
    )
    wrong = page.get_by_label("everyone, Watch for")
    expect(wrong).to_have_value("soon")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("canary, Share")).to_have_value("5 %")
    wrong.fill("1d")
    wrong.blur()
    expect(wrong).to_have_value("1 day")
    page.get_by_role("button", name="Undo").click()
    expect(wrong).to_have_value("")


def test_next_moves_focus_to_the_new_question_and_keys_lead_on(show: Any, app: App) -> None:
    app.receive({"do": "go", "step": "recovery"})
    page, _ = show(app)
    page.get_by_role("button", name="Next: Support").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text("support")
    page.keyboard.press("]")
    expect(page.get_by_role("heading", level=1)).to_contain_text("monitoring")
    page.keyboard.press("n")  # what is missing next, wherever it is
    expect(page.locator(":focus")).to_have_count(1)
    page.locator("h1").focus()
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("vacuum")
    page.get_by_role("dialog").get_by_role("button", name="Routine tasks").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("runbook")


def test_a_control_is_named_by_its_field_and_described_by_what_is_wrong(show: Any, tmp_path: Path) -> None:
    page, _ = show(fresh(tmp_path, "recovery", RTO))
    box = page.get_by_label(re.compile("^Restore within"))
    box.fill("soon")
    box.blur()
    expect(box).to_have_attribute("aria-invalid", "true")
    described = box.get_attribute("aria-describedby") or ""
    texts = [page.locator(f"[id='{each}']").text_content() for each in described.split()]
    assert any("is not a duration" in (text or "") for text in texts)


def test_the_theme_follows_the_system_and_a_choice_is_remembered(show: Any, app: App) -> None:
    page, _ = show(app, color_scheme="dark")
    ground = "getComputedStyle(document.getElementById('maintplan-app')).backgroundColor"
    assert page.evaluate(ground) == "rgb(22, 25, 27)"
    page.get_by_role("button", name="Light").click()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(ground) == "rgb(251, 250, 247)"


def test_finding_leads_to_the_field_and_is_accepted_as_a_risk(show: Any, app: App) -> None:
    app.receive({"do": "go", "step": "rollout"})
    page, _ = show(app)
    note = page.get_by_role("note").filter(has_text="Every change reaches everyone at once")
    note.get_by_role("button", name="Accept this risk").click()
    note.get_by_label("Reason").fill("One team, one room.")
    note.get_by_label("Accepted by").fill("ana")
    note.get_by_label("Agreed by").fill("ben")
    note.get_by_role("button", name="Accept the risk").click()
    expect(note).to_contain_text("Accepted as a risk by ana")


def test_a_finding_of_the_summary_leads_to_its_field_and_leaves_when_it_is_mended(
    show: Any, app: App
) -> None:
    app.receive({"do": "go", "step": "summary"})
    page, _ = show(app)
    findings = page.get_by_role("region", name="Findings").get_by_role("listitem")
    page.get_by_role("button", name=re.compile("^Show all .* findings$")).click()
    count = findings.count()
    findings.filter(has_text="Every change reaches everyone").get_by_role("button").click()
    strategy = page.get_by_role("combobox", name="How a change goes out")
    expect(strategy).to_be_focused()
    strategy.select_option("Canary")
    expect(page.get_by_role("note").filter(has_text="Every change reaches everyone")).to_have_count(0)
    page.get_by_role("button", name="Summary").click()
    page.get_by_role("button", name=re.compile("^Show all .* findings$")).click()
    expect(findings.filter(has_text="Every change reaches everyone")).to_have_count(0)
    assert count > 8
