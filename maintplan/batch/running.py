"""A batch from its manifest to ``batch.json``: rows go to an executor, what comes back is gathered.

Only so many rows are handed out at a time that memory stays flat however long the manifest is. A worker that
dies takes nothing with it but its own row, which is tried again on its own before it counts as killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import maintplan
from maintplan import atomic
from maintplan.batch import keys, workers
from maintplan.batch.job import STAGING, Job, Outcome
from maintplan.batch.manifest import Row
from maintplan.errors import InputError, MaintplanError, SaveError, Where

RESULTS, LOCK = "batch.json", ".maintplan-batch.lock"
FORMAT = 1
_AHEAD = 3
"""Rows that are handed out for each worker."""
_TRIES = 2
_LEAVES = 3.0
"""Seconds that workers have to end when the batch is stopped."""


@dataclass
class Batch:
    """A batch and what has become of it so far.

    Attributes
    ----------
    out
        The folder of the results.
    total
        How many rows it has.
    jobs
        The rows, by service, once they have been looked at.
    banks
        The templates and layers that they use, each with its digest from before.
    outcomes
        What became of them.
    stopped
        Why it did not come to its end: ``interrupted``, or what a person has to mend first.
    templates_changed
        Whether a template was changed while rows were run with it.
    """

    out: Path
    total: int
    jobs: dict[str, Job] = field(default_factory=dict)
    banks: dict[Path, str] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stopped: str | None = None
    templates_changed: bool = False
    seconds: float = 0.0

    @property
    def failed(self) -> list[Outcome]:
        """The rows that failed, in the manifest's order."""
        return [each for each in self.in_order() if each.outcome != "ok"]

    @property
    def left(self) -> int:
        """How many rows were not run."""
        return self.total - len(self.outcomes)

    def in_order(self) -> Iterator[Outcome]:
        """Yield what became of the rows, in the manifest's order."""
        return (self.outcomes[service] for service in self.jobs if service in self.outcomes)

    def to_data(self) -> dict[str, Any]:
        """Return what ``batch.json`` says."""
        counts = Counter(each.outcome for each in self.outcomes.values())
        return {
            "batch": FORMAT,
            "version": maintplan.__version__,
            "seconds": round(self.seconds, 3),
            "stopped": self.stopped,
            "counts": {**dict(sorted(counts.items())), "not_run": self.left},
            "rows": [each.to_data() for each in self.in_order()],
        }


