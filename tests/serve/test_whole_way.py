"""The whole way of a stakeholder through the ten questions, by keyboard alone, as it is served in earnest.

Between browser and server there is a real nginx, set up as the guide says, and the browser can reach no
other host. On every step and in everything that opens there axe looks for what would keep somebody out, in
light and in the dark; the plain steps are looked at in the dark by the app's own tests.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect, sync_playwright

from maintplan import store
from maintplan.plan import approval

pytestmark = pytest.mark.browser
PATIENCE = 60_000
QUESTIONS = [
    *("runbook", "release", "database", "security", "performance"),
    *("rollout", "recovery", "support", "monitoring", "roadmap"),
]
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{shown}
}}
"""
FURTHEST = 200
"""Times that Tab is pressed before a control counts as out of reach."""
BRIEF = {"resultTypes": ["violations"]}
CONTRAST = {**BRIEF, "runOnly": ["color-contrast"]}
"""What differs in the dark."""


def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.fail("no nginx on this machine; run the tests by: make test")
    return found


def documented() -> str:
    """Return the set-up that the guide shows, so that what is shown is what is tested."""
    text = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
    shown = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    return shown[1]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def address(start: Any, tmp_path: Path) -> Iterator[str]:
    """The app's address, under a path of the proxy's."""
    store = f"sqlite:///{tmp_path}/plans.db"
    served = start("--plan", store, "--base-url", "/plans/", "--trust-proxy", "127.0.0.1")
    port = free_port()
    shown = documented().replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    shown = shown.replace("http://127.0.0.1:8866", f"http://{urlsplit(served.link).netloc}")
    (tmp_path / "nginx.conf").write_text(CONFIGURATION.format(folder=tmp_path, shown=shown))
    command = [nginx(), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    if os.getuid() == 0:  # its workers have to write in the test's own folder
        command += ["-g", "user root;"]
    with (tmp_path / "nginx.log").open("w") as log, subprocess.Popen(command, stderr=log) as proxy:
        try:
            served.until(lambda: (tmp_path / "nginx.pid").exists() or proxy.poll() is not None, "nginx")
            assert proxy.poll() is None, (tmp_path / "nginx.log").read_text()
            yield f"http://127.0.0.1:{port}/plans/"
            assert served.told("the choice of a plan, from 127.0.0.1")
        finally:
            proxy.terminate()
            proxy.wait(30)


@pytest.fixture
def page(chromium: Path, arguments: list[str], address: str) -> Iterator[Page]:
    """A page of a browser that nobody has used yet, to which other hosts' names resolve to nothing.

    It fails for whatever the page complains of, and asks for in vain or elsewhere.
    """
    complaints: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        alone = [*arguments, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=str(chromium), args=alone)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=30_000)
        shown = context.new_page()
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("websocket", lambda opened: asked.append(opened.url))
        shown.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
        shown.on(
            "requestfailed",
            lambda request: None if "ABORTED" in (request.failure or "") else complaints.append(request.url),
        )
        yield shown
        browser.close()
    assert complaints == []
    assert any(url.startswith("ws:") for url in asked)
    ours = ("blob:", "data:", address, address.replace("http:", "ws:"))
    assert [url for url in asked if not url.startswith(ours)] == []


class Keys:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.press = page.keyboard.press
        self.type = page.keyboard.type

    def reach(self, control: Locator) -> None:
        """Go to a control by Tab, or back to it by Shift and Tab."""
        control.wait_for(state="attached")
        before = (
            "each => Boolean(each.compareDocumentPosition(document.activeElement)"
            " & Node.DOCUMENT_POSITION_FOLLOWING)"
        )
        key = "Shift+Tab" if control.evaluate(before) else "Tab"
        for _ in range(FURTHEST):
            if control.evaluate("each => each === document.activeElement"):
                return
            self.press(key)
        pytest.fail(f"{control} can't be reached by {key}")

    def push(self, name: str | re.Pattern[str], within: Page | Locator | None = None) -> None:
        """Push a button."""
        self.reach((within or self.page).get_by_role("button", name=name, exact=isinstance(name, str)).first)
        self.press("Enter")

    def write(self, label: str, text: str, within: Page | Locator | None = None) -> None:
        """Write into a text field."""
        self.reach((within or self.page).get_by_label(label, exact=True))
        self.type(text)

    def choose(self, name: str, within: Page | Locator | None = None) -> None:
        """Choose one of a group of radio buttons: Tab leads to the group, arrows lead on."""
        wanted = (within or self.page).get_by_role("radio", name=re.compile(f"^{name}"))
        group = wanted.get_attribute("name")
        options = self.page.locator(f"input[type=radio][name='{group}']")
        chosen = options.and_(self.page.locator(":checked"))
        self.reach(chosen if chosen.count() else options.first)
        self.press("Space")
        for _ in range(options.count()):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        pytest.fail(f"{name} can't be chosen")

    def pick(self, label: str, first: str, within: Page | Locator | None = None) -> None:
        """Pick an entry of a list by its first letters."""
        self.reach((within or self.page).get_by_label(label, exact=True))
        self.type(first)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def look(page: Page, at: str, *, dark: bool = True) -> None:
    """Let axe look at the page in light, and at its colours in the dark."""
    page.wait_for_function("!document.querySelector('.mp-section:not([data-laid])')")
    for scheme, options in (("light", BRIEF), ("dark", CONTRAST))[: 1 + dark]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        axe = Axe("0") if page.evaluate("'axe' in window") else Axe()  # its script is there already
        found = axe.run(page, options=options).response["violations"]
        grave = [each for each in found if each["impact"] in ("serious", "critical")]
        assert (at, scheme, [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in grave]) == (
            at,
            scheme,
            [],
        )
    if dark:
        page.emulate_media(color_scheme="light")


