"""Whole batches, by the command: many rows, resumed, killed, in an occupied folder, on a Dask cluster."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

MAIN = "from maintplan.cli import main; main()"


def services(folder: Path, count: int, extra: str = "") -> Path:
    path = folder / "services.csv"
    path.write_text("service,tier\n" + "".join(f"service-{n},{n % 3 + 1}\n" for n in range(count)) + extra)
    return path


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", MAIN, "batch", "services.csv", "-o", "out", *options]
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "BATCH_MARK": str(folder)},
    )


def finished(folder: Path, *options: str) -> tuple[int, str]:
    running = start(folder, *options)
    said, _ = running.communicate(timeout=600)
    return running.returncode, said


def results(folder: Path) -> dict[str, Any]:
    rows = json.loads((folder / "out" / "batch.json").read_text())["rows"]
    return {each["service"]: each for each in rows}


def until(condition: Any, seconds: float = 300) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)


def nothing_left_of(folder: Path) -> bool:
    def marked(process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return bool(process.environ().get("BATCH_MARK") == str(folder) and process.status() != "zombie")
        return False

    limit = time.monotonic() + 30
    while any(marked(each) for each in psutil.process_iter()):
        if time.monotonic() > limit:
            return False
        time.sleep(0.2)
    return True


def timeless(folder: Path) -> dict[str, bytes]:
    """Return the files that carry no time."""
    found = (each for each in (folder / "out").rglob("*") if each.is_file())
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in found
        if each.suffix in (".html", ".yaml", ".csv", ".ics")
    }


def test_a_failing_row_is_named_and_the_others_are_made_and_kept(tmp_path: Path) -> None:
    services(tmp_path, 3, "broken,9\n")
    code, said = finished(tmp_path, "--jobs", "2")
    assert code == 1
    assert "broken: input_error: services.csv:5, tier: the tier is '9'; write 1, 2 or 3" in said
    assert "3 of 4 plans made, 1 failed, 0 not run" in said
    assert "\r" not in said
    assert [each["outcome"] for each in results(tmp_path).values()] == ["ok", "ok", "ok", "input_error"]
    stamps = {
        each: (tmp_path / "out" / each / "executed.ipynb").stat().st_mtime_ns for each in ("service-0",)
    }
    services(tmp_path, 3, "broken,1\n")
    code, said = finished(tmp_path, "--jobs", "2", "--resume")
    assert code == 0, said
    assert "4 of 4 plans made" in said
    assert (tmp_path / "out" / "service-0" / "executed.ipynb").stat().st_mtime_ns == stamps["service-0"]
    assert results(tmp_path)["service-0"]["kept"]


def test_killed_and_resumed_gives_what_an_uninterrupted_run_gives(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
        services(folder, 6)
    assert finished(whole, "--jobs", "2")[0] == 0
    running = start(cut, "--jobs", "2")
    until(lambda: len(list((cut / "out").glob("service-*/executed.ipynb"))) >= 2)
    running.kill()
    running.communicate(timeout=60)
    assert nothing_left_of(cut)
    code, said = finished(cut, "--jobs", "2", "--resume")
    assert code == 0, said
    assert "as they were" in said
    assert timeless(cut) == timeless(whole)
    assert list((cut / "out").glob(".staging-*")) == []


def test_ctrl_c_stops_and_says_how_to_go_on(tmp_path: Path) -> None:
    services(tmp_path, 40)
    running = start(tmp_path, "--jobs", "2")
    until(lambda: list((tmp_path / "out").glob("service-*/executed.ipynb")))
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "stopped; go on with: maintplan batch services.csv -o out --resume" in said
    assert "Traceback" not in said
    assert nothing_left_of(tmp_path)


def test_a_worker_that_is_killed_takes_no_row_with_it(tmp_path: Path) -> None:
    services(tmp_path, 5)
    running = start(tmp_path, "--jobs", "2")
    until(lambda: list((tmp_path / "out").glob("service-*/executed.ipynb")))
    workers = [each for each in psutil.Process(running.pid).children(recursive=True) if _is_worker(each)]
    workers[0].kill()
    said, _ = running.communicate(timeout=600)
    assert running.returncode == 0, said
    assert {each["outcome"] for each in results(tmp_path).values()} == {"ok"}


def _is_worker(process: psutil.Process) -> bool:
    parent = process.parent()
    return parent is not None and "forkserver" in " ".join(parent.cmdline()) and not process.terminal()


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    services(tmp_path, 20)
    running = start(tmp_path, "--jobs", "1")
    lock = tmp_path / "out" / ".maintplan-batch.lock"
    until(lambda: lock.exists() and lock.read_text())
    code, said = finished(tmp_path)
    assert code == 2
    assert f"another batch is writing into this folder: process {running.pid}" in said
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--executor", "dask:tcp://127.0.0.1:9"], "no Dask scheduler answers at tcp://127.0.0.1:9"),
        (["--executor", "ray:x"], "write dask:ADDRESS"),
        (["--to", "odt"], "odt"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(tmp_path: Path, options: list[str], words: str) -> None:
    services(tmp_path, 1)
    code, said = finished(tmp_path, *options)
    assert code == 2
    assert words in said
    assert "Traceback" not in said


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
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
    tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = scheduler
    services(tmp_path, 6)
    running = start(tmp_path, "--executor", f"dask:{address}")
    until(lambda: len(list((tmp_path / "out").glob("service-*/executed.ipynb"))) >= 2)
    workers[0].kill()
    said, _ = running.communicate(timeout=600)
    assert running.returncode == 0, said
    assert {each["outcome"] for each in results(tmp_path).values()} == {"ok"}
