"""A batch on a Dask cluster of several processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Any]


@pytest.fixture
def scheduler(tmp_path: Path, until: Make) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Yield the address of a cluster of two worker processes, and the workers."""
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    options = ["--scheduler-file", str(file), "--port", "0", "--no-dashboard", "--host", "127.0.0.1"]
    started = [subprocess.Popen([*dask, *options], **quiet)]
    until(file.exists, 120)
    once = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / "dask")]
    workers = [subprocess.Popen([*worker, *once], **quiet) for _ in range(2)]
    try:
        yield json.loads(file.read_text())["address"], workers
    finally:
        for each in (*workers, *started):
            each.kill()  # a worker that still holds a result would wait to give it away
        for each in (*workers, *started):
            each.wait(30)


def test_a_dask_cluster_makes_the_plans_though_a_worker_is_killed(
    batch: Make, until: Make, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = scheduler
    one = batch(6)
    running = one.start("--executor", f"dask:{address}")
    until(lambda: len(one.made) >= 2)
    workers[0].kill()
    said, _ = running.communicate(timeout=600)
    assert running.returncode == 0, said
    assert {each["outcome"] for each in one.results.values()} == {"ok"}


def test_a_cluster_that_does_not_answer_is_refused_in_one_line(batch: Make) -> None:
    code, said = batch(1).finished("--executor", "dask:nonsense")
    assert code == 2
    assert "no Dask scheduler answers at nonsense" in said
    assert "Traceback" not in said
