"""The app's screen in a browser, without a kernel: `maintplan.widgets.standalone` answers its messages.

That a kernel's comm does the same is for the tests that serve the app for real.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maintplan import resources
from maintplan.widgets.app import App
from maintplan.widgets.standalone import Standalone, serving

WIDE = {"width": 1440, "height": 900}

expect.set_options(timeout=20_000)

Show = Callable[..., tuple[Page, Standalone]]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with sync_playwright() as started:
        shown = started.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        yield shown
        shown.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Show an app in the browser, and fail for whatever its page complains of."""
    with ExitStack() as left:
        complaints: list[str] = []

        def shown(app: App | Standalone, **how: Any) -> tuple[Page, Standalone]:
            served = app if isinstance(app, Standalone) else Standalone(app)
            url = left.enter_context(serving(served))
            context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **how})
            left.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(url)
            page.wait_for_selector("html[data-ready]")
            return page, served

        yield shown
        assert complaints == []


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """A copy of the example's plan."""
    return Path(shutil.copy(resources.example() / "plan.yaml", tmp_path / "directory.yaml"))