def on(page: Page, keys: Keys, step: str) -> None:
    """Go on by the key for it, from the heading on which one stands."""
    page.locator("h1").focus()
    keys.press("]")
    page.wait_for_selector(f"main[data-step='{step}']")


def test_the_whole_way_by_keyboard_alone(address: str, page: Page, tmp_path: Path) -> None:
    keys = Keys(page)
    page.goto(address)
    begin(page, keys)
    for step in QUESTIONS:
        page.wait_for_selector(f"main[data-step='{step}']")
        ANSWERS.get(step, in_own_words)(page, keys)
        on(page, keys, [*QUESTIONS, "security-privacy"][QUESTIONS.index(step) + 1])
    across(page, keys)
    refuse(page, keys)
    refine(page, keys)
    confirm(page, keys)
    take(page, keys, tmp_path)
    revise(page, keys)


def begin(page: Page, keys: Keys) -> None:
    heading(page, "Whose maintenance")
    keys.push("Begin")
    expect(page.get_by_text("Pick the tier.")).to_be_visible()  # nothing is taken for granted
    look(page, "start", dark=False)
    keys.write("Service name", "Shop")
    keys.choose("Tier 2")
    keys.choose("Prototype")
    keys.push("Begin")

    heading(page, "rest on")
    for group in page.locator("main fieldset.mp-group").all():
        keys.choose("Missing", group)
    keys.choose("Provided", group)
    keys.write("Where it is", "ops/alerts.yaml")
    on(page, keys, "runbook")


def runbook(page: Page, keys: Keys) -> None:
    heading(page, "runbook")
    row(page, keys, "Add a health check", "health check 1, Endpoint or command", "/health")
    keys.push(re.compile("^Row "))
    look(page, "a table with a row and its menu")
    keys.press("Escape")
    keys.push(re.compile("^Troubleshooting"))
    keys.push("Other answer for Known problems")
    look(page, "other answers")
    keys.push("We have none…")
    keys.type("Nothing is known yet.")
    keys.push("Say so")
    keys.push("Use it", page.locator("[data-place$='.procedures']"))
    expect(page.get_by_role("dialog", name="Your name")).to_be_visible()  # the record wants one
    look(page, "the name")
    keys.type("ana")
    keys.press("Enter")
    keys.push(re.compile("^Emergency response"))
    row(page, keys, "Add a contact", "contact 1, Name", "ana")
    note = page.get_by_role("note").filter(has_text="can't be called")
    expect(note).to_be_visible()  # it speaks as soon as the answer is there
    look(page, "a finding")
    keys.write("ana, Number or pager", "+49 30 23125 200")
    keys.press("Tab")
    expect(note).to_have_count(0)


def release(page: Page, keys: Keys) -> None:
    keys.push("Use it")
    keys.push(re.compile("^Rollback"))
    keys.push("Use it")
    keys.pick("Who decides", "ana")
    page.locator("h1").focus()
    keys.press("/")
    keys.type("vacuum")
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    look(page, "search")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def use_all(page: Page, keys: Keys) -> None:
    all_ = page.get_by_role("button", name=re.compile("^Use the"))
    if all_.count():
        keys.push(re.compile("^Use the"))
    else:
        keys.push("Use it")


def recovery(page: Page, keys: Keys) -> None:
    keys.push("Use it")
    keys.push(re.compile("^Recovery testing"))
    keys.reach(page.get_by_label("Last tested restore", exact=True))
    keys.type("11022026")
    keys.press("Tab")


def support(page: Page, keys: Keys) -> None:
    row(page, keys, "Add a way in", "way in 1, Channel", "chat")


def monitoring(page: Page, keys: Keys) -> None:
    row(page, keys, "Add an alert", "alert 1, Alert", "errors")


def in_own_words(page: Page, keys: Keys) -> None:
    box = page.get_by_role("textbox", name="In your own words")
    if not box.count():
        keys.push("In your own words")
    keys.reach(box)
    keys.type("Nothing is planned *yet*.")
    keys.push("Preview")
    expect(page.locator(".mp-preview em")).to_have_text("yet")


