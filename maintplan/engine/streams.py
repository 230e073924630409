"""A cell's standard output and error: ipykernel's own streams, without its thread of ZeroMQ.

What is written waits until the stream is flushed: before a display, at the end of the cell, or by itself a
fifth of a second later, as under a kernel of its own. What a library or a subprocess writes past Python to
the file descriptors comes along by ipykernel's watching thread.
"""

from __future__ import annotations

import io
import os
import queue
import select
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from ipykernel import iostream

_SETTLES = 0.5
"""Seconds that the end of a cell waits at most for what was written to the file descriptors."""


class _Later:
    """Stands where ipykernel's streams expect the event loop of their thread."""

    def __init__(self) -> None:
        self._due: queue.SimpleQueue[tuple[float, Callable[[], object]]] = queue.SimpleQueue()
        # At once: where a cell's memory has run out, a thread that is started never says that it has begun.
        threading.Thread(target=self._run, name="IOPub", daemon=True).start()

    def call_later(self, seconds: float, call: Callable[[], object]) -> None:
        self._due.put((time.monotonic() + seconds, call))

    def _run(self) -> None:
        while True:
            due, call = self._due.get()
            time.sleep(max(0.0, due - time.monotonic()))
            call()


class Direct(iostream.IOPubThread):
    """Stands where ipykernel's streams expect their thread: what it is asked to do is done at once."""

    def __init__(self) -> None:
        # Not the base class's: that one opens sockets and starts the thread.
        self.io_loop = _Later()  # type: ignore[assignment]
        self.thread = None  # type: ignore[assignment]
        self.socket = None

    def schedule(self, f: Callable[[], object]) -> None:
        """Do it."""
        f()


class OutStream(iostream.OutStream):
    """One of the two streams. It has its base class's name, by which libraries know a notebook."""

    def __init__(self, session: Any, direct: Direct, name: str) -> None:
        self._turn = threading.RLock()
        super().__init__(session, direct, name, watchfd="force")

    def _flush(self) -> None:
        if not self._is_master_process():  # a fork: the thread that held the turn is not there
            super()._flush()
            return
        with self._turn:
            super()._flush()

    def settle(self) -> None:
        """Wait until what was written to the file descriptor has come through."""
        until = time.monotonic() + _SETTLES
        while self._fid is not None and select.select([self._fid], [], [], 0)[0]:
            if time.monotonic() > until:
                break
            time.sleep(0.0005)


def redirect(session: Any) -> tuple[OutStream, OutStream]:
    """Make this process's standard output and error those of a kernel."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    # Whatever they were before (a test's, a server's): no writing into the parent's buffers.
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.FileIO(0, "r", closefd=False))  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _plain(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _plain(2)  # type: ignore[misc]
    direct = Direct()
    streams = OutStream(session, direct, "stdout"), OutStream(session, direct, "stderr")
    sys.stdout, sys.stderr = streams
    return streams


def _plain(descriptor: int) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="replace", line_buffering=True)
