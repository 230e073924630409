"""Runs a large batch several times over, and looks whether anything fails or stays behind: `make soak`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

BIN = Path(sys.executable).parent
MARK = "MAINTPLAN_SOAK"


def left(mark: str) -> list[psutil.Process]:
    """Return the processes that a batch has left behind."""
    found = []
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if each.environ().get(MARK) == mark and each.pid != os.getpid():
                found.append(each)
    return found


def main() -> None:
    """Run the batches; exit 1 when a row failed or a process is left."""
    parser = argparse.ArgumentParser(description="Run a large batch several times over.")
    parser.add_argument("--plans", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        manifest = folder / "services.csv"
        rows = "".join(f"service-{n},{n % 3 + 1}\n" for n in range(asked.plans))
        manifest.write_text(f"service,tier\n{rows}")
        for turn in range(asked.times):
            out = folder / str(turn)
            command = [
                str(BIN / "maintplan"),
                "batch",
                str(manifest),
                "-o",
                str(out),
                "--jobs",
                str(asked.jobs),
            ]
            began = time.monotonic()
            done = subprocess.run(command, env={**os.environ, MARK: text}, check=False)
            seconds = time.monotonic() - began
            time.sleep(3)
            still = left(text)
            counts = json.loads((out / "batch.json").read_text())["counts"]
            print(f"{seconds:.0f} s, {counts}, {len(still)} processes left")
            if done.returncode or still:
                sys.exit(1)


if __name__ == "__main__":
    main()
