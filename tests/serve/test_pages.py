"""Pages in a browser: opened and closed, at the limit, under a path, and after every kind of loss."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from maintplan import store

pytestmark = pytest.mark.browser

RESTORE = re.compile("^Restore within")
PATIENCE = 150_000


def test_what_is_typed_is_saved_in_the_store_and_the_page_comes_back_to_the_question(
    served: Any, everybodys: Any, page: Page
) -> None:
    plan = everybodys.add()
    page.goto(served.to(plan))
    served.is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: everybodys.answer(plan) == "2h", "the save")
    page.reload()
    served.is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours")
    assert store.open(f"{everybodys.address}#{plan}").plan.revision > 1
    with contextlib.closing(sqlite3.connect(everybodys.path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        page.get_by_label(RESTORE).fill("3 hours")
        told(page, "Not saved: Another program is writing to the database")
        another.execute("ROLLBACK")
    served.until(lambda: everybodys.answer(plan) == "3h", "the save that was tried again")
    assert re.search(
        rf"session \w{{8}}: plan {plan}, question recovery, from 127.0.0.1, process \d+ \(\d+ of 60\)",
        served.log,
    )


def test_a_kernel_that_was_killed_loses_nothing_that_was_saved(
    served: Any, everybodys: Any, page: Page
) -> None:
    plan = everybodys.add()
    page.goto(served.to(plan))
    served.is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: everybodys.answer(plan) == "2h", "the save")
    served.kernel(plan).kill()
    assert served.told(f"its kernel has died (plan {plan}, question recovery)")
    page.goto(served.to(plan))
    served.is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours")


def test_a_page_comes_back_by_itself_when_all_kernels_are_lost(
    served: Any, everybodys: Any, page: Page
) -> None:
    page.goto(served.to(everybodys.add()))
    served.is_ready(page)
    (warm,) = served.warm()
    with page.expect_navigation():
        warm.kill()
    assert served.told("the process from which kernels are forked has ended by itself")
    served.is_ready(page)


@pytest.fixture(scope="module")
def impatient(everybodys: Any, serving: Any) -> Iterator[Any]:
    """A server that gives back the kernel of a closed page after two seconds."""
    with serving(everybodys.path.parent, "--plan", everybodys.address, MAINTPLAN_GRACE="2") as running:
        running.until(running.is_warm, "the pool")
        yield running


def test_twenty_pages_opened_and_closed_leave_as_many_kernels_as_the_pool_holds(
    impatient: Any, browser: Browser
) -> None:
    for _ in range(20):
        context = browser.new_context()
        shown = context.new_page()
        shown.goto(impatient.to(), timeout=PATIENCE, wait_until="commit")
        shown.wait_for_selector("#maintplan-app", timeout=PATIENCE)
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


def test_a_page_beyond_the_limit_is_told_so_and_gets_in_when_there_is_room(
    start: Any, plans: Any, browser: Browser
) -> None:
    served = start("--plan", plans.address, "--sessions", "1", MAINTPLAN_GRACE="600")
    first, second = browser.new_context(), browser.new_context()
    shown = first.new_page()
    shown.goto(served.to(), timeout=PATIENCE)
    served.is_ready(shown)
    other = second.new_page()
    answer = other.goto(served.to(), timeout=PATIENCE)
    assert answer is not None
    assert answer.status == 503
    assert answer.headers["retry-after"] == "60"
    expect(other.get_by_role("heading")).to_have_text("All places are taken just now")
    assert served.told("full: 127.0.0.1 was turned away, 1 pages are open")
    shown.reload(timeout=PATIENCE)  # who has a place keeps it
    served.is_ready(shown)
    first.close()
    served.until(lambda: other.goto(served.to(), timeout=PATIENCE).status == 200, "room")  # type: ignore[union-attr]
    served.is_ready(other)
    second.close()


def test_a_link_opens_its_plan_and_question_the_same_when_no_kernel_waits_and_under_a_path(
    start: Any, plans: Any, page: Page
) -> None:
    served = start("--plan", plans.address, "--base-url", "/tools/plans/", MAINTPLAN_POOL="0")
    assert served.root.endswith("/tools/plans/")
    for _ in range(2):
        page.goto(served.to())
        served.is_ready(page)
        expect(page.get_by_label(RESTORE)).to_have_value("4 hours")
    answer = page.goto(f"{served.root}?plan=../plans.db")
    assert answer is not None
    assert answer.status == 404


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("alert").filter(has_text=words).first).to_be_visible(timeout=PATIENCE)


def test_a_plan_file_is_sent_in_and_what_is_none_is_refused_in_words(
    served: Any, page: Page, tmp_path: Path
) -> None:
    def file(name: str, content: bytes = b"", size: int = 0) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        if size:
            os.truncate(path, size)  # nothing of it is on the disk
        return path

    page.goto(served.root)
    sends = page.locator("input[type=file]")
    sends.set_input_files(file("picture.yaml", b"\x89PNG\r\n"))
    told(page, "is not UTF-8")
    sends.set_input_files(file("empty.yaml"))
    told(page, "The file is empty")
    for size, shown in ((9_000_000, "9.0"), (11_000_000, "11.0"), (200_000_000, "200.0")):
        sends.set_input_files(file("large.yaml", b"a: x", size))
        told(page, f"The file has {shown} MB; the limit for a plan file is 2 MB")
    plan = store.open(tmp_path / "sent.yaml", service="Sent in", tier=3, stage="beta")
    plan.save(plan.plan, create=True)
    sends.set_input_files(tmp_path / "sent.yaml")
    expect(page.locator(".mp-top")).to_contain_text("Sent in", timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"\?plan=sent-in&question="))  # a reload comes back to it


def test_a_plan_that_was_deleted_under_an_open_page_can_be_kept_as_a_new_one(
    served: Any, everybodys: Any, page: Page
) -> None:
    plan = everybodys.add()
    page.goto(served.to(plan))
    served.is_ready(page)
    with contextlib.closing(sqlite3.connect(everybodys.path)) as database, database:
        which = "(select id from maintplan_plans where name = ?)"
        database.execute(f"delete from maintplan_revisions where plan = {which}", [plan])  # noqa: S608
        database.execute("delete from maintplan_plans where name = ?", [plan])
    page.get_by_label(RESTORE).fill("2 hours")
    told(page, "The plan was deleted since it was opened")
    page.get_by_role("button", name="Keep it as a new plan").click()
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours", timeout=PATIENCE)
    served.until(lambda: everybodys.answer(plan) == "2h", "the plan to be kept again")
