"""The notebook in JupyterLab, as an analyst works on it: name a plan, run all cells, read."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, sync_playwright

from maintplan import resources

pytestmark = pytest.mark.browser

ENTRY = "only-for-this-test"
PATIENCE = 120
"""Seconds that any one step may take on a machine that is busy with other things."""
EXTENSIONS = {"ploomber_extension": False, "voila.server_extension": False, "maintplan.serve.lab": True}
"""Ours, and what else is installed here and has no part in Lab's work on a notebook."""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the notebook and a plan."""
    folder = tmp_path / "desk"
    folder.mkdir()
    shutil.copy(resources.notebook(), folder)
    shutil.copy(resources.example("checkout") / "plan.yaml", folder / "checkout.yaml")
    return folder


@pytest.fixture
def lab(desk: Path, tmp_path: Path) -> Iterator[str]:
    """JupyterLab over that folder, with settings of its own; yields the notebook's address."""
    home = tmp_path / "home"
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    log = tmp_path / "lab.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
                *(f"--IdentityProvider.token={ENTRY}", f"--ServerApp.root_dir={desk}"),
                f"--ServerApp.jpserver_extensions={EXTENSIONS}",
            ],
            env={**os.environ, **{name: str(path) for name, path in folders.items()}},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        started = time.monotonic()
        while not _answers(port):
            assert server.poll() is None, log.read_text(encoding="utf-8")[-2000:]
            assert time.monotonic() - started < PATIENCE, log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/lab/tree/maintenance_plan.ipynb?token={ENTRY}"
    finally:
        server.terminate()  # it ends its kernel with it
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


@pytest.fixture
def page(chromium: Path) -> Iterator[Page]:
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.set_default_timeout(PATIENCE * 1000)
        yield opened
        browser.close()


def _answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", f"/api?token={ENTRY}")
        return asked.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        asked.close()


def test_an_analyst_names_a_plan_in_lab_runs_all_cells_and_reads_the_plan(
    lab: str, page: Page, desk: Path
) -> None:
    before = (desk / "checkout.yaml").read_bytes()
    # Lab's export menu opens this address. Of a notebook that was never run it says what to do.
    address = lab.partition("?")[0].replace("/lab/tree/", "/nbconvert/maintplan-html/")
    refused = page.request.get(address, headers={"Authorization": f"token {ENTRY}"})
    assert refused.status == http.HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.text().startswith("maintenance_plan.ipynb: this notebook holds no part of a plan; run all")
    page.goto(lab)
    page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| Idle")).wait_for()
    page.locator(".jp-CodeCell .cm-line").filter(has_text='plan = "plan.yaml"').click()
    for key in ("Home", "Shift+End"):
        page.keyboard.press(key)
    page.keyboard.type('plan = "checkout.yaml"')
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".jp-InputPrompt").filter(has_text="[9]").wait_for()

    shown = page.locator(".jp-OutputArea-output:not(:has(.maintplan))")
    trouble = ", ".join(f"[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("stderr", "error"))
    assert page.locator(trouble).all_text_contents() == []
    headings = shown.locator("h1, h2").all_text_contents()
    assert "checkout: maintenance and rollout plan" in headings
    assert {"Maintenance Runbook", "Backup & Recovery", "Long-term Planning", "Sign-off"} <= set(headings)
    assert shown.filter(has_text="59 of 59 decided").count() > 0
    assert shown.locator("table").filter(has_text="pgBackRest repository 2").count() > 0
    assert shown.locator("script").count() == 0
    assert (desk / "checkout.yaml").read_bytes() == before, "looking at a plan leaves it as it was"

    # The walk stands under its cell: the widgets are those of the app, and what is answered is in the file.
    walk = page.locator(".jp-OutputArea-output .maintplan")
    assert walk.locator("ol").first.evaluate("each => getComputedStyle(each).listStyleType") == "none"
    walk.locator(".mp-progress").click()
    walk.get_by_role("button", name=re.compile("^Recovery: ")).click()
    walk.get_by_role("heading", name=re.compile("^How should backup and disaster recovery")).wait_for()
    walk.get_by_role("button", name=re.compile("^System recovery procedures")).click()
    walk.get_by_label(re.compile("^Restore within")).fill("20 minutes")
    walk.get_by_text(re.compile("^Saved ")).wait_for()
    assert "rto: 20m" in (desk / "checkout.yaml").read_text(encoding="utf-8")

    # A key pressed in the walk is not the notebook's, where x cuts a cell; a row's menu stands at its button.
    cells = page.locator(".jp-Cell").count()
    dots = walk.locator("tr[data-row] .mp-dots").first
    dots.focus()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    menu, button = walk.locator(".mp-menu").bounding_box(), dots.bounding_box()
    assert menu is not None
    assert button is not None
    assert abs(menu["x"] + menu["width"] - button["x"] - button["width"]) < 8
    assert (
        min(abs(menu["y"] - button["y"] - button["height"]), abs(menu["y"] + menu["height"] - button["y"]))
        < 2
    )
    assert page.locator(".jp-Cell").count() == cells

    _wide_it_has_a_margin(page, walk)

    _save(page, desk / "maintenance_plan.ipynb")  # as the menu does first
    exported = page.request.get(address, headers={"Authorization": f"token {ENTRY}"})
    assert exported.ok, exported.text()[-800:]
    assert exported.text().startswith("<!DOCTYPE html>")


def _save(page: Page, notebook: Path) -> None:
    """Save the notebook, and wait until its last cell's outputs are in the file."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("Save Notebook", exact=True).click()
    deadline = time.monotonic() + 60
    while '"execution_count": 9' not in notebook.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, "it was not saved"
        page.wait_for_timeout(100)


def _wide_it_has_a_margin(page: Page, walk: Locator) -> None:
    """Where the output is wide, the notes stand in a margin beside the plan; each id is given once."""
    plan, note = walk.locator(".mp-plan"), walk.get_by_role("note").first
    assert _left(note) < _left(plan) + 100
    page.set_viewport_size({"width": 1900, "height": 900})
    page.wait_for_function("each => parseFloat(each.style.top) > 0", arg=note.element_handle())
    assert _left(note) > _left(plan) + plan.evaluate("each => each.offsetWidth")
    ids = walk.locator("[id]").evaluate_all("all => all.map((each) => each.id)")
    assert "" not in ids
    assert len(ids) == len(set(ids))


def _left(each: Locator) -> float:
    return float(each.evaluate("each => each.getBoundingClientRect().left"))
