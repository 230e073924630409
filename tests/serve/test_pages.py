"""Pages in a browser: opened and closed, at the limit, under a path, and after every kind of loss."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maintplan import store
from maintplan.cli import main

pytestmark = pytest.mark.browser

RESTORE = re.compile("^Restore within")
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


def link(served: Any, plan: str = "directory") -> str:
    return f"{served.root}?plan={plan}&question=recovery"


def is_ready(page: Page) -> None:
    """Wait until the question can be answered, with the fields of one consideration open."""
    fold = page.get_by_role("button", name=re.compile("^System recovery procedures")).first
    field = page.get_by_label(RESTORE)
    expect(fold).to_be_enabled(timeout=PATIENCE)
    if fold.get_attribute("aria-expanded") != "true":
        fold.click()
    expect(field).to_be_editable(timeout=PATIENCE)


def test_what_is_typed_is_saved_in_the_store_and_the_page_comes_back_to_the_question(
    served: Any, everybodys: Any, page: Page
) -> None:
    plan = everybodys.add()
    page.goto(link(served, plan))
    is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: everybodys.answer(plan) == "2h", "the save")
    page.reload()
    is_ready(page)
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
    page.goto(link(served, plan))
    is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: everybodys.answer(plan) == "2h", "the save")
    served.kernel(plan).kill()
    assert served.told(f"its kernel has died (plan {plan}, question recovery)")
    page.goto(link(served, plan))
    is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours")


def test_a_server_that_was_killed_loses_nothing_and_one_that_was_told_to_stop_leaves_nothing_behind(
    start: Any, plans: Any, page: Page, tmp_path: Path
) -> None:
    served = start("--plan", plans.address)
    page.goto(link(served))
    is_ready(page)
    page.get_by_label(RESTORE).fill("90 min")
    served.until(lambda: plans.answer("directory") == "90m", "the save")
    processes = [*served.warm(), *served.kernels()]
    assert len(processes) > 1
    served.process.kill()
    served.process.wait()
    served.until(lambda: not any(map(_runs, processes)), "the kernels of a killed server to end")

    (runtime := tmp_path / "run").mkdir()
    again = start("--plan", plans.address, TMPDIR=str(runtime), XDG_RUNTIME_DIR=str(runtime))
    page.goto(link(again))
    is_ready(page)
    expect(page.get_by_label(RESTORE)).to_have_value(re.compile("90 min"))
    processes = [*again.warm(), *again.kernels()]
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(60) == 0
    again.until(lambda: not any(map(_runs, processes)), "the kernels to end")
    assert list(runtime.glob("mp-*")) == []
    assert again.told("INFO    stopped")
    assert len(again.log.partition("INFO    stopping\n")[2].splitlines()) == 1


def _runs(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def test_a_page_comes_back_by_itself_when_all_kernels_are_lost(
    served: Any, everybodys: Any, page: Page
) -> None:
    page.goto(link(served, everybodys.add()))
    is_ready(page)
    (warm,) = served.warm()
    with page.expect_navigation():
        warm.kill()
    assert served.told("the process from which kernels are forked has ended by itself")
    is_ready(page)


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
        shown.goto(link(impatient), timeout=PATIENCE, wait_until="commit")
        shown.wait_for_selector("#maintplan-app", timeout=PATIENCE)
        context.close()
    impatient.until(lambda: impatient.sessions == 0, "the sessions to end")
    impatient.until(lambda: len(impatient.kernels()) == 2, "the pool alone")


def test_the_kernel_of_a_browser_that_was_killed_is_ended(
    impatient: Any, chromium: Path, tmp_path: Path
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
        [*command, *ARGUMENTS, link(impatient)],
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


def test_a_link_opens_its_plan_and_question_the_same_when_no_kernel_waits_and_under_a_path(
    start: Any, plans: Any, page: Page
) -> None:
    served = start("--plan", plans.address, "--base-url", "/tools/plans/", MAINTPLAN_POOL="0")
    assert served.root.endswith("/tools/plans/")
    for _ in range(2):
        page.goto(link(served))
        is_ready(page)
        expect(page.get_by_label(RESTORE)).to_have_value("4 hours")
    answer = page.goto(f"{served.root}?plan=../plans.db")
    assert answer is not None
    assert answer.status == 404


def test_a_failure_is_a_sentence_with_a_reference_and_the_log_has_the_rest(
    start: Any, plans: Any, page: Page, tmp_path: Path
) -> None:
    (broken := tmp_path / "broken").mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys\nif 'maintplan.serve.warm' in sys.orig_argv:\n"
        "    import maintplan.widgets.page\n    maintplan.widgets.page.Page.walk = lambda self: 1 / 0\n"
    )
    served = start("--plan", plans.address, PYTHONPATH=str(broken))
    page.goto(link(served))
    alert = page.get_by_role("alert").filter(has_text="Something went wrong")
    expect(alert).to_be_visible(timeout=PATIENCE)
    number = re.search(r"\b[A-Z2-9]{6}\b", alert.inner_text())
    assert number is not None
    assert not any(word in page.inner_text("body") for word in ("Traceback", "--debug", "ZeroDivision"))
    assert served.told(f"reference {number[0]}: cell 'walk' failed")
    assert served.told("ZeroDivisionError")

    plans.path.write_text("no database any more")
    answer = page.goto(link(served))
    assert answer is not None
    assert answer.status == 500
    text = page.inner_text("body")
    number = re.search(r"\b[A-Z2-9]{6}\b", text)
    assert number is not None
    assert not any(word in text for word in ("Traceback", "--debug", "cell [", "sqlite"))
    assert served.told(f"reference {number[0]}")
    assert "this is no SQLite database" in served.log


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plan", "nowhere/plan.yaml"], "there is no folder"),
        (["--plan", "sqlite:///plans.db#directory@1"], "a past revision can't be worked on"),
        (["--plan", "postgresql://me:s3cret@db/plans"], "holds a password"),
        (["--trust-proxy", "my-proxy"], "is no IP address"),
        (["--base-url", "http://x/"], "write the path alone"),
    ],
)
def test_what_can_t_be_served_is_told_in_one_line(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", "0", *arguments])
    assert ended.value.code in (1, 2)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert words in told[0]


def test_a_port_that_is_taken_is_told_in_one_line(served: Any, everybodys: Any, tmp_path: Path) -> None:
    port = re.search(r":(\d+)/", served.link)
    assert port is not None
    command = [
        str(Path(sys.executable).with_name("maintplan")),
        "serve",
        "--plan",
        everybodys.address,
        "--port",
        port[1],
    ]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode in (1, 2)
    assert f"can't listen on 127.0.0.1 port {port[1]}" in ended.stderr
    assert len([line for line in ended.stderr.splitlines() if "INFO" not in line]) == 1


def test_without_an_address_the_store_is_in_a_folder_of_one_s_own(start: Any, tmp_path: Path) -> None:
    served = start()
    folder = tmp_path / "data" / "maintplan"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert served.told(f"serving sqlite:///{folder / 'plans.db'}")
    assert served.ask("/healthz")[0] == 200


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
    page.goto(link(served, plan))
    is_ready(page)
    with contextlib.closing(sqlite3.connect(everybodys.path)) as database, database:
        which = "(select id from maintplan_plans where name = ?)"
        database.execute(f"delete from maintplan_revisions where plan = {which}", [plan])  # noqa: S608
        database.execute("delete from maintplan_plans where name = ?", [plan])
    page.get_by_label(RESTORE).fill("2 hours")
    told(page, "The plan was deleted since it was opened")
    page.get_by_role("button", name="Keep it as a new plan").click()
    expect(page.get_by_label(RESTORE)).to_have_value("2 hours", timeout=PATIENCE)
    served.until(lambda: everybodys.answer(plan) == "2h", "the plan to be kept again")
