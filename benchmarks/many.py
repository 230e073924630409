"""Measures the engine and the batch beside papermill, ploomber-engine and a bare IPython shell.

All sides run the shipped notebook on the example's plan, on the same cores, one after the other. Each figure
is a ratio; the wish beside it is what it should reach. The loop of two stock commands is run a few times, and
counted for as many plans as the batch has. ``--long 10000`` compares that many plans with a hundred, which
takes an hour. Rows of the table can be named: ``engine``, ``batch``, ``run``, ``long``, ``dask``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from maintplan import resources

BIN = Path(sys.executable).parent
NOTEBOOK = resources.notebook()
PLAN = resources.example() / "plan.yaml"
ROWS = ("engine", "batch", "run", "long", "dask")


def clocked(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def command(*words: str | Path) -> None:
    """Run a command of this environment."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run([str(each) for each in words], env=environment, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode()[-2000:])


def stock_commands(folder: Path) -> None:
    """One plan by the two stock commands."""
    executed = folder / "stock.ipynb"
    command(BIN / "papermill", NOTEBOOK, executed, "-p", "plan", PLAN, "--no-progress-bar")
    command(BIN / "jupyter", "nbconvert", executed, "--to", "maintplan-html")


def stock_warm(folder: Path) -> None:
    """One plan by papermill and the exporter in this warm process."""
    import papermill  # noqa: PLC0415

    from maintplan.reporting import MaintplanHTMLExporter, names, select  # noqa: PLC0415

    notebook = papermill.execute_notebook(
        str(NOTEBOOK), str(folder / "warm.ipynb"), {"plan": str(PLAN)}, progress_bar=False
    )
    exporter = MaintplanHTMLExporter()
    for name in names(notebook):
        exporter.from_notebook_node(select(notebook, name))


def with_engine(name: str, folder: Path) -> None:
    """One notebook by one of papermill's engines."""
    import papermill  # noqa: PLC0415

    papermill.execute_notebook(
        str(NOTEBOOK),
        str(folder / f"{name}.ipynb"),
        {"plan": str(PLAN)},
        engine_name=name,
        progress_bar=False,
    )


def engine_alone(folder: Path) -> None:
    """One notebook by the engine, without a file, in a process that is made ready as a worker is."""
    from maintplan.engine import apart, running  # noqa: PLC0415

    apart.run(_executed, folder, running.Limits())


def _executed(kernel: Any) -> None:
    from maintplan.engine import running  # noqa: PLC0415

    _, failure = running.execute_in(kernel, NOTEBOOK, {"plan": str(PLAN)})
    if failure is not None:
        raise RuntimeError(failure)


def bare(_: Path) -> None:
    """Run the same cells in an IPython shell of this process, without a notebook."""
    import nbformat  # noqa: PLC0415
    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415

    InteractiveShell.clear_instance()
    shell: Any = InteractiveShell.instance()
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                named = "parameters" in cell.metadata.get("tags", [])
                shell.run_cell(cell.source + (f"\nplan = {str(PLAN)!r}" if named else ""))
    InteractiveShell.clear_instance()


def run_one(folder: Path) -> None:
    """One plan by the kit's command."""
    command(BIN / "maintplan", "run", PLAN, "-o", folder / "run")
    shutil.rmtree(folder / "run")


def batch(folder: Path, plans: int, *options: str) -> tuple[float, float]:
    """Return the seconds of a batch by the command, start included, and the most megabytes that it held."""
    manifest = folder / "services.csv"
    shutil.copy(PLAN, folder / "plan.yaml")
    rows = "".join(f"service-{number},plan.yaml\n" for number in range(plans))
    manifest.write_text(f"service,plan\n{rows}")
    out = folder / "out"
    with most_held() as held:
        seconds = clocked(lambda: command(BIN / "maintplan", "batch", manifest, "-o", out, *options))
    shutil.rmtree(out)
    return seconds, held[0]


@contextlib.contextmanager
def most_held() -> Iterator[list[float]]:
    """Yield the most megabytes that the processes started meanwhile hold; shared pages count once."""
    most, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            now = 0.0
            for each in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    now += each.memory_full_info().pss / 2**20
            most[0] = max(most[0], now)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        done.set()
        looking.join()


@contextlib.contextmanager
def dask(folder: Path, workers: int) -> Iterator[str]:
    """Yield the address of a Dask cluster on this machine."""
    file = folder / f"scheduler-{workers}.json"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    cli, shared = [sys.executable, "-m"], ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler = [*cli, "distributed.cli.dask_scheduler", *shared, "--port", "0", "--host", "127.0.0.1"]
    once = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder / "dask")]
    started = [subprocess.Popen(scheduler, **quiet)]
    try:
        while not file.exists():
            time.sleep(0.1)
        worker = [*cli, "distributed.cli.dask_worker", *shared, *once]
        started += [subprocess.Popen(worker, **quiet) for _ in range(workers)]
        address = str(json.loads(file.read_text())["address"])
        batch(folder, 2 * workers, "--executor", f"dask:{address}")  # each has loaded everything then
        yield address
    finally:
        for each in started:
            each.kill()
            each.wait()


