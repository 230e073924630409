"""Notebooks executed by the engine and by papermill's own give the same, cell by cell.

Each notebook in ``notebooks/`` shows one behaviour. Both engines run as a user's program does, in a process
of their own; what is compared is all that they write down, without times and random ids.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NOTEBOOKS = sorted((HERE / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(name) for name in ("nbclient", "maintplan")}
    running = [
        subprocess.Popen(
            [sys.executable, HERE / "run_engine.py", engine, folder, *NOTEBOOKS],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # ipykernel shows a test what a cell writes past Python; it shall show it to the notebook
            env={name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        )
        for engine, folder in folders.items()
    ]
    for each in running:
        said, _ = each.communicate(timeout=1200)
        assert each.returncode == 0, said
    return folders


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_same_cells_outputs_and_marks(
    executed: dict[str, Path], notebook: Path, essence: Callable[[Path], Any]
) -> None:
    stock, ours = (executed[engine] / notebook.name for engine in ("nbclient", "maintplan"))
    theirs = essence(stock)
    mine = essence(ours)
    for mine_cell, theirs_cell in zip(mine["cells"], theirs["cells"], strict=True):
        assert mine_cell == theirs_cell
    assert mine == theirs


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_same_error_is_raised(executed: dict[str, Path], notebook: Path) -> None:
    assert raised(executed["maintplan"], notebook) == raised(executed["nbclient"], notebook)


def raised(folder: Path, notebook: Path) -> Any:
    return json.loads((folder / f"{notebook.stem}.json").read_text())


def test_the_notebooks_show_what_they_are_named_for(executed: dict[str, Path]) -> None:
    """A comparison of two empty notebooks would pass as well."""
    text = {path.stem: path.read_text() for path in executed["maintplan"].glob("*.ipynb")}
    assert "observed 8" in text["widgets"]
    assert "image/png" in text["matplotlib"]
    assert "image/svg+xml" in text["matplotlib-svg"]
    assert "straight to the descriptor" in text["shell"]
    assert "StdinNotImplementedError" in text["input"]
    assert "slept 2" in text["async"]
    assert "widget-view+json" in text["widget-output"]
    assert len(text) == len(NOTEBOOKS)
