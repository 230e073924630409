"""A server by itself: started, killed, told to stop, failing, and refused its place."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect

from maintplan.cli import main
from maintplan.serve import Options
from maintplan.serve.shelf import Shelf

pytestmark = pytest.mark.browser

RESTORE = re.compile("^Restore within")
PATIENCE = 150_000


def test_a_server_that_was_killed_loses_nothing_and_one_that_was_told_to_stop_leaves_nothing_behind(
    start: Any, plans: Any, page: Page, tmp_path: Path
) -> None:
    served = start("--plan", plans.address)
    page.goto(served.to())
    served.is_ready(page)
    page.get_by_label(RESTORE).fill("90 min")
    served.until(lambda: plans.answer("directory") == "90m", "the save")
    processes = [*served.warm(), *served.kernels()]
    assert len(processes) > 1
    served.process.kill()
    served.process.wait()
    served.until(lambda: not any(map(_runs, processes)), "the kernels of a killed server to end")

    expect(page.get_by_role("alert")).to_contain_text("The connection was lost", timeout=PATIENCE)
    expect(page.get_by_label(RESTORE)).to_be_disabled()

    (runtime := tmp_path / "run").mkdir()
    port = str(urlsplit(served.link).port)
    again = start("--plan", plans.address, "--port", port, TMPDIR=str(runtime), XDG_RUNTIME_DIR=str(runtime))
    expect(page.get_by_label(RESTORE)).to_be_focused(timeout=PATIENCE)  # it comes back by itself
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


def reference_of(page: Page) -> str:
    """Return the reference with which a page says that something went wrong."""
    alert = page.get_by_role("alert").filter(has_text="Something went wrong")
    expect(alert).to_be_visible(timeout=PATIENCE)
    number = re.search(r"\b[A-Z2-9]{6}\b", alert.inner_text())
    assert number is not None
    return number[0]


BROKEN = """
import pathlib, sys
if "maintplan.serve.warm" in sys.orig_argv:
    exec(pathlib.Path(__file__).with_name("breaks").read_text())
"""
"""What the process runs first from which kernels are forked."""


def test_a_failure_is_a_sentence_with_a_reference_and_the_log_has_the_rest(
    start: Any, plans: Any, page: Page, tmp_path: Path
) -> None:
    (broken := tmp_path / "broken").mkdir()
    (broken / "sitecustomize.py").write_text(BROKEN)
    (breaks := broken / "breaks").write_text("raise SystemExit('no kernels today')")
    served = start("--plan", plans.address, PYTHONPATH=str(broken))
    page.goto(served.to())
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^How should backup"))
    assert served.told(f"reference {reference_of(page)}: the page broke off")
    assert served.told("no kernel can be started; the next try is in")
    assert served.ask("/healthz")[0] == 503

    breaks.write_text(
        "import ipykernel.kernelapp, os\nipykernel.kernelapp.launch_new_instance = lambda: os._exit(3)"
    )
    page.goto(served.to())  # a kernel is there, and ends before it says a word
    assert served.told(f"reference {reference_of(page)}: the page broke off")

    breaks.write_text("import maintplan.widgets.page\nmaintplan.widgets.page.Page.walk = lambda self: 1 / 0")
    served.warm()[0].kill()  # which loaded what it is to do before
    served.told("the process from which kernels are forked has ended by itself (-9)")
    page.goto(served.to())
    number = reference_of(page)
    assert not any(word in page.inner_text("body") for word in ("Traceback", "--debug", "ZeroDivision"))
    assert served.told(f"reference {number}: cell 'walk' failed")
    assert served.told("ZeroDivisionError")

    plans.path.write_text("no database any more")
    answer = page.goto(served.to())
    assert answer is not None
    assert answer.status == 500
    text = page.inner_text("body")
    found = re.search(r"\b[A-Z2-9]{6}\b", text)
    assert found is not None
    assert not any(word in text for word in ("Traceback", "--debug", "cell [", "sqlite"))
    assert served.told(f"reference {found[0]}")
    assert "this is no SQLite database" in served.log


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plan", "nowhere/plan.yaml"], "there is no folder"),
        (["--plan", "sqlite:///nowhere/plans.db"], "there is no folder"),
        (["--plan", "sqlite:///plans.db", "--template", "maintenance"], "did you mean maintenance-rollout?"),
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


def test_without_an_address_the_store_is_in_a_folder_of_one_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "maintplan"
    assert Shelf(Options()).shown == f"sqlite:///{folder / 'plans.db'}"
    assert folder.stat().st_mode & 0o777 == 0o700
