"""Pages in a browser: opened and closed, at the limit, under a path, and after every kind of loss."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maintplan import store

pytestmark = pytest.mark.browser

RTO = "recovery.system-recovery-procedures.rto"
RESTORE = re.compile("^Restore within")
QUESTION = "?plan=directory&question=recovery"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
]
PATIENCE = 150_000


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for the pages of this file."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody has used yet."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def link(served: Any, query: str = QUESTION) -> str:
    return f"{served.root}{query}"


def is_ready(page: Page) -> None:
    """Wait until the question can be answered, with the fields of one consideration open."""
    fold = page.get_by_role("button", name=re.compile("^System recovery procedures")).first
    expect(fold).to_be_enabled(timeout=PATIENCE)
    if fold.get_attribute("aria-expanded") != "true":
        fold.click()
    expect(page.get_by_label(RESTORE)).to_be_editable(timeout=PATIENCE)


def rto(plans: str) -> Any:
    answer = store.open(f"{plans}#directory").plan.answers[RTO]
    return getattr(answer, "value", answer)


def test_what_is_typed_is_saved_in_the_store_and_the_page_comes_back_to_the_question(
    start: Any, plans: str, page: Page
) -> None:
    served = start("--plan", plans)
    page.goto(link(served))
    is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: rto(plans) == "2h", "the save")
    page.reload()
    is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours")
    assert store.open(f"{plans}#directory").plan.revision > 1
    session = re.search(
        r"session (\w{8}): plan directory, question recovery, from 127.0.0.1 \(1 of 20\)", served.log
    )
    assert session is not None


def test_a_killed_kernel_and_then_a_killed_server_lose_nothing_that_was_saved(
    start: Any, plans: str, page: Page
) -> None:
    served = start("--plan", plans, "--port", "0")
    page.goto(link(served))
    is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: rto(plans) == "2h", "the save")
    session = re.search(r"session (\w{8}):", served.log)
    assert session is not None
    for kernel in served.kernels():
        if session[1] in " ".join(kernel.cmdline()):
            kernel.kill()
    assert served.told("its kernel has died (plan directory, question recovery)")
    page.goto(link(served))
    is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours")
    page.get_by_label(RESTORE).fill("90 min")
    served.until(lambda: rto(plans) == "90m", "the save")
    kernels = served.kernels()
    served.process.kill()
    served.process.wait()
    served.until(lambda: not any(map(_runs, kernels)), "the kernels of a killed server to end")
    again = start("--plan", plans)
    page.goto(link(again))
    is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value(re.compile("90 min"))


def _runs(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def test_twenty_pages_opened_and_closed_leave_as_many_kernels_as_the_pool_holds(
    start: Any, plans: str, browser: Browser
) -> None:
    served = start("--plan", plans, MAINTPLAN_GRACE="2")
    served.until(lambda: len(served.kernels()) == 2, "the pool")
    for _ in range(20):
        context = browser.new_context()
        shown = context.new_page()
        shown.goto(link(served), timeout=PATIENCE, wait_until="commit")
        shown.wait_for_selector("#maintplan-app", timeout=PATIENCE)
        context.close()
    served.until(lambda: json.loads(served.ask("/healthz")[1])["sessions"] == 0, "the sessions to end")
    served.until(lambda: len(served.kernels()) == 2, "the pool alone")


def test_the_kernel_of_a_browser_that_was_killed_is_ended(
    start: Any, plans: str, chromium: Path, tmp_path: Path
) -> None:
    served = start("--plan", plans, MAINTPLAN_GRACE="2")
    served.until(lambda: len(served.kernels()) == 2, "the pool")
    command = [
        str(chromium),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
    ]
    with subprocess.Popen(
        [*command, *ARGUMENTS, link(served)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as shown:
        served.until(lambda: "session" in served.log, "the page")
        served.until(lambda: len(served.kernels()) == 3, "its kernel beside the pool")
        os.killpg(shown.pid, signal.SIGKILL)
    served.told("its page is closed")
    served.until(lambda: len(served.kernels()) == 2, "the pool alone")


def test_a_page_beyond_the_limit_is_told_so_and_gets_in_when_there_is_room(
    start: Any, plans: str, browser: Browser
) -> None:
    served = start("--plan", plans, "--sessions", "1", MAINTPLAN_GRACE="600")
    first, second = browser.new_context(), browser.new_context()
    shown = first.new_page()
    shown.goto(link(served), timeout=PATIENCE)
    is_ready(shown)
    other = second.new_page()
    answer = other.goto(link(served), timeout=PATIENCE)
    assert answer is not None
    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    expect(other.get_by_role("heading")).to_have_text("All places are taken just now")
    assert served.told("full: 127.0.0.1 was turned away, 1 pages are open")
    shown.reload(timeout=PATIENCE)  # who has a place keeps it
    is_ready(shown)
    first.close()
    served.until(lambda: other.goto(link(served), timeout=PATIENCE).status == 200, "room")  # type: ignore[union-attr]
    is_ready(other)
    second.close()


def test_an_idle_page_gives_its_kernel_back(start: Any, plans: str, page: Page) -> None:
    served = start("--plan", plans, MAINTPLAN_IDLE="20")
    page.goto(link(served))
    is_ready(page)  # and goes on to ask whether its kernel is there
    assert served.told("ended, nothing was done for")


@pytest.mark.parametrize("pool", ["preheated", "cold"])
@pytest.mark.parametrize("base", ["/", "/tools/plans/"])
def test_a_link_opens_its_plan_and_question_the_same_however_the_page_is_made(
    start: Any, plans: str, page: Page, pool: str, base: str
) -> None:
    served = start("--plan", plans, "--base-url", base, MAINTPLAN_POOL="2" if pool == "preheated" else "0")
    assert served.root.endswith(base)
    for _ in range(2):
        page.goto(link(served))
        is_ready(page)
        expect(page.get_by_label(RESTORE)).to_have_value("4 hours")
    answer = page.goto(link(served, "?plan=../plans.db"))
    assert answer is not None
    assert answer.status == 404


def test_a_failure_is_a_sentence_with_a_reference_and_the_log_has_the_rest(
    start: Any, plans: str, page: Page
) -> None:
    served = start("--plan", plans)
    Path(plans.removeprefix("sqlite:///")).write_text("no database any more")
    answer = page.goto(link(served))
    assert answer is not None
    assert answer.status == 500
    text = page.inner_text("body")
    number = re.search(r"\b[A-Z2-9]{6}\b", text)
    assert number is not None
    assert not any(word in text for word in ("Traceback", "--debug", "cell [", "sqlite"))
    assert served.told(f"reference {number[0]}")
    assert "this is no SQLite database" in served.log


def test_a_notebook_that_fails_is_a_sentence_with_a_reference_too(
    start: Any, plans: str, page: Page, tmp_path: Path
) -> None:
    (broken := tmp_path / "broken").mkdir()
    (broken / "sitecustomize.py").write_text(
        "import os\nif os.environ.get('MAINTPLAN_TICKET'):\n"
        "    import maintplan.widgets.page\n    maintplan.widgets.page.Page.walk = lambda self: 1 / 0\n"
    )
    served = start("--plan", plans, PYTHONPATH=str(broken))
    page.goto(link(served))
    alert = page.get_by_role("alert").filter(has_text="Something went wrong")
    expect(alert).to_be_visible(timeout=PATIENCE)
    number = re.search(r"\b[A-Z2-9]{6}\b", alert.inner_text())
    assert number is not None
    assert not any(word in page.inner_text("body") for word in ("Traceback", "--debug", "ZeroDivision"))
    assert served.told(f"reference {number[0]}: cell 'walk' failed")
    assert served.told("ZeroDivisionError")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_every_process_and_leaves_nothing_behind(
    start: Any, plans: str, tmp_path: Path, number: int
) -> None:
    (runtime := tmp_path / "run").mkdir()
    served = start("--plan", plans, TMPDIR=str(runtime), XDG_RUNTIME_DIR=str(runtime))
    served.until(lambda: len(served.kernels()) == 2, "the pool")
    served.ask(f"/{QUESTION}")
    kernels = served.kernels()
    served.process.send_signal(number)
    assert served.process.wait(60) == 0
    served.until(lambda: not any(map(_runs, kernels)), "the kernels to end")
    assert list(runtime.glob("mp-*")) == []
    assert "Traceback" not in served.log


def test_a_port_that_is_taken_and_a_folder_that_is_missing_are_told_in_one_line(
    start: Any, plans: str, tmp_path: Path
) -> None:
    served = start("--plan", plans)
    port = re.search(r":(\d+)/", served.link)
    assert port is not None
    for arguments, words in (
        (["--port", port[1]], f"can't listen on 127.0.0.1 port {port[1]}"),
        (["--plan", "nowhere/plan.yaml"], "there is no folder"),
        (["--plan", f"{plans}#directory@1"], "a past revision can't be worked on"),
        (["--plan", "postgresql://me:s3cret@db/plans"], "holds a password"),
        (["--trust-proxy", "my-proxy"], "is no IP address"),
        (["--base-url", "http://x/"], "write the path alone"),
    ):
        command = [str(Path(sys.executable).with_name("maintplan")), "serve", "--plan", plans, *arguments]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode in (1, 2)
        assert words in ended.stderr
        assert len([line for line in ended.stderr.splitlines() if "INFO" not in line]) == 1


def test_without_an_address_the_store_is_in_a_folder_of_one_s_own(start: Any, tmp_path: Path) -> None:
    served = start()
    folder = tmp_path / "data" / "maintplan"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert served.told(f"serving sqlite:///{folder / 'plans.db'}")
    assert served.ask("/healthz")[0] == 200