def prepare(
    batch: Batch,
    rows: Iterable[Row],
    path: Path,
    *,
    formats: str = "html",
    timeout: float | None = None,
    memory: int | None = None,
) -> None:
    """Give a batch its manifest's rows, and know of each what it depends on."""
    known, manifest, out = keys.Keys(path.absolute().parent), str(path.absolute()), str(batch.out.absolute())
    for row in rows:
        job = Job(row, manifest, str(path), out, "", formats, timeout, memory)
        batch.jobs[row.service] = known.keyed(job)
    batch.banks = known.banks


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the output folder for this batch alone, and take away what a killed one has left.

    Raises
    ------
    InputError
        When another batch holds it.
    """
    atomic.folder(out)
    with (out / LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            who = file.read().strip() or "another process"
            what = f"another batch is writing into this folder: {who}"
            raise InputError(what, Where(str(out)), "wait for it, or name another folder with -o") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        _clear(out)
        try:
            yield
        finally:
            _clear(out)
            file.truncate(0)


def _clear(out: Path) -> None:
    """Take away what rows have left that did not come to their end."""
    for left in out.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def run(
    batch: Batch,
    executor: Callable[[], Executor],
    *,
    width: int,
    resume: bool = False,
    call: Callable[[Job], Outcome] = workers.run,
    told: Callable[[Outcome], object] = lambda _: None,
) -> None:
    """Run the rows; the batch tells what became of each.

    Parameters
    ----------
    batch
        What is to be run.
    executor
        Makes an executor; called again when one breaks.
    width
        How many rows are run at a time.
    resume
        Whether rows are left out that nothing has changed for since an earlier run.
    call
        What is called in a worker.
    told
        Hears of each row as it is done.
    """
    began = time.monotonic()
    waiting = deque(_to_run(batch, told, resume=resume))
    try:
        _Running(batch, executor, width, call, told).run(waiting)
    except KeyboardInterrupt:
        batch.stopped = "interrupted"
    except SaveError as error:
        batch.stopped = str(error)
    batch.seconds = time.monotonic() - began
    batch.templates_changed = keys.changed(batch.banks)


def write(batch: Batch) -> Path:
    """Write ``batch.json``."""
    path = batch.out / RESULTS
    text = json.dumps(batch.to_data(), indent=1, ensure_ascii=False) + "\n"
    atomic.write(path, text.encode("utf-8", "replace"))
    return path


def _to_run(batch: Batch, told: Callable[[Outcome], object], *, resume: bool) -> Iterable[Job]:
    from maintplan.batch import row  # noqa: PLC0415 - reads what was made; running needs no more of it

    for service, job in batch.jobs.items():
        kept = row.remembered(job) if resume else None
        if kept is None:
            yield job
        else:
            batch.outcomes[service] = kept
            told(kept)


class _Running:
    """Rows in flight."""

    def __init__(
        self,
        batch: Batch,
        executor: Callable[[], Executor],
        width: int,
        call: Callable[[Job], Outcome],
        told: Callable[[Outcome], object],
    ) -> None:
        self._batch, self._make, self._width = batch, executor, width
        self._call, self._told = call, told
        self._tries: Counter[str] = Counter()
        self._alone: deque[Job] = deque()

    def run(self, waiting: deque[Job]) -> None:
        while waiting or self._alone:
            # A row that was in flight when a worker died goes alone: if one dies again, it was this one's.
            if self._alone:
                self._round(deque([self._alone.popleft()]), 1)
            else:
                self._round(waiting, self._width * _AHEAD)

    def _round(self, waiting: deque[Job], ahead: int) -> None:
        """Run rows until all are done or the executor breaks."""
        executor = self._make()
        flying: dict[Future[Outcome], Job] = {}
        try:
            while waiting or flying:
                while waiting and len(flying) < ahead:
                    job = waiting[0]
                    with workers.undisturbed():
                        flying[executor.submit(self._call, job)] = job
                    waiting.popleft()
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for each in done:
                    self._settle(flying.pop(each), each)
        except BrokenProcessPool:
            for each, job in flying.items():
                if each.done() and not each.cancelled() and each.exception() is None:
                    self._note(each.result())
                else:
                    self._again(job)
        except BaseException:
            stop(executor)
            raise
        else:
            executor.shutdown()
            return
        executor.shutdown(wait=False, cancel_futures=True)

    def _settle(self, job: Job, each: Future[Outcome]) -> None:
        try:
            self._note(each.result())
        except (SaveError, KeyboardInterrupt):
            raise
        except BrokenProcessPool:
            self._again(job)
            raise
        except MaintplanError as error:
            self._note(_outcome(job, "input_error", str(error)))
        except Exception as error:  # noqa: BLE001 - a worker may fail in any way; the others go on
            name = type(error).__name__
            died = name in ("KilledWorker", "RuntimeError")
            message = " ".join(f"{name}: {error}".split())
            self._note(_outcome(job, "killed" if died else "cell_error", message))

    def _again(self, job: Job) -> None:
        self._tries[job.row.service] += 1
        if self._tries[job.row.service] >= _TRIES:
            self._note(_outcome(job, "killed", "the worker that made it was killed, twice"))
        else:
            self._alone.append(job)

    def _note(self, outcome: Outcome) -> None:
        self._batch.outcomes[outcome.service] = outcome
        self._told(outcome)


def stop(executor: Executor) -> None:
    """Stop an executor now; a kernel ends by itself when its worker is gone."""
    processes: Sequence[Any] = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for each in processes:
        each.terminate()
    until = time.monotonic() + _LEAVES
    for each in processes:
        each.join(max(0.0, until - time.monotonic()))


def _outcome(job: Job, kind: Any, message: str) -> Outcome:
    return Outcome(job.row.service, job.row.folder, job.key, kind, 0.0, message=message)
