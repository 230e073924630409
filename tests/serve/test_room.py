"""Room for pages: their kernels when they are closed, the limit, and links where no kernel waits."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

RESTORE = re.compile("^Restore within")
PATIENCE = 150_000


@pytest.fixture(scope="module")
def impatient(everybodys: Any, serving: Any) -> Iterator[Any]:
    """A server that gives back the kernel of a closed page after two seconds."""
    with serving(everybodys.path.parent, "--plan", everybodys.address, MAINTPLAN_GRACE="2") as running:
        running.until(running.is_warm, "the pool")
        yield running


def test_pages_opened_and_closed_leave_as_many_kernels_as_the_pool_holds(
    impatient: Any, browser: Browser
) -> None:
    around = "http://" + impatient.root.split("/")[2] + "/around"  # another page of the same host
    html = f"<title>around</title><iframe src='{impatient.to()}'></iframe>"
    for number in range(10):
        context = browser.new_context()
        shown = context.new_page()
        inside: Any = shown
        if number % 2:
            shown.route(around, lambda route: route.fulfill(body=html, content_type="text/html"))
            inside = shown.frame_locator("iframe")
        shown.goto(around if number % 2 else impatient.to(), timeout=PATIENCE, wait_until="commit")
        inside.locator("#maintplan-app").wait_for(timeout=PATIENCE)
        context.close()
    impatient.until(lambda: impatient.sessions == 0, "the sessions to end")
    impatient.until(lambda: len(impatient.kernels()) == 2, "the pool alone")


def test_the_kernel_of_a_browser_that_was_killed_is_ended(
    impatient: Any, chromium: Path, arguments: list[str], tmp_path: Path
) -> None:
    before = impatient.log.count("session")
    command = [
        str(chromium),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
    ]
    with subprocess.Popen(
        [*command, *arguments, impatient.to()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as shown:
        impatient.until(lambda: impatient.log.count("session") > before, "the page")
        impatient.until(lambda: len(impatient.kernels()) == 3, "its kernel beside the pool")
        os.killpg(shown.pid, signal.SIGKILL)
    impatient.told("its page is closed")
    impatient.until(lambda: len(impatient.kernels()) == 2, "the pool alone")


@pytest.fixture(scope="module")
def small(everybodys: Any, serving: Any) -> Iterator[Any]:
    """A server with room for one page, where no kernel waits, under a path."""
    more = ("--sessions", "1", "--base-url", "/tools/plans/")
    given = {"MAINTPLAN_GRACE": "600", "MAINTPLAN_POOL": "0"}
    with serving(everybodys.path.parent, "--plan", everybodys.address, *more, **given) as running:
        yield running


def test_a_page_beyond_the_limit_is_told_so_and_gets_in_when_there_is_room(
    small: Any, everybodys: Any, browser: Browser
) -> None:
    first, second = browser.new_context(), browser.new_context()
    shown = first.new_page()
    link = small.to(everybodys.add())
    assert "/tools/plans/?" in link
    shown.goto(link, timeout=PATIENCE)
    small.is_ready(shown)
    expect(shown.get_by_label(RESTORE)).to_have_value("4 hours")
    other = second.new_page()
    answer = other.goto(link, timeout=PATIENCE)
    assert answer is not None
    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    expect(other.get_by_role("heading")).to_have_text("All places are taken just now")
    assert small.told("full: 127.0.0.1 was turned away, 1 pages are open")
    shown.reload(timeout=PATIENCE)  # who has a place keeps it
    small.is_ready(shown)
    expect(shown.get_by_label(RESTORE)).to_have_value("4 hours")
    first.close()
    small.until(lambda: other.goto(link, timeout=PATIENCE).status == 200, "room")  # type: ignore[union-attr]
    answer = other.goto(f"{small.root}?plan=../plans.db", timeout=PATIENCE)
    assert answer is not None
    assert answer.status == 404
    second.close()
