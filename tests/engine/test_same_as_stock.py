"""Notebooks executed by the engine and by papermill's own give the same, cell by cell.

Each notebook in ``notebooks/`` shows one behaviour. Both engines run as a user's program does, in a process
of their own; what is compared is all that they write down, without times and random ids. Starting a stock
kernel is what takes long, so notebooks that come to their end are run one after the other in the same one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NOTEBOOKS = {path.stem: path for path in sorted((HERE / "notebooks").glob("*.ipynb"))}
TOGETHER = {
    "shows": "results display update-display rich clear-output capture empty-cells skipped parameters "
    "unserialisable page pandas matplotlib widgets widget-output progress",
    "runs": "streams shell processes threads module long-output exceptions-allowed exception-chained "
    "exception-group exception-in-library exception-of-one-line indentation-error getpass interrupted-async",
    "changes the kernel": "magics matplotlib-svg logging warnings magics-more custom-display",
}
"""Notebooks that share a kernel, in their order. Any other is run by itself: what it shows is how it ends."""
RUN_AS = {name: run for run, names in TOGETHER.items() for name in names.split()}


@dataclass(frozen=True)
class Executed:
    """What the two engines have made.

    Attributes
    ----------
    stock, ours
        Each run's notebook, without what differs from run to run.
    raised
        What each run raised, by engine and run.
    text
        Our notebooks, as they were written.
    """

    stock: dict[str, Any]
    ours: dict[str, Any]
    raised: dict[str, dict[str, Any]]
    text: dict[str, str]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, essence: Callable[[Path], Any]) -> Executed:
    sources = to_run(tmp_path_factory.mktemp("sources"))
    folders = {name: tmp_path_factory.mktemp(name) for name in ("nbclient", "maintplan")}
    running = [
        subprocess.Popen(
            [sys.executable, HERE / "run_engine.py", engine, folder, *sources],
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
    stock, ours = (
        {path.stem: essence(path) for path in folder.glob("*.ipynb")} for folder in folders.values()
    )
    raised = {
        engine: {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
        for engine, folder in folders.items()
    }
    text = {path.stem: path.read_text() for path in folders["maintplan"].glob("*.ipynb")}
    return Executed(stock, ours, raised, text)


def to_run(folder: Path) -> list[Path]:
    """Return the notebooks to be run; those that share a kernel are written into one."""
    made = []
    for run, names in TOGETHER.items():
        whole: Any = None
        for name in names.split():
            one = json.loads(NOTEBOOKS[name].read_text())
            for cell in one["cells"]:
                cell["id"] = f"{name}-{cell['id']}"
                cell["metadata"]["of"] = name
            if whole is None:
                whole = one
            else:
                whole["cells"] += one["cells"]
        made.append(folder / f"{run}.ipynb")
        made[-1].write_text(json.dumps(whole))
    return made + [path for name, path in NOTEBOOKS.items() if name not in RUN_AS]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_same_cells_outputs_and_marks(executed: Executed, name: str) -> None:
    run = RUN_AS.get(name, name)
    theirs, mine = (
        [cell for cell in made[run]["cells"] if cell["metadata"].get("of", run) in (name, run)]
        for made in (executed.stock, executed.ours)
    )
    assert theirs
    for mine_cell, theirs_cell in zip(mine, theirs, strict=True):
        assert mine_cell == theirs_cell


@pytest.mark.parametrize("run", [*TOGETHER, *(name for name in NOTEBOOKS if name not in RUN_AS)])
def test_the_same_metadata_and_the_same_error(executed: Executed, run: str) -> None:
    mine, theirs = executed.ours[run], executed.stock[run]
    assert mine["metadata"] == theirs["metadata"]
    assert len(mine["cells"]) == len(theirs["cells"])
    assert executed.raised["maintplan"][run] == executed.raised["nbclient"][run]
    if run in TOGETHER:  # or the last of them would compare cells that did not run
        assert mine["cells"][-1]["metadata"]["papermill"]["status"] == "completed"


def test_the_notebooks_show_what_they_are_named_for(executed: Executed) -> None:
    """A comparison of two empty notebooks would pass as well."""
    shows, runs = executed.text["shows"], executed.text["runs"]
    assert "observed 8" in shows
    assert "image/png" in shows
    assert "widget-view+json" in shows
    assert "image/svg+xml" in executed.text["changes the kernel"]
    assert "straight to the descriptor" in runs
    assert "slept 2" in executed.text["async"]
    assert "StdinNotImplementedError" in executed.text["input"]
    assert set(RUN_AS) <= set(NOTEBOOKS)
