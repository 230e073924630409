"""The parent's side: start a kernel as a child of this process, and end it.

`Manager` offers what nbclient asks of jupyter_client's kernel manager.

A process with one thread is forked: that takes milliseconds, and what it has loaded need not be loaded again.
Forking a process with several threads can leave a lock locked for ever; it gets a new interpreter instead.
"""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan.engine import wire
from maintplan.engine.task import Task

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from maintplan.engine.client import Client

GRACE = 5.0
"""Seconds that a kernel has to end by itself when its notebook is done, before it is killed."""


class Child:
    """A child of this process, in a session of its own: whatever it starts ends with it."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._started: subprocess.Popen[bytes] | None = None
        self.status: int | None = None
        """How it ended: its exit code, or the negative number of the signal that killed it."""

    @property
    def started(self) -> bool:
        """Whether it was started."""
        return self._pid is not None

    def fork(self, here: socket.socket, main: Callable[[], None]) -> None:
        """Fork this process, and call something there.

        Parameters
        ----------
        here
            This side's end of the wire, which the child lets go.
        main
            What the child does; it does not come back.
        """
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()  # or the child would say it once more
        self._pid = os.fork()
        if self._pid == 0:
            status = 1
            try:
                here.close()
                contextvars.Context().run(main)
                status = 0
            finally:
                os._exit(status)

    def open(self, command: Sequence[str], end: socket.socket) -> None:
        """Start a new interpreter, with the other end of the wire."""
        self._started = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, *command],
            pass_fds=[end.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._pid = self._started.pid

    def is_alive(self) -> bool:
        """Whether it runs."""
        if self._pid is None or self.status is not None:
            return False
        if self._started is not None:
            self.status = self._started.poll()
        else:
            self._wait(os.WNOHANG)
        return self.status is None

    def _wait(self, how: int = 0) -> None:
        own = self._pid or 0
        try:
            pid, status = os.waitpid(own, how)
        except ChildProcessError:  # somebody else has asked after it
            pid, status = own, 0
        if pid:
            self.status = os.waitstatus_to_exitcode(status)

    def interrupt(self) -> None:
        """Interrupt it, as Ctrl-C does."""
        if self._pid is not None and self.is_alive():
            os.kill(self._pid, signal.SIGINT)

    def end(self, *, now: bool = False) -> None:
        """See it end, and whatever it has started: by itself within a while, or at once."""
        if self._pid is None:
            return
        until = time.monotonic() + (0.0 if now else GRACE)
        pause = 0.0005
        while self.is_alive() and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 2, 0.01)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        if self.is_alive():
            self._wait() if self._started is None else self._started.wait()
        self._pid = None


class Manager:
    """What nbclient calls the kernel manager: one kernel, as a child of this process.

    Parameters
    ----------
    memory
        Bytes of data that the kernel may hold; None for as many as there are.
    modules
        What the kernel loads before anything is asked of it.
    environment
        Variables for the kernel alone.
    folder
        Its working folder.
    """

    _loaded = False

    kernel_name = "python3"
    ipykernel = True

    def __init__(
        self,
        memory: int | None = None,
        modules: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        where = None if folder is None else str(folder)
        self._task = Task(os.getpid(), memory, tuple(modules), dict(environment or {}), where)
        self._child = Child()
        self._here: socket.socket | None = None

    @property
    def has_kernel(self) -> bool:
        """Whether a kernel was started."""
        return self._child.started

    @property
    def status(self) -> int | None:
        """How the kernel ended: its exit code, or the negative number of the signal that killed it."""
        return self._child.status

    def start_kernel(self, **_: Any) -> None:
        """Start the kernel."""
        self._here, there = wire.pair()
        if forks():
            self._fork(self._here, there)
        else:
            task = json.dumps(dataclasses.asdict(self._task))
            self._child.open(["-m", "maintplan.engine.child", str(there.fileno()), task], there)
        there.close()

    def _fork(self, here: socket.socket, there: socket.socket) -> None:
        # The first child loads its side while this process goes on; for those that follow it is there.
        if Manager._loaded:
            importlib.import_module("maintplan.engine.child")
        Manager._loaded = True
        self._child.fork(
            here, lambda: importlib.import_module("maintplan.engine.child").main(there, self._task)
        )

    def client(self) -> Client:
        """Return what speaks with the kernel."""
        from maintplan.engine.client import Client  # noqa: PLC0415 - loaded while the kernel starts

        if self._here is None:
            raise RuntimeError("the kernel was not started")
        return Client(self, self._here)

    def is_alive(self) -> bool:
        """Whether the kernel's process runs."""
        return self._child.is_alive()

    def goes_on(self, notebook: NotebookNode, cell: int) -> None:
        """Do nothing as a cell begins: who watches the kernel is here and knows it."""

    def interrupt_kernel(self) -> None:
        """Interrupt the cell that runs."""
        self._child.interrupt()

    def shutdown_kernel(self, *, now: bool = False, **_: Any) -> None:
        """End the kernel, and whatever it has started with it."""
        if self._here is not None:
            wire.close(self._here)  # reading that nothing more comes, it ends
            self._here = None
        self._child.end(now=now)


def forks() -> bool:
    """Whether this process can be forked: it has one thread, so that no lock stays locked in the child."""
    return hasattr(os, "fork") and threading.active_count() == 1
