"""Whole batches, by the command: what the tests of them share."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

MAIN = "from maintplan.cli import main; main()"


class Batch:
    """A folder with a manifest, and the batches that are run there."""

    def __init__(self, folder: Path, count: int = 0, extra: str = "") -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        if count:
            self.services(count, extra)

    def services(self, count: int, extra: str = "") -> None:
        """Write a manifest of generated services."""
        rows = "".join(f"service-{n},{n % 3 + 1}\n" for n in range(count))
        (self.folder / "services.csv").write_text(f"service,tier\n{rows}{extra}")

    def start(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", MAIN, "batch", "services.csv", "-o", "out", *options],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "BATCH_MARK": str(self.folder)},
        )

    def finished(self, *options: str) -> tuple[int, str]:
        """Run a batch to its end; return its exit code and what it said."""
        running = self.start(*options)
        said, _ = running.communicate(timeout=600)
        return running.returncode, said

    @property
    def results(self) -> dict[str, Any]:
        """What batch.json says, by service."""
        rows = json.loads((self.folder / "out" / "batch.json").read_text())["rows"]
        return {each["service"]: each for each in rows}

    @property
    def made(self) -> list[Path]:
        """The notebooks that are there."""
        return list((self.folder / "out").glob("service-*/executed.ipynb"))

    @property
    def timeless(self) -> dict[str, bytes]:
        """The files that carry no time."""
        found = (each for each in (self.folder / "out").rglob("*") if each.is_file())
        return {
            str(each.relative_to(self.folder)): each.read_bytes()
            for each in found
            if each.suffix in (".html", ".yaml", ".csv", ".ics")
        }

    def nothing_left(self) -> bool:
        """Whether no process of a batch is left, within a while."""

        def marked(process: psutil.Process) -> bool:
            with contextlib.suppress(psutil.Error):
                mark: str | None = process.environ().get("BATCH_MARK")
                return mark == str(self.folder) and str(process.status()) != "zombie"
            return False

        limit = time.monotonic() + 30
        while any(marked(each) for each in psutil.process_iter()):
            if time.monotonic() > limit:
                return False
            time.sleep(0.2)
        return True


@pytest.fixture
def batch(tmp_path: Path) -> Callable[..., Batch]:
    """Make a folder with a manifest of so many services."""

    def make(count: int = 0, extra: str = "", at: str = ".") -> Batch:
        return Batch(tmp_path / at, count, extra)

    return make


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait for something that comes by itself."""

    def wait(condition: Callable[[], Any], seconds: float = 300) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < limit, "waited in vain"
            time.sleep(0.05)

    return wait
