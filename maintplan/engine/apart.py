"""Do a piece of work, a notebook among it, in one fork of this process; know what came of it in any case.

A kernel of its own costs a notebook two processes: one that runs the cells, and one that gathers what they
put out and goes on with it. Here the fork does both. What it tells along its wire is kept as it comes, and is
looked at only when the fork is cut off: then the partial notebook is made of it.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from maintplan.engine import child, here, running, wire
from maintplan.engine.process import Child

if TYPE_CHECKING:
    from nbformat import NotebookNode

T = TypeVar("T")
_LOOK = 0.5
"""Seconds between two looks whether a fork that says nothing is still there."""


class CutOffError(Exception):
    """The fork was cut off.

    Attributes
    ----------
    notebook
        What there is of the notebook; None when it had not begun, or was done already.
    failure
        What stopped it.
    """

    def __init__(self, notebook: NotebookNode | None, failure: running.Failure) -> None:
        super().__init__(notebook, failure)
        self.notebook, self.failure = notebook, failure


def run(work: Callable[[here.Here], T], folder: Path, limits: running.Limits) -> T:
    """Fork this process, do a piece of work there, and return what it returns.

    Parameters
    ----------
    work
        What to do, with a kernel in which one notebook can be executed.
    folder
        The working folder of the cells.
    limits
        What the notebook may use.

    Raises
    ------
    CutOffError
        When the notebook took too long, or the fork is gone.
    """
    mine, other = wire.pair()
    parent, fork = os.getpid(), Child()
    fork.fork(mine, lambda: _work(other, parent, work, folder, limits.memory))
    other.close()
    try:
        done, result = _Watch(mine, fork, limits.seconds).result()
        wire.close(mine)
        fork.end()  # by itself: what the cells have registered for their end is done
    finally:
        wire.close(mine)
        fork.end(now=True)
    if not done:
        raise result
    value: T = result
    return value


def _work(end: Any, parent: int, work: Callable[[here.Here], Any], folder: Path, memory: int | None) -> None:
    with child.said_on_failure():
        here.begin()
        child.watch(parent)
        child.uninterrupted()
        kernel = here.Here(wire.Sender(end), memory, folder)
        try:
            result = True, work(kernel)
        except Exception as error:  # noqa: BLE001 - it is raised in the process that was forked
            result = False, error
        try:
            kernel.tell(here.RESULT, result)
        except Exception:  # noqa: BLE001 - not every error can be sent
            kernel.tell(here.RESULT, (False, RuntimeError(f"{type(result[1]).__name__}: {result[1]}")))
        child.end_process()


class _Watch:
    """What a fork has told so far."""

    def __init__(self, end: Any, fork: Child, seconds: float | None) -> None:
        self._end, self._fork, self._seconds = end, fork, seconds
        self._told: list[tuple[dt.datetime | None, list[bytes]]] = []
        self._until: float | None = None

    def result(self) -> tuple[bool, Any]:
        """Wait for the fork, and return whether it has done its work, and what came of it."""
        receiver = wire.Receiver(self._end)
        coming = select.poll()
        coming.register(self._end, select.POLLIN)
        while True:
            wait = _LOOK if self._until is None else min(_LOOK, max(0.0, self._until - time.monotonic()))
            gone = not coming.poll(wait * 1000) and not self._fork.is_alive()
            for kind, parts in receiver.messages():
                if kind == here.RESULT:
                    result: tuple[bool, Any] = pickle.loads(parts[0])  # noqa: S301 - our own fork's
                    return result
                self._note(kind, parts)
            if gone or receiver.closed:
                self._fork.end()
                raise self._cut_off(running.died(self._cell, "DeadKernelError", self._fork.status))
            if self._until is not None and time.monotonic() > self._until:
                raise self._cut_off(running.late(self._cell, self._seconds))

    def _note(self, kind: int, parts: list[bytes]) -> None:
        if kind == here.DONE:
            self._told.clear()
            self._until = None
            return
        self._told.append((dt.datetime.now(dt.UTC) if kind == here.CELL else None, parts))
        if kind == here.CELL and parts[0] and self._seconds is not None:
            self._until = time.monotonic() + self._seconds

    @property
    def _cell(self) -> int:
        begun = (parts for when, parts in reversed(self._told) if when is not None)
        return next((int.from_bytes(parts[1], "big") + 1 for parts in begun), 0)

    def _cut_off(self, failure: running.Failure) -> CutOffError:
        if not self._told:
            return CutOffError(None, failure)
        notebook = running.remade(self._told)
        running.mark(notebook, failure)
        return CutOffError(notebook, failure)