def row(page: Page, keys: Keys, add: str, cell: str, text: str) -> None:
    keys.push(add)
    expect(page.get_by_label(cell, exact=True)).to_be_focused()
    keys.type(text)
    keys.press("Tab")


ANSWERS: dict[str, Callable[[Page, Keys], None]] = {
    "runbook": runbook,
    "release": release,
    "database": use_all,
    "security": use_all,
    "rollout": use_all,
    "recovery": recovery,
    "support": support,
    "monitoring": monitoring,
}


def across(page: Page, keys: Keys) -> None:
    heading(page, "Security & Privacy")
    for group in page.locator("main fieldset.mp-group").all():
        keys.choose("Met", group)
    on(page, keys, "responsible-ai")
    keys.push("This whole list does not apply")
    keys.write("Why the list does not apply", "There is no AI in it.")
    keys.push("Say so")
    on(page, keys, "summary")
    expect(page.get_by_text("Everything that is asked is answered.")).to_be_visible()
    on(page, keys, "confirm")


def refuse(page: Page, keys: Keys) -> None:
    heading(page, "Do you confirm this")
    keys.push("Look at it: Maintenance runbook")
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_contain_text("Shop")
    look(page, "a document")
    keys.press("Escape")
    keys.choose("No, refine it")
    keys.write("What should be refined", "Say how long a restore may take.")
    keys.reach(page.get_by_label("Recovery", exact=True))
    keys.press("Space")
    look(page, "a No")
    keys.push("Send back for refinement")


def refine(page: Page, keys: Keys) -> None:
    heading(page, "How should backup")  # it comes back, and says why
    expect(page.get_by_role("region", name="ana asked for this")).to_contain_text("how long a restore")
    keys.push(re.compile("^System recovery"))
    keys.reach(page.get_by_label(re.compile("^Restore within")))
    keys.press("Control+a")
    keys.type("2h")
    look(page, "a question that was reopened")
    keys.push(re.compile("^Confirm"), page.get_by_role("navigation"))
    expect(page.get_by_text("Second asking")).to_be_visible()
    keys.push("Show the changes")
    expect(page.get_by_role("table", name="Changed")).to_contain_text("2 hours")


def confirm(page: Page, keys: Keys) -> None:
    keys.choose("Yes, it is complete")
    keys.pick("Role", "Service")
    look(page, "a Yes")
    keys.push("Confirm", page.locator("footer"))
    expect(page.locator("tr[data-row=approvals]")).to_contain_text("1 of 2")
    expect(page.locator("main").get_by_text("Still to be asked").locator("xpath=..")).to_contain_text(
        "Operations"
    )
    page.goto(page.url)  # the link that is sent; somebody else opens it
    heading(page, "Do you confirm this")
    keys.choose("Yes, it is complete")
    keys.reach(page.get_by_label("Your name", exact=True))
    keys.press("Control+a")
    keys.type("ben")
    keys.pick("Role", "Operations")
    keys.push("Confirm and make the documents")
    heading(page, "The plan of Shop is complete")
    look(page, "complete")


def take(page: Page, keys: Keys, folder: Path) -> None:
    with page.expect_download() as plan_file:
        keys.push("The plan file")
    plan_file.value.save_as(folder / "shop.yaml")
    opened = store.open(folder / "shop.yaml").plan
    assert (approval.status(opened), [each.confirmed for each in opened.rounds]) == (
        "complete",
        [False, True, True],
    )
    with page.expect_download() as printed:
        keys.push("Rollback procedures, PDF")
    assert printed.value.suggested_filename.endswith("-rollback-procedures.pdf")
    with page.expect_download() as handover:
        keys.push("The handover, everything in one archive")
    handover.value.save_as(folder / "handover.zip")
    with zipfile.ZipFile(folder / "handover.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {".pdf", ".docx", ".html", ".md"} <= {Path(name).suffix for name in names}
        report = next(name for name in names if name.endswith("maintenance-documentation.html"))
        html = archive.read(report).decode()
    assert all(words in html for words in ("Shop", "/health", "2 hours", "Nothing is planned"))


def revise(page: Page, keys: Keys) -> None:
    keys.push(re.compile("^Recovery: "))  # complete is read-only
    keys.push(re.compile("^System recovery"))
    expect(page.get_by_label(re.compile("^Restore within"))).to_be_disabled()
    look(page, "a question of a complete plan")
    keys.push(re.compile("^Confirm"), page.get_by_role("navigation"))
    keys.push("Begin the next revision")
    keys.push(re.compile("^Recovery: "))
    keys.push(re.compile("^System recovery"))
    keys.reach(page.get_by_label(re.compile("^Restore within")))
    keys.press("Control+a")
    keys.type("5h")
    keys.press("Tab")
    expect(page.locator(".mp-top")).to_contain_text("in review")
