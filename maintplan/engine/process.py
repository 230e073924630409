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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan.engine import wire
from maintplan.engine.task import Task

if TYPE_CHECKING:
    from maintplan.engine.client import Client

GRACE = 5.0
"""Seconds that a kernel has to end by itself when its notebook is done, before it is killed."""


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
        self._pid: int | None = None
        self._started: subprocess.Popen[bytes] | None = None
        self._here: socket.socket | None = None
        self.status: int | None = None
        """How the kernel ended: its exit code, or the negative number of the signal that killed it."""

    @property
    def has_kernel(self) -> bool:
        """Whether a kernel was started."""
        return self._pid is not None

    def start_kernel(self, **_: Any) -> None:
        """Start the kernel."""
        self._here, there = wire.pair()
        if threading.active_count() == 1:
            self._pid = self._fork(self._here, there)
        else:
            self._started = self._open(there)
            self._pid = self._started.pid
        there.close()

    def _fork(self, here: socket.socket, there: socket.socket) -> int:
        # The first child loads its side while this process goes on; for those that follow it is there.
        if Manager._loaded:
            importlib.import_module("maintplan.engine.child")
        Manager._loaded = True
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()  # or the child would say it once more
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                here.close()
                child = importlib.import_module("maintplan.engine.child")
                contextvars.Context().run(child.main, there, self._task)
                status = 0
            finally:
                os._exit(status)
        return pid

    def _open(self, there: socket.socket) -> subprocess.Popen[bytes]:
        task = json.dumps(dataclasses.asdict(self._task))
        return subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "maintplan.engine.child", str(there.fileno()), task],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def client(self) -> Client:
        """Return what speaks with the kernel."""
        from maintplan.engine.client import Client  # noqa: PLC0415 - loaded while the kernel starts

        if self._here is None:
            raise RuntimeError("the kernel was not started")
        return Client(self, self._here)

    def is_alive(self) -> bool:
        """Whether the kernel's process runs."""
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

    def interrupt_kernel(self) -> None:
        """Interrupt the cell that runs."""
        if self._pid is not None and self.is_alive():
            os.kill(self._pid, signal.SIGINT)

    def shutdown_kernel(self, *, now: bool = False, **_: Any) -> None:
        """End the kernel, and whatever it has started with it."""
        if self._pid is None:
            return
        if self._here is not None:
            wire.close(self._here)  # reading that nothing more comes, it ends
        until = time.monotonic() + (0.0 if now else GRACE)
        pause = 0.0005
        while self.is_alive() and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        if self.is_alive():
            self._wait() if self._started is None else self._started.wait()
        self._pid = self._here = None
