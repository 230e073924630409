"""Execute a notebook without papermill: what the command and the batch do for every plan.

The outputs and the metadata are those that ``papermill --engine maintplan`` writes. What is left out is
papermill itself, with the readers of file stores that it loads.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import html
import logging
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Any

from maintplan import lean
from maintplan.engine import parameters as injecting
from maintplan.engine.process import Manager

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from maintplan.engine.here import Here

MARK = "papermill-error-cell-tag"
"""The tag of the cells that point to a failure; papermill removes them before it runs a notebook again."""


QUIET = logging.getLogger("maintplan.engine")
"""nbclient's log: what it says of a time-out or a death comes back as a failure."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@dataclass(frozen=True)
class Failure:
    """What stopped a notebook.

    Attributes
    ----------
    kind
        ``error`` of a cell, ``timeout``, or ``died`` for a kernel that is gone.
    cell
        The cell's place in the notebook as it was read, counted from 1; 0 when no cell had begun.
    name, value
        The error, as the cell shows it.
    status
        How a kernel that died ended: its exit code, or the negative number of a signal.
    """

    kind: str
    cell: int
    name: str
    value: str
    status: int | None = None


@dataclass(frozen=True)
class Limits:
    """What a notebook may use.

    Attributes
    ----------
    seconds
        For the whole notebook.
    memory
        Bytes of data.
    """

    seconds: float | None = None
    memory: int | None = None


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    output: str | None = None,
    limits: Limits | None = None,
    modules: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> tuple[NotebookNode, Failure | None]:
    """Execute a notebook with parameters.

    Parameters
    ----------
    notebook
        The notebook's file; it stays as it is.
    parameters
        Values for the cell tagged ``parameters``.
    output
        What the notebook's metadata call the file that it will be written to.
    limits
        What it may use.
    modules
        What the kernel loads while nothing is asked of it yet.
    environment
        Variables for the kernel alone.
    folder
        The kernel's working folder.
    meanwhile
        What this process does while the kernel starts.
    """
    limits = limits or Limits()
    kernel = Manager(limits.memory, modules, environment, folder)
    seconds = limits.seconds
    return execute_in(kernel, notebook, parameters, output=output, seconds=seconds, meanwhile=meanwhile)


