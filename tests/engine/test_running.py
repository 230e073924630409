"""Notebooks executed without papermill: what the command and the batch do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from papermill.translators import PythonTranslator

from maintplan.engine import parameters, running

NOTEBOOKS = Path(__file__).parent / "notebooks"
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text() | st.integers(), inside),
    max_leaves=10,
)


@given(PLAIN)
def test_a_parameter_is_written_as_papermill_writes_it(value: Any) -> None:
    assert parameters.literal(value) == PythonTranslator.translate(value)


@given(st.dictionaries(st.from_regex("[a-z_]+", fullmatch=True), PLAIN, min_size=1))
def test_the_cell_of_parameters_is_the_one_papermill_injects(values: dict[str, Any]) -> None:
    assert parameters.source(values) == PythonTranslator.codify(values)


COMPARED = ["display", "widgets", "update-display", "exceptions-allowed", "empty-cells"]


@pytest.fixture(scope="module")
def by_papermill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papermill")
    script, sources = (
        Path(__file__).parent / "run_engine.py",
        (NOTEBOOKS / f"{each}.ipynb" for each in COMPARED),
    )
    subprocess.run([sys.executable, script, "maintplan", folder, *sources], check=True)
    return folder


@pytest.mark.parametrize("name", COMPARED)
def test_the_same_notebook_as_with_papermill(
    tmp_path: Path, by_papermill: Path, name: str, essence: Callable[[Path], Any]
) -> None:
    executed, _ = running.execute(NOTEBOOKS / f"{name}.ipynb", {})
    nbformat.write(executed, tmp_path / "ours.ipynb")  # type: ignore[no-untyped-call]
    theirs = essence(by_papermill / f"{name}.ipynb")
    theirs["cells"] = [each for each in theirs["cells"] if each.get("id") != "made"]
    assert essence(tmp_path / "ours.ipynb") == theirs


def test_parameters_take_the_place_of_earlier_ones_and_stand_below_the_defaults(tmp_path: Path) -> None:
    executed, failure = running.execute(NOTEBOOKS / "parameters.ipynb", {"a": 2}, output="once.ipynb")
    assert failure is None
    assert [cell.source for cell in executed.cells][1] == "# Parameters\na = 2\n"
    assert executed.cells[2].outputs[0].data["text/plain"] == "(2, 'default')"
    nbformat.write(executed, tmp_path / "once.ipynb")  # type: ignore[no-untyped-call]
    again, _ = running.execute(tmp_path / "once.ipynb", {"a": 3})
    assert [cell.metadata.tags for cell in again.cells] == [["parameters"], ["injected-parameters"], []]
    assert again.cells[2].outputs[0].data["text/plain"] == "(3, 'default')"


def test_a_failure_names_its_cell_and_the_notebook_points_to_it() -> None:
    executed, failure = running.execute(NOTEBOOKS / "exception.ipynb", {})
    assert failure == running.Failure("error", 2, "ValueError", "deep down: é")
    assert "ValueError" in executed.cells[0].source
    assert 'id="papermill-error-cell"' in executed.cells[2].source
    assert executed.cells[3].metadata.papermill.status == "failed"
    assert executed.metadata.papermill.exception


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        ("while True:\n    pass", "timeout", None),
        ("import os\nos._exit(7)", "died", 7),
        ("import os\nos.kill(os.getpid(), 9)", "died", -9),
    ],
)
def test_what_stops_a_notebook_from_outside(tmp_path: Path, code: str, kind: str, status: int | None) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])  # type: ignore[no-untyped-call]
    nbformat.write(made, tmp_path / "made.ipynb")  # type: ignore[no-untyped-call]
    limits = running.Limits(seconds=3 if kind == "timeout" else None)
    _, failure = running.execute(tmp_path / "made.ipynb", {}, limits=limits)
    assert failure is not None
    assert (failure.kind, failure.cell, failure.status) == (kind, 1, status)


def test_a_process_with_threads_gets_a_new_interpreter(tmp_path: Path) -> None:
    code = f"""
import threading, sys
from pathlib import Path
threading.Thread(target=threading.Event().wait, daemon=True).start()
from maintplan.engine import running
executed, failure = running.execute(Path({str(NOTEBOOKS / "display.ipynb")!r}), {{}})
assert failure is None, failure
print(executed.cells[0].outputs[-1].data)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert "'last'" in done.stdout, done.stderr
    assert done.stderr == ""


def test_a_notebook_sees_nothing_of_the_program_that_runs_it(tmp_path: Path) -> None:
    look = """
import gc, json, logging, os, random, sys, warnings
import matplotlib, matplotlib.pyplot as plt, numpy
print(json.dumps({
    "names": sorted(name for name in globals() if name == "leaked"),
    "handlers": len(logging.getLogger().handlers),
    "level": logging.getLogger().level,
    "filters": [each[0] for each in warnings.filters if each[2] is UserWarning],
    "figures": plt.get_fignums(),
    "size": plt.rcParams["figure.figsize"],
    "trace": sys.gettrace() is None,
    "random": numpy.random.random(),
    "main": hasattr(sys.modules["__main__"], "leaked"),
}))
"""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(look)])  # type: ignore[no-untyped-call]
    nbformat.write(made, tmp_path / "look.ipynb")  # type: ignore[no-untyped-call]
    code = f"""
import json, logging, sys, warnings
from pathlib import Path
import matplotlib; matplotlib.use("agg")
import matplotlib.pyplot as plt, numpy
from maintplan.engine import running
leaked = 1
logging.basicConfig(level=logging.DEBUG)
warnings.simplefilter("error", UserWarning)
plt.rcParams["figure.figsize"] = (1, 1)
plt.figure()
numpy.random.seed(1)
sys.settrace(lambda *_: None)
seen = [running.execute(Path({str(tmp_path / "look.ipynb")!r}), {{}}) for _ in range(2)]
print(json.dumps([json.loads(executed.cells[0].outputs[0].text) for executed, _ in seen]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    first, second = json.loads(done.stdout)
    assert first.pop("random") != second.pop("random"), done.stderr
    assert first == second
    assert first == {
        "names": [],
        "handlers": 0,
        "level": 30,
        "filters": [],
        "figures": [],
        "size": [6.4, 4.8],
        "trace": True,
        "main": False,
    }
