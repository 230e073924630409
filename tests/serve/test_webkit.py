"""What the app relies on is there in WebKit too, which every browser on an iPhone is made of."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Keys, WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

if TYPE_CHECKING:
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = [
    pytest.mark.browser,
    # of selenium about its own WebKit
    pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning"),
]
MINI_BROWSERS = "webkit2gtk-4.*/MiniBrowser"
RESTORE = "Restore within"
FIND = """
    const [tag, name] = arguments;
    const named = (each) => each.getAttribute('aria-label') || each.labels?.[0]?.innerText || each.innerText;
    const found = [...document.querySelectorAll(tag)]
        .find((each) => each.checkVisibility() && !each.disabled && named(each).trim().match(name));
    found?.scrollIntoView({block: 'center'});
    return found;
"""


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen that nobody looks at: WebKit has no mode without one."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1500x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


class Page:
    """A page in WebKit, with what a person does there."""

    def __init__(self, driver: WebKitGTK, until: Any) -> None:
        self.driver = driver
        self._until = until

    def open(self, link: str) -> None:
        """Open a link, and listen from then on for what the page complains of."""
        self.driver.get(link)
        self.driver.execute_script(
            "window.complaints = [];"
            "addEventListener('error', (said) => complaints.push(said.message));"
            "addEventListener('unhandledrejection', (said) => complaints.push(String(said.reason)));"
        )

    @property
    def complaints(self) -> list[str]:
        return list(self.driver.execute_script("return window.complaints"))

    def find(self, tag: str, name: str) -> WebElement:
        """Wait for a control by its name, and bring it into view."""
        found: WebElement = self._until(
            lambda: self.driver.execute_script(FIND, tag, name), f"{tag} {name!r}"
        )
        return found

    def click(self, name: str) -> None:
        """Click a button; one that is drawn anew just then is looked for once more."""

        def clicked() -> bool:
            with contextlib.suppress(StaleElementReferenceException):
                self.find("button", name).click()
                return True
            return False

        self._until(clicked, f"a click on {name!r}")

    def shows(self, words: str, where: str = "body") -> None:
        text = f"return document.querySelector({where!r})?.innerText ?? ''"
        self._until(lambda: words in self.driver.execute_script(text), f"{words!r} in {where}")

    def heading(self, words: str) -> None:
        self.shows(words, "h1")

    @property
    def too_wide(self) -> int:
        """Pixels that the page is wider than its window."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth - innerWidth"))


@pytest.fixture
def page(screen: str, served: Any, tmp_path: Path) -> Iterator[Page]:
    """A page of a WebKit that nobody has used yet."""
    options = Options()
    options.add_argument("--automation")
    options.binary_location = str(next(Path("/usr/lib").glob(f"*/{MINI_BROWSERS}")))
    for folder in (".config", "downloads"):
        (tmp_path / folder).mkdir()
    (tmp_path / ".config" / "user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/downloads"\n')
    env = {**os.environ, "DISPLAY": screen, "HOME": str(tmp_path), "XDG_CONFIG_HOME": f"{tmp_path}/.config"}
    driver = WebKitGTK(options=options, service=Service(shutil.which("WebKitWebDriver"), env=env))
    driver.set_window_size(1440, 900)
    yield Page(driver, served.until)
    driver.quit()


def test_a_walk_in_webkit(page: Page, served: Any, everybodys: Any, tmp_path: Path) -> None:
    plan = everybodys.add()
    everybodys.answer_in_words(plan, "runbook", "Look at the health check first.")
    page.open(f"{served.root}?plan={plan}&question=recovery")
    page.heading("How should backup and disaster recovery")
    for name in ("Support", "Monitoring", "Roadmap", "Security & Privacy", "Responsible AI", "Summary"):
        page.click(f"^Next: {name}")
    page.heading("Summary")
    page.click("^Recovery")
    page.heading("How should backup and disaster recovery")

    page.click("^System recovery procedures")
    within = page.find("input, textarea", RESTORE)
    within.send_keys(Keys.CONTROL, "a")
    within.send_keys("90 min", Keys.TAB)
    served.until(lambda: everybodys.answer(plan) == "90m", "the answer in the store")
    page.shows("Saved")
    page.click("^Dark")
    page.driver.set_window_size(360, 800)  # it does not get quite as narrow
    assert page.too_wide <= 0
    assert page.complaints == []

    page.open(page.driver.current_url)
    page.heading("How should backup and disaster recovery")
    page.find("button", "^Light")  # remembered by the browser
    page.click("^System recovery procedures")
    assert page.find("input, textarea", RESTORE).get_attribute("value") == "90 minutes"

    page.driver.set_window_size(1440, 900)
    page.click("^Runbook, first page")
    page.shows("is made")
    document = served.until(lambda: next((tmp_path / "downloads").glob("*.html"), None), "the document")
    text = served.until(
        lambda: (found := document.read_text()).rstrip().endswith("</html>") and found, "all of it"
    )
    assert "Directory" in text