def by_turns(rounds: int, folder: Path, *sides: Callable[[Path], object]) -> list[float]:
    """Run the sides by turns, once to warm up; return their median seconds."""
    for side in sides:
        side(folder)
    columns = [[clocked(lambda side=side: side(folder)) for side in sides] for _ in range(rounds)]  # type: ignore[misc]
    return [statistics.median(each) for each in zip(*columns, strict=True)]


def show(name: str, ours: float, beside: float, reached: float, wish: float, *, most: bool = False) -> None:
    """Print one line of the table."""
    kept = reached <= wish if most else reached >= wish
    word = "reached" if kept else "MISSED"
    unit = "  " if "in GB" in name else " s"
    print(f"{name:<62}{ours:>9.2f}{unit}{beside:>9.2f}{unit}{reached:>8.2f}{wish:>8}  {word}", flush=True)


def main() -> None:
    """Run the benchmarks and print the table."""
    parser = argparse.ArgumentParser(description="Measure engine and batch beside the stock tools.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plans", type=int, default=200, help="how many plans the batch has")
    parser.add_argument("--long", type=int, default=600, help="how many plans are compared with a hundred")
    parser.add_argument("--few", type=int, default=100, help="how many they are compared with")
    parser.add_argument("--on-dask", type=int, default=100, help="how many plans the cluster makes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("rows", nargs="*", default=ROWS, help=f"of {', '.join(ROWS)}; all by default")
    asked = parser.parse_args()
    if wrong := set(asked.rows) - set(ROWS):
        parser.error(f"there is no row {', '.join(wrong)}; there are {', '.join(ROWS)}")
    print(f"{'':<62}{'ours':>11}{'beside':>11}{'ratio':>8}{'wish':>8}")
    # All sides of this process find everything loaded, as a batch's workers do.
    importlib.import_module("maintplan.batch.loaded")
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        for row in (each for each in ROWS if each in asked.rows):
            {"engine": _engine, "batch": _batch, "run": _run, "long": _long, "dask": _dask}[row](
                asked, folder
            )


def _engine(asked: argparse.Namespace, folder: Path) -> None:
    from maintplan.batch import workers  # noqa: PLC0415

    # By a name of its own: in a worker, a kernel is the main module.
    alone = importlib.import_module(Path(__file__).stem).engine_alone
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context, initializer=workers.ready) as worker:
        ours, ploomber, cells = by_turns(
            3 * asked.rounds,
            folder,
            lambda folder: worker.submit(alone, folder).result(),
            lambda folder: with_engine("embedded", folder),
            bare,
        )
    show("engine, beside ploomber-engine", ours, ploomber, ploomber / ours, 2.5)
    show("engine, beside the bare cells (at most)", ours, cells, ours / cells, 1.5, most=True)


def _batch(asked: argparse.Namespace, folder: Path) -> None:
    whole, _ = batch(folder, asked.plans, "--jobs", str(asked.jobs))
    seconds = whole / asked.plans
    (stock,) = by_turns(min(asked.rounds, 2), folder, stock_commands)
    name = f"a plan of {asked.plans}, {asked.jobs} jobs, beside a loop of two commands"
    show(name, seconds, stock, stock / seconds, 40)
    (warm,) = by_turns(asked.rounds, folder, stock_warm)
    each = seconds * asked.jobs
    show("the same per core, beside papermill in a warm process", each, warm, warm / each, 8)


def _run(asked: argparse.Namespace, folder: Path) -> None:
    one, stock = by_turns(asked.rounds, folder, run_one, stock_commands)
    show("one plan by maintplan run, beside two commands", one, stock, stock / one, 4)


def _long(asked: argparse.Namespace, folder: Path) -> None:
    jobs = ("--jobs", str(asked.jobs))
    (few, little), (many, much) = batch(folder, asked.few, *jobs), batch(folder, asked.long, *jobs)
    few, many = few / asked.few, many / asked.long
    beside = f"{asked.long}, beside {asked.few}"
    show(f"a plan of {beside} (at most)", many, few, many / few, 1.15, most=True)
    show(f"memory for {beside}, in GB (at most)", much / 1024, little / 1024, much / little, 1.15, most=True)


def _dask(asked: argparse.Namespace, folder: Path) -> None:
    seconds = []
    for workers in (2, 1):
        with dask(folder, workers) as address:
            whole, _ = batch(folder, asked.on_dask, "--executor", f"dask:{address}")
            seconds.append(whole / asked.on_dask)
    two, one = seconds
    show("a plan on Dask, two workers, beside one", two, one, one / two, 1.5)


if __name__ == "__main__":
    main()
