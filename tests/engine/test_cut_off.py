"""A run that is cut off leaves its partial notebook: time-out, dead kernel, interrupt, a scheduler's end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

ENDLESS = "print('begun', flush=True)\nwhile True:\n    pass"


def notebook(folder: Path, *cells: str, **metadata: Any) -> Path:
    made = nbformat.v4.new_notebook(metadata=metadata or {"kernelspec": KERNEL})  # type: ignore[no-untyped-call]
    made.cells = [nbformat.v4.new_code_cell(each) for each in cells]  # type: ignore[no-untyped-call]
    path = folder / "notebook.ipynb"
    nbformat.write(made, path)  # type: ignore[no-untyped-call]
    return path


KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


PAPERMILL = """
from maintplan import lean
with lean.without(*lean.FORMATS, *lean.STORES):
    from papermill.cli import papermill
papermill()
"""
"""papermill's command, without what takes it long to load."""


def papermill(folder: Path, *options: str) -> subprocess.Popen[str]:
    ours = ["--engine", "maintplan", "--no-progress-bar", *options, "notebook.ipynb", "out.ipynb"]
    return subprocess.Popen(
        [sys.executable, "-c", PAPERMILL, *ours],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outcome(folder: Path) -> tuple[str, list[str]]:
    """Return what the cells put out, and how each ended."""
    made = json.loads((folder / "out.ipynb").read_text())
    cells = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    text = "".join("".join(output.get("text", [])) for cell in cells for output in cell["outputs"])
    return text, [cell["metadata"]["papermill"]["status"] for cell in cells]


def nothing_left_of(folder: Path) -> bool:
    mark = str(folder)
    for _ in range(100):
        left = [each for each in psutil.process_iter(["environ"]) if _marked(each, mark)]
        if not left:
            return True
        time.sleep(0.1)
    return False


def _marked(process: psutil.Process, mark: str) -> bool:
    return process.pid != os.getpid() and mark in (process.info["environ"] or {}).get("ENGINE_MARK", "")


@pytest.fixture(autouse=True)
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINE_MARK", str(tmp_path))
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")


@pytest.mark.parametrize(
    ("cell", "options", "words"),
    [
        (ENDLESS, ["--execution-timeout", "2"], "CellTimeoutError"),
        ("print('begun', flush=True)\nimport ctypes\nctypes.string_at(0)", [], "DeadKernelError"),
    ],
    ids=["time-out", "segmentation fault"],
)
def test_what_was_done_so_far_is_saved(tmp_path: Path, cell: str, options: list[str], words: str) -> None:
    notebook(tmp_path, "print('first')", cell, "print('never')")
    said, _ = papermill(tmp_path, *options).communicate(timeout=120)
    assert words in said
    assert outcome(tmp_path) == ("first\nbegun\n", ["completed", "failed", "pending"])
    assert nothing_left_of(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "a scheduler's end"])
def test_an_interrupted_run_saves_what_was_done(tmp_path: Path, number: signal.Signals) -> None:
    notebook(tmp_path, "open('begun', 'w').close(); print('first')", ENDLESS)
    running = papermill(tmp_path)
    for _ in range(600):
        if (tmp_path / "begun").exists():
            break
        time.sleep(0.1)
    time.sleep(0.5)
    running.send_signal(number)
    running.communicate(timeout=60)
    assert running.returncode != 0
    text, ended = outcome(tmp_path)
    assert text.startswith("first\n")
    assert ended == ["completed", "failed"]
    assert nothing_left_of(tmp_path)


def test_a_kernel_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    notebook(tmp_path, "open('begun', 'w').close()", ENDLESS)
    running = papermill(tmp_path)
    for _ in range(600):
        if (tmp_path / "begun").exists():
            break
        time.sleep(0.1)
    running.kill()
    running.communicate(timeout=60)
    assert nothing_left_of(tmp_path)


def test_what_a_cell_left_running_ends_with_the_notebook_and_what_it_registered_is_done(
    tmp_path: Path,
) -> None:
    notebook(
        tmp_path,
        "import subprocess, threading, time\nsubprocess.Popen(['sleep', '600'])",
        "import atexit\natexit.register(lambda: open('ended', 'w').close())",
        "threading.Thread(target=time.sleep, args=(600,)).start()\nprint('left')",
    )
    running = papermill(tmp_path)
    said, _ = running.communicate(timeout=120)
    assert running.returncode == 0, said
    assert outcome(tmp_path)[0].endswith("left\n")
    assert (tmp_path / "ended").exists()
    assert nothing_left_of(tmp_path)


def test_memory_beyond_the_limit_is_an_error_of_the_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path, "print('first')", "held = bytearray(4 << 30)\nheld[::4096] = held[::4096]")
    code = f"""
from maintplan import lean
with lean.without(*lean.FORMATS, *lean.STORES):
    import papermill
papermill.execute_notebook({str(path)!r}, {str(tmp_path / "out.ipynb")!r}, engine_name="maintplan",
                           memory_limit=1024, progress_bar=False)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr
    assert outcome(tmp_path) == ("first\n", ["completed", "failed"])
