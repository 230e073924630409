"""Whole batches of which something is killed: the batch in its middle, or one of its workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil

Make = Callable[..., Any]


def test_killed_and_resumed_gives_what_an_uninterrupted_run_gives(batch: Make, until: Make) -> None:
    whole, cut = batch(6, at="whole"), batch(6, at="cut")
    assert whole.finished("--jobs", "2")[0] == 0
    running = cut.start("--jobs", "2")
    until(lambda: len(cut.made) >= 2)
    running.kill()
    running.communicate(timeout=60)
    assert cut.nothing_left()
    code, said = cut.finished("--jobs", "2", "--resume")
    assert code == 0, said
    assert "as they were" in said
    assert cut.timeless == whole.timeless
    assert list((cut.folder / "out").glob(".staging-*")) == []


def test_a_worker_that_is_killed_takes_no_row_with_it(batch: Make, until: Make) -> None:
    one = batch(5)
    running = one.start("--jobs", "2")
    until(lambda: one.made)
    _workers(running.pid)[0].kill()
    said, _ = running.communicate(timeout=600)
    assert running.returncode == 0, said
    assert "Traceback" not in said
    assert {each["outcome"] for each in one.results.values()} == {"ok"}


def _workers(batch: int) -> list[psutil.Process]:
    """Return the workers of a batch: what its fork server has forked; each forks its rows in turn."""
    servers = [each for each in psutil.Process(batch).children() if "forkserver" in " ".join(each.cmdline())]
    return [worker for server in servers for worker in server.children()]