def execute_in(
    kernel: Manager | Here,
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    output: str | None = None,
    seconds: float | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> tuple[NotebookNode, Failure | None]:
    """Execute a notebook in a kernel that is not started yet, and end the kernel; see `execute`."""
    kernel.start_kernel()
    try:
        _load()
        if meanwhile is not None:
            meanwhile()
        prepared = _read(notebook, parameters, output)
        failure = _Run(prepared, kernel, seconds).run()
        if failure is None:
            kernel.shutdown_kernel()
    finally:
        kernel.shutdown_kernel(now=True)
    if failure is not None and failure.cell:
        mark(prepared, failure)
    return prepared, failure


def _load() -> None:
    """Load what reads and runs notebooks, while the kernel starts."""
    with lean.without(*lean.FORMATS):
        from maintplan.engine import outputs  # noqa: F401, PLC0415


def known(path: Path) -> NotebookNode:
    """Return a notebook as it stands in its file; while that does not change, it is read and checked once."""
    about = path.stat()
    return _source(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=4)
def _source(path: Path, changed: int, size: int) -> NotebookNode:
    """Return a notebook as it stands in its file, checked; many runs read the same one."""
    import nbformat  # noqa: PLC0415

    del changed, size
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def _read(path: Path, parameters: Mapping[str, Any], output: str | None) -> NotebookNode:
    import nbformat  # noqa: PLC0415

    notebook = deepcopy(known(path))
    notebook["cells"] = [each for each in notebook["cells"] if MARK not in each["metadata"].get("tags", [])]
    for cell in notebook["cells"]:
        cell["metadata"].setdefault("tags", [])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    injecting.inject(notebook, parameters)
    notebook["metadata"]["papermill"] = nbformat.from_dict(
        {
            "default_parameters": {},
            "environment_variables": {},
            "input_path": str(path),
            "output_path": output,
            "parameters": dict(parameters),
            "version": version(),
        }
    )
    return notebook


@cache
def version() -> str | None:
    """Return the version of papermill that a run's metadata name, where it is installed."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version("papermill")
    return None


class _Run:
    """One execution, and what it notes beside each cell."""

    def __init__(self, notebook: NotebookNode, kernel: Manager | Here, seconds: float | None) -> None:
        self._notebook = notebook
        self._kernel = kernel
        self._until = None if seconds is None else _now() + dt.timedelta(seconds=seconds)
        self._seconds = seconds

    def run(self) -> Failure | None:
        """Execute the cells, and return what stopped them."""
        from jupyter_core.utils import run_sync  # noqa: PLC0415
        from nbclient import exceptions  # noqa: PLC0415

        from maintplan.engine import outputs  # noqa: PLC0415

        kernel: Any = self._kernel
        client: Any = outputs.Client(
            self._notebook, km=kernel, timeout_func=self._left, raise_on_iopub_timeout=True, log=QUIET
        )
        failure, running = None, 0
        with self._timed():
            try:
                client.start_new_kernel_client()
                if about := client.kc.about.get("language_info"):
                    self._notebook["metadata"]["language_info"] = about
                for index, cell in enumerate(self._notebook["cells"]):
                    running = index + 1
                    with self._noted(cell):
                        self._kernel.goes_on(self._notebook, index)
                        client.execute_cell(cell, index)
            except exceptions.CellExecutionError as error:
                failure = Failure("error", running, *_shown(cell, error))
            except exceptions.CellTimeoutError:
                failure = late(running, self._seconds)
            except (exceptions.DeadKernelError, RuntimeError) as error:
                if self._kernel.is_alive():
                    raise
                failure = died(running, type(error).__name__, self._kernel.status)
            finally:
                client.set_widgets_metadata()
                if failure is None or failure.kind != "error":
                    run_sync(_settle)()
        return failure

    def _left(self, _: NotebookNode) -> float | None:
        if self._until is None:
            return None
        return max(0.01, (self._until - _now()).total_seconds())

    @contextlib.contextmanager
    def _timed(self) -> Iterator[None]:
        _begin(self._notebook["metadata"]["papermill"], _now(), exception=None)
        for cell in self._notebook["cells"]:
            cell["metadata"]["papermill"] = _pending()
        try:
            yield
        finally:
            _end_notebook(self._notebook)

    @contextlib.contextmanager
    def _noted(self, cell: NotebookNode) -> Iterator[None]:
        about = cell["metadata"]["papermill"]
        _begin(about, _now(), status="running", exception=False)
        try:
            yield
        except BaseException:
            _end(about, _now(), status="failed", exception=True)
            raise
        _end(about, _now(), status="completed")


def remade(told: Iterable[tuple[dt.datetime | None, list[bytes]]]) -> NotebookNode:
    """Return the notebook of a process that is gone, as far as it was executed.

    Parameters
    ----------
    told
        What it told, in its order: with the time, that a cell begins: the notebook as it is before the first
        one, and the cell's number; without, a message of the kernel's.
    """
    from nbclient.exceptions import CellControlSignal  # noqa: PLC0415 - loaded with what runs notebooks

    from maintplan.engine import outputs  # noqa: PLC0415

    _, (whole, _) = next(iter(told := list(told)))
    notebook: NotebookNode = pickle.loads(whole)  # noqa: S301 - our own fork's
    client: Any = outputs.Client(notebook, log=QUIET)
    index, about = 0, notebook["cells"][0]["metadata"]["papermill"]
    for when, parts in told:
        cell = notebook["cells"][index]
        if when is None:
            with contextlib.suppress(CellControlSignal):
                client.process_message(pickle.loads(parts[0]), cell, index)  # noqa: S301
            continue
        if about["status"] == "running":
            _end(about, when, status="completed")
        index = int.from_bytes(parts[1], "big")
        cell = notebook["cells"][index]
        about = cell["metadata"]["papermill"]
        _begin(about, when, status="running", exception=False)
        if cell["cell_type"] == "code":
            cell["metadata"]["execution"], cell["outputs"] = {}, []
            client.clear_before_next_output = False
    _end(about, _now(), status="failed", exception=True)
    client.set_widgets_metadata()
    _end_notebook(notebook)
    return notebook


def _begin(about: dict[str, Any], when: dt.datetime, **state: Any) -> None:
    about |= {"start_time": when.isoformat(), "end_time": None, "duration": None, **state}


def _end(about: dict[str, Any], when: dt.datetime, **state: Any) -> None:
    seconds = (when - dt.datetime.fromisoformat(about["start_time"])).total_seconds()
    about |= {"end_time": when.isoformat(), "duration": seconds, **state}


def _end_notebook(notebook: NotebookNode) -> None:
    cells = [cell["metadata"]["papermill"] for cell in notebook["cells"]]
    failed = any(each["status"] == "failed" for each in cells)
    _end(notebook["metadata"]["papermill"], _now(), **({"exception": True} if failed else {}))


async def _settle() -> None:
    """End what nbclient leaves waiting for a kernel that says no more."""
    waiting = asyncio.all_tasks() - {asyncio.current_task()}
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


def _pending() -> Any:
    from nbformat import from_dict  # noqa: PLC0415

    times = dict.fromkeys(("exception", "start_time", "end_time", "duration"))
    return from_dict({**times, "status": "pending"})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _shown(cell: NotebookNode, error: Any) -> tuple[str, str]:
    """Return an error's name and text; what the cell shows is shorter than what the reply says."""
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            return output["ename"], output["evalue"]
    return error.ename, error.evalue


def late(cell: int, seconds: float | None) -> Failure:
    """Return that a notebook took too long."""
    words = f"the notebook was not done within {seconds:g} seconds"
    return Failure("timeout", cell, "CellTimeoutError", words)


def died(cell: int, name: str, status: int | None) -> Failure:
    """Return that the process of the cells is gone."""
    return Failure("died", cell, name, f"the process that ran the cells {_ended(status)}", status)


def _ended(status: int | None) -> str:
    if status is None:
        return "is gone"
    return f"was killed by signal {-status}" if status < 0 else f"ended with exit code {status}"


def mark(notebook: NotebookNode, failure: Failure) -> None:
    """Point to the failed cell from the notebook's top."""
    from nbformat.v4 import new_markdown_cell  # noqa: PLC0415

    style = 'style="color: #b00020; font-size: 1.4em"'
    name = html.escape(failure.name)
    where = '<a href="#papermill-error-cell">the cell that failed</a>'
    at = [
        (failure.cell - 1, f'<span id="papermill-error-cell" {style}>{name}: the run stopped here</span>'),
        (0, f"<span {style}>This run stopped with {name} at {where}.</span>"),
    ]
    for index, text in at:
        cell = new_markdown_cell(text, metadata={"tags": [MARK]})
        notebook["cells"].insert(index, cell)
