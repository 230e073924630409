"""Pages in a browser, after every kind of loss, and files that are sent in."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from maintplan import store

pytestmark = pytest.mark.browser

RESTORE = re.compile("^Restore within")
PATIENCE = 150_000


def test_what_is_typed_is_saved_and_a_page_whose_kernel_was_killed_comes_back_with_it(
    served: Any, everybodys: Any, page: Page
) -> None:
    plan = everybodys.add()
    page.goto(served.to(plan))
    served.is_ready(page)
    page.get_by_label(RESTORE).fill("2 hours")
    served.until(lambda: everybodys.answer(plan) == "2h", "the save")
    with contextlib.closing(sqlite3.connect(everybodys.path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        page.get_by_label(RESTORE).fill("3 hours")
        told(page, "Not saved: Another program is writing to the database")
        another.execute("ROLLBACK")
    served.until(lambda: everybodys.answer(plan) == "3h", "the save that was tried again")
    page.get_by_label(RESTORE).fill("5 hours")
    with page.expect_navigation():
        served.kernel(plan).kill()  # before it has heard of it
        banner = page.get_by_role("alert").filter(has_text="The connection was lost").text_content()
    named = re.search(r"session (\w{8})\.", banner or "")
    assert named is not None
    assert served.told(f"session {named[1]}: its kernel has died (plan {plan}, question recovery)")
    expect(page.get_by_label(RESTORE)).to_be_focused(timeout=PATIENCE)
    expect(page.get_by_label(RESTORE)).to_have_value("5 hours")
    served.until(lambda: everybodys.answer(plan) == "5h", "the save of what was under the fingers")
    assert re.search(
        rf"session \w{{8}}: plan {plan}, question recovery, from 127.0.0.1, process \d+ \(\d+ of 60\)",
        served.log,
    )


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
    sends.set_input_files(file("picture.yaml", b"\x89PNG\r\n\x1a\n"))
    told(page, "It is a picture, a document or the like, and no text. Choose the plan file")
    sends.set_input_files(file("empty.yaml"))
    told(page, "The file is empty")
    sends.set_input_files(file("wrong.yaml", b"maintplan: 1\n  service: [\n"))
    told(page, "can't be opened as a plan file. Line 2: ")
    for size, shown in ((9_000_000, "9.0"), (11_000_000, "11.0"), (200_000_000, "200.0")):
        sends.set_input_files(file("large.yaml", b"a: x", size))
        told(page, f"The file has {shown} MB; the limit for a plan file is 2 MB")
    expect(page.get_by_text("can't be opened")).to_have_count(0)  # that was another file
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
