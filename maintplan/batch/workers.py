"""Where rows are run: processes of this machine, or a Dask cluster. Both are executors, and nothing else.

A worker is a process with one thread that has everything loaded. For each row it forks a kernel, so a row
finds a fresh state in milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import connection, forkserver
from typing import Any

from maintplan.batch.job import Job, Outcome
from maintplan.errors import InputError, MissingExtra, Where

_LOOK = 2.0
"""Seconds between two looks whether the batch is still there."""
_ANSWERS = 10
"""Seconds that a scheduler has to answer."""
PRELOADED = "maintplan.batch.loaded"
"""The module that loads all that a row needs."""


def run(job: Job) -> Outcome:
    """Run a row in this process, which is a worker's."""
    from maintplan.batch import row  # noqa: PLC0415 - in a worker it is loaded already

    try:
        return row.run(job)
    except SystemExit:  # asked to end; what the row had begun has ended, and left nothing
        os._exit(1)


def pool(jobs: int) -> Executor:
    """Return processes of this machine, forked from one that has everything loaded."""
    return ProcessPoolExecutor(jobs, mp_context=_context(), initializer=_begin)


def begin() -> None:
    """Let the process that workers are forked from begin to load what they need."""
    _context()
    # From its first moment on, Ctrl-C is none of its business.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C count afterwards: a worker that is being started would find its batch gone."""
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    return context


def ready() -> None:
    """Make this process one that rows are forked from, and that does nothing else."""
    from maintplan import resources  # noqa: PLC0415 - in a worker it is loaded already
    from maintplan.engine import here, running  # noqa: PLC0415 - likewise

    running.known(resources.notebook())
    running.version()
    here.prepare()
    gc.collect()
    gc.freeze()  # what is loaded stays: neither here nor in a fork is it to be looked through again


def _begin() -> None:
    """Leave Ctrl-C to the batch, and end when it has ended, however that was."""
    ready()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # Not the process that forked this one, which lives on with its workers.
    batch = multiprocessing.parent_process()

    def look(_: int, __: object) -> None:
        if batch is not None and not batch.is_alive():
            os._exit(1)

    # By a timer, not by a thread: a worker is forked for each row, which a second thread forbids.
    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Give a Dask cluster's executor.

    Raises
    ------
    InputError
        When nobody answers at the address.
    MissingExtra
        When Dask is not installed.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("a Dask cluster", "cluster") from None
    where = Where(path="--executor")
    try:
        asyncio.run(_answers(address))  # a client that can't connect leaves more behind than its error
        client = Client(address, timeout=f"{_ANSWERS}s", set_as_default=False)
    except (OSError, ValueError, TimeoutError):
        what = f"no Dask scheduler answers at {address}"
        raise InputError(what, where, "start it with: dask scheduler; then name its tcp:// address") from None
    except TypeError:  # distributed's, for an address of tls:// without a certificate
        what = "Dask's TLS is not configured"
        raise InputError(what, where, "set distributed.comm.tls for it, or name tcp://") from None
    try:
        yield client.get_executor(pure=False, retries=0)
    finally:
        client.close()


async def _answers(address: str) -> None:
    from distributed import Security  # noqa: PLC0415 - an extra
    from distributed.comm.core import connect  # noqa: PLC0415

    async with asyncio.timeout(_ANSWERS):
        (await connect(address, **Security().get_connection_args("client"))).abort()


def width(executor: Any) -> int:
    """Return how many rows a cluster runs at a time: one for each thread of its workers."""
    client = getattr(executor, "_client", None)
    return max(1, sum(client.nthreads().values())) if client is not None else 1


# ------------------------------------------------------------------------------------- a Dask worker
#
# A Dask worker has threads, and a process with threads is not to be forked. So each of its threads has a
# helper: a worker process of ours, which lives as long as the Dask worker does.

_helpers = threading.local()


def run_apart(job: Job) -> Outcome:
    """Run a row in a helper of this thread's."""
    helper = getattr(_helpers, "helper", None)
    if helper is None or not helper.alive:
        helper = _helpers.helper = _Helper()
    return helper.run(job)


class _Helper:
    """A worker process that is spoken with by a pipe."""

    def __init__(self) -> None:
        here, there = multiprocessing.Pipe()
        self._wire: Any = here
        command = [sys.executable, "-m", "maintplan.batch.helper", str(there.fileno()), str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
            command, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL
        )
        there.close()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, job: Job) -> Outcome:
        try:
            self._wire.send(job)
            found = self._wire.recv()
        except (EOFError, OSError):
            self._process.kill()
            self._process.wait()
            raise RuntimeError(f"the worker of {job.row.service} ended") from None
        if isinstance(found, BaseException):
            raise found
        return found  # type: ignore[no-any-return]


def connected(descriptor: int) -> connection.Connection:
    """Return a helper's end of its pipe."""
    return connection.Connection(descriptor)
