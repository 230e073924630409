"""The kernels that wait for the next visitors: Voilà's pool, looked after.

Voilà fills the pool when it starts and whenever a kernel is taken from it; one that could not be started
stays in it, for the next visitor to meet. Here it is taken out and another one is started: at once, and where
that fails as well, after a while that grows, so that a machine in trouble gets no more of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

log = logging.getLogger("maintplan.serve")

_LONGEST = 60.0
"""Seconds between two tries, at most."""

_SOUND = 5.0
"""Seconds without a failure after which all is well again."""


class Pool:
    """The kernels that wait.

    Parameters
    ----------
    kernels
        Voilà's manager of kernels, with its pool.
    notebook
        The notebook that they run.
    clock
        Tells the seconds.
    """

    def __init__(self, kernels: Any, notebook: str, clock: Any = time.monotonic) -> None:
        self._kernels = kernels
        self._notebook = notebook
        self._clock = clock
        self._failures = 0
        self._failed = self._next = clock()

    @property
    def _tasks(self) -> list[asyncio.Task[Any]]:
        """What Voilà has started; it has no pool where none is wanted."""
        pools: dict[str, list[asyncio.Task[Any]]] = getattr(self._kernels, "_pools", {})
        return pools.get(self._notebook, [])

    def __len__(self) -> int:
        return sum(task.done() and not _has_failed(task) for task in self._tasks)

    @property
    def is_failing(self) -> bool:
        """Whether a kernel could not be started, and then another one could not either."""
        return self._failures > 1

    def look(self, *, died: bool = False) -> None:
        """Take out what failed, and fill the pool again when it is time to.

        Parameters
        ----------
        died
            Whether one that waited has ended since the last look.
        """
        now = self._clock()
        failed = [each for each in self._tasks if each.done() and _has_failed(each)]
        for each in failed:
            self._tasks.remove(each)
        if failed or died:
            self._failed, self._failures = now, self._failures + 1
            wait = min(_LONGEST, 2.0**self._failures) if self.is_failing else 0.0
            self._next = now + wait
            if self.is_failing:
                log.error("no kernel can be started; the next try is in %.0f s%s", wait, _why(failed))
        elif len(self) and now - self._failed >= _SOUND:
            self._failures = 0
        if now >= self._next and hasattr(self._kernels, "fill_if_needed"):
            self._kernels.fill_if_needed(delay=0, notebook_name=self._notebook)

    async def close(self) -> None:
        """Let go of the kernels that wait, and start no other."""
        tasks = list(self._tasks)
        self._tasks.clear()
        for task in tasks:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                if task.done():
                    task.result()["task"].cancel()
                task.cancel()
                await task


def _why(failed: list[asyncio.Task[Any]]) -> str:
    """Return the last word of those that failed, for a log line."""
    said = [each.exception() for each in failed if not each.cancelled()]
    return f" ({type(said[-1]).__name__}: {said[-1]})" if said else ""


def _has_failed(task: asyncio.Task[Any]) -> bool:
    return task.cancelled() or task.exception() is not None
