"""A server as an operator starts it: the command, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import psutil
import pytest

from maintplan import store
from maintplan.plan import edits

ANSWER = "recovery.system-recovery-procedures.rto"
PATIENCE = 150
"""Seconds that anything may take here; nothing is measured by it."""


class Served:
    """One running server."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.lines: list[str] = []
        env = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), **environment}
        maintplan = str(Path(sys.executable).with_name("maintplan"))
        command = [maintplan, "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.link = self.process.stdout.readline().strip()
        if not self.link:
            self.process.wait(PATIENCE)
            pytest.fail(f"the server did not start: {self.log}")

    def close(self) -> None:
        """Close what it was listened to by."""
        self.process.wait(PATIENCE)
        self._listener.join(PATIENCE)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)

    @property
    def log(self) -> str:
        return "".join(self.lines)

    @staticmethod
    def until(what: Callable[[], Any], why: str) -> Any:
        """Wait until something is true, and return it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := what():
                return found
            time.sleep(0.1)
        pytest.fail(f"waited {PATIENCE} s for {why}")

    def told(self, words: str) -> bool:
        """Wait until the log tells something."""
        return bool(self.until(lambda: words in self.log, f"{words!r} in the log"))

    @property
    def root(self) -> str:
        """The app's address without its key."""
        return self.link.partition("?")[0]

    def ask(self, path: str, **headers: str) -> tuple[int, str, Any]:
        """Ask for a path by hand; return status, text and headers."""
        parts = urlsplit(self.root)
        request = urllib.request.Request(f"{parts.scheme}://{parts.netloc}{path}", headers=headers)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def kernels(self) -> list[psutil.Process]:
        """Return the kernels' processes."""
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
            return [each for each in children if "ipykernel" in " ".join(_line(each))]
        return []

    def is_warm(self, count: int = 2) -> bool:
        """Whether as many kernels are there as the pool holds, or more."""
        return len(self.kernels()) >= count

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def _line(process: psutil.Process) -> list[str]:
    try:
        line: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return line


Start = Callable[..., Served]


@pytest.fixture(scope="session")
def serving() -> Callable[..., contextlib.AbstractContextManager[Served]]:
    """A way to run a server for as long as a block lasts."""

    @contextlib.contextmanager
    def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
        served = Served(folder, *arguments, **environment)
        try:
            yield served
        finally:
            left = served.kernels()
            with contextlib.suppress(subprocess.TimeoutExpired):
                served.stop()
            for each in [*left, served.process]:
                with contextlib.suppress(psutil.Error, ProcessLookupError):
                    each.kill()
            served.close()

    return running


@pytest.fixture
def start(tmp_path: Path, serving: Any) -> Iterator[Start]:
    """Start servers, and end them."""
    with contextlib.ExitStack() as ending:
        yield lambda *given, **more: ending.enter_context(serving(tmp_path, *given, **more))


@pytest.fixture
def plans(tmp_path: Path) -> str:
    """The address of a store with one plan in it, of which one answer is given."""
    address = f"sqlite:///{tmp_path}/plans.db"
    record = store.open(f"{address}#directory", service="Directory", tier=2, stage="production")
    record.save(edits.answer(record.plan, ANSWER, "4h"), by="ana")
    return address
