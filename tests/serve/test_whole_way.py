"""The whole way of a stakeholder: a plan begun, answered, refused, refined, confirmed; its files opened."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from maintplan import store
from maintplan.plan import approval

pytestmark = pytest.mark.browser
POCKET = Path(__file__).parents[1] / "data" / "pocket"
PATIENCE = 60_000


@pytest.fixture
def page(chromium: Path) -> Iterator[Page]:
    """A page of a browser that nobody has used yet; it fails for whatever the page complains of."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=30_000)
        shown = context.new_page()
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        yield shown
        browser.close()
    assert complaints == []


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def on(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Next: ")).click()


def test_from_start_to_no_refinement_yes_and_download(start: Any, page: Page, tmp_path: Path) -> None:  # noqa: PLR0915
    address = f"sqlite:///{tmp_path}/plans.db"
    served = start("--plan", address, "--template", str(POCKET))
    page.goto(served.link)

    heading(page, "Whose maintenance")
    page.get_by_role("button", name="Begin", exact=True).click()
    expect(page.get_by_text("Pick the tier.")).to_be_visible()  # nothing is taken for granted
    page.get_by_label("Service name").fill("Shop")
    page.get_by_role("radio", name="Tier 2").check()
    page.get_by_role("radio", name="Production").check()
    page.get_by_role("button", name="Begin", exact=True).click()

    heading(page, "rest on")
    rules = page.get_by_role("group", name="Alert rules")
    rules.get_by_role("radio", name="Provided").check()
    page.get_by_label("Where it is").fill("ops/alerts.yaml")
    page.get_by_role("group", name="Deployment manifests").get_by_role("radio", name="Missing").check()
    on(page)

    heading(page, "How is a release rolled out")
    page.get_by_role("button", name="Add a stage").click()
    page.get_by_label("stage 1, Name").fill("everyone")
    page.get_by_role("button", name="Add a gate").click()
    page.get_by_label("gate 1, Gate").fill("errors")
    page.get_by_role("button", name=re.compile("^Release notes")).click()
    page.get_by_role("group", name="Published").get_by_role("radio", name="No", exact=True).check()
    on(page)

    heading(page, "How is the service recovered")
    page.get_by_role("textbox", name="Restore within").fill("4h")
    page.get_by_role("button", name="Other answer for Lose at most").click()
    page.get_by_role("button", name="Not known yet…").click()
    page.get_by_label("Who finds it out").fill("ana")
    page.get_by_label("By when").fill("2027-01-31")
    page.get_by_role("button", name="Say so").click()
    expect(page.get_by_text("Not known yet. ana, January 31, 2027")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Backups")).click()
    page.get_by_role("group", name="Keeps data").get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("How often").select_option("On set days")
    page.get_by_text("Sun", exact=True).click()
    page.get_by_label("At", exact=True).fill("02:00")
    page.get_by_label("At", exact=True).blur()
    on(page)

    heading(page, "Security & Privacy")
    page.get_by_role("group", name="Secure backups").get_by_role("radio", name="Met", exact=True).check()
    page.get_by_role("group", name="Access review").get_by_role("radio", name="Does not apply").check()
    page.get_by_label("Why it does not apply").fill("Nobody has access.")
    on(page)

    heading(page, "Responsible AI")
    page.get_by_role("button", name="This whole list does not apply").click()
    page.get_by_label("Why the list does not apply").fill("There is no AI in it.")
    page.get_by_role("button", name="Say so").click()
    on(page)

    heading(page, "Summary")
    expect(page.get_by_text("Everything that is asked is answered.")).to_be_visible()
    on(page)

    heading(page, "Do you confirm this plan")
    page.get_by_role("radio", name="No, refine it").check()
    page.get_by_label("What should be refined").fill("Name a canary stage.")
    page.get_by_label("Rollout", exact=True).check()
    page.get_by_label("Your name").fill("ana")
    page.get_by_role("button", name="Send back for refinement").click()

    heading(page, "How is a release rolled out")  # it comes back, and says why
    expect(page.get_by_role("region", name="ana asked for this")).to_contain_text("Name a canary stage.")
    page.get_by_label("everyone, Name").press("Alt+Enter")
    page.get_by_label("stage 2, Name").fill("canary")
    page.get_by_label("stage 2, Name").press("Alt+ArrowUp")
    page.get_by_role("button", name=re.compile("^Confirm")).first.click()

    expect(page.get_by_text("Second asking")).to_be_visible()
    expect(page.get_by_text("1 change since then")).to_be_visible()
    page.get_by_role("button", name="Show the changes").click()
    expect(page.get_by_role("table", name="Changed")).to_contain_text("canary")
    page.get_by_role("radio", name="Yes, it is complete").check()
    page.get_by_label("Role").select_option("Service owner")
    page.locator("footer").get_by_role("button", name="Confirm", exact=True).click()

    expect(page.locator("tr[data-row=approvals]")).to_contain_text("1 of 2")
    expect(page.get_by_text("Still to be asked").locator("xpath=..")).to_contain_text("Operations")
    page.goto(page.url)  # the link that is sent; somebody else opens it
    heading(page, "Do you confirm this plan")
    page.get_by_role("radio", name="Yes, it is complete").check()
    page.get_by_label("Your name").fill("ben")
    page.get_by_label("Role").select_option("Operations")
    page.get_by_role("button", name="Confirm and make the documents").click()

    heading(page, "The plan of Shop is complete")
    with page.expect_download() as plan_file:
        page.get_by_role("button", name="The plan file").click()
    plan_file.value.save_as(tmp_path / "shop.yaml")
    opened = store.open(tmp_path / "shop.yaml", template=str(POCKET)).plan
    assert [row["name"] for row in opened.answers["rollout.rollout-stages.stages"].value] == [  # type: ignore[union-attr]
        "canary",
        "everyone",
    ]
    assert (approval.status(opened), [each.confirmed for each in opened.rounds]) == (
        "complete",
        [False, True, True],
    )
    with page.expect_download() as report:
        page.get_by_role("button", name="The whole plan as a report", exact=True).click()
    html = Path(report.value.path()).read_text(encoding="utf-8")
    assert "Shop" in html
    assert "canary" in html

    with page.expect_download() as handover:
        page.get_by_role("button", name="The handover").click()
    handover.value.save_as(tmp_path / "handover.zip")
    with zipfile.ZipFile(tmp_path / "handover.zip") as archive:
        assert archive.testzip() is None
        assert any(name.endswith(".pdf") for name in archive.namelist())
    page.get_by_role("button", name="Look at it: The whole plan").click()
    read = page.frame_locator("iframe[title$='.html']")
    expect(read.get_by_role("heading", level=1)).to_contain_text("Shop")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    page.get_by_role("button", name=re.compile("^Recovery: ")).click()  # complete is read-only
    expect(page.get_by_role("textbox", name="Restore within")).to_be_disabled()
    page.get_by_role("button", name=re.compile("^Confirm")).first.click()
    page.get_by_role("button", name="Begin the next revision").click()
    page.get_by_role("button", name=re.compile("^Recovery: ")).click()
    page.get_by_role("textbox", name="Restore within").fill("5h")
    page.get_by_role("textbox", name="Restore within").blur()
    expect(page.locator(".mp-top")).to_contain_text("in review")
