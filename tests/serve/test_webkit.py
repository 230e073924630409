"""What the app relies on is there in WebKit too, which every browser on an iPhone is made of."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver import Keys, WebKitGTK
from selenium.webdriver.common.by import By
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

    def heading(self, words: str) -> None:
        self._until(
            lambda: words in self.driver.find_element(By.TAG_NAME, "h1").text, f"the heading {words!r}"
        )

    def says(self, words: str) -> None:
        self._until(lambda: words in self.driver.find_element(By.TAG_NAME, "body").text, repr(words))

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
    env = {**os.environ, "DISPLAY": screen, "HOME": str(tmp_path)}
    driver = WebKitGTK(options=options, service=Service(shutil.which("WebKitWebDriver"), env=env))
    driver.set_window_size(1440, 900)
    yield Page(driver, served.until)
    driver.quit()


def test_a_walk_in_webkit(page: Page, served: Any, everybodys: Any) -> None:
    plan = everybodys.add()
    page.open(f"{served.root}?plan={plan}&question=recovery")
    page.heading("How should backup and disaster recovery")
    for name in ("Support", "Monitoring", "Roadmap", "Security & Privacy", "Responsible AI", "Summary"):
        page.find("button", f"^Next: {name}").click()
    page.heading("Summary")
    page.find("button", "^Recovery").click()
    page.heading("How should backup and disaster recovery")

    page.find("button", "^System recovery procedures").click()
    within = page.find("input, textarea", RESTORE)
    within.send_keys(Keys.CONTROL, "a")
    within.send_keys("90 min", Keys.TAB)
    served.until(lambda: everybodys.answer(plan) == "90m", "the answer in the store")
    page.says("Saved")
    page.find("button", "^Dark").click()
    page.driver.set_window_size(360, 800)  # it does not get quite as narrow
    assert page.too_wide <= 0
    assert page.complaints == []

    page.open(page.driver.current_url)
    page.heading("How should backup and disaster recovery")
    page.find("button", "^Light")  # remembered by the browser
    page.find("button", "^System recovery procedures").click()
    assert page.find("input, textarea", RESTORE).get_attribute("value") == "90 minutes"
