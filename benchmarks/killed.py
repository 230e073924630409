"""Kills a large batch in its middle, resumes it, and compares each result with an uninterrupted run's.

Everything is compared byte for byte, without what carries a time: seconds, and the moments that papermill
notes in an executed notebook. Three rows of the manifest are broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
TIMES = frozenset({"seconds", "kept", "files", "start_time", "end_time", "duration", "execution"})


def manifest(folder: Path, plans: int) -> None:
    """Write a manifest of generated services, each of them different, with three broken rows."""
    place = "recovery.system-recovery-procedures.rto"
    rows = [f"service-{n},{n % 3 + 1},{n % 12 + 1}h" for n in range(plans)]
    rows[plans // 4] = "broken-tier,9,1h"
    rows[plans // 2] = "broken-value,2,soon"
    rows[-1] = "broken-stage,x,1h"
    folder.mkdir()
    (folder / "services.csv").write_text("\n".join([f"service,tier,{place}", *rows]) + "\n")


def batch(folder: Path, jobs: int, *options: str) -> subprocess.Popen[bytes]:
    """Start a batch in a folder."""
    words = [BIN / "maintplan", "batch", "services.csv", "-o", "out", "--jobs", str(jobs), *options]
    return subprocess.Popen([str(each) for each in words], cwd=folder)


def made(folder: Path) -> int:
    """Return how many plans are there."""
    return len(list((folder / "out").glob("service-*/executed.ipynb")))


def timeless(path: Path) -> Any:
    """Return what a file holds, without what carries a time."""
    if path.suffix in (".ipynb", ".json"):
        return _without(json.loads(path.read_bytes()))
    return path.read_bytes()


def _without(data: Any) -> Any:
    if isinstance(data, dict):
        # papermill's cell of parameters gets a random id
        drop = TIMES | (
            {"id"} if "injected-parameters" in data.get("metadata", {}).get("tags", ()) else set()
        )
        return {name: _without(value) for name, value in data.items() if name not in drop}
    return [_without(each) for each in data] if isinstance(data, list) else data


def main() -> None:
    """Run, kill, resume and compare; exit 1 when anything differs."""
    parser = argparse.ArgumentParser(description="Kill a batch in its middle, resume it and compare.")
    parser.add_argument("--plans", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as text:
        whole, cut = Path(text) / "whole", Path(text) / "cut"
        for folder in (whole, cut):
            manifest(folder, asked.plans)
        running = batch(cut, asked.jobs)
        while made(cut) < asked.plans // 2 and running.poll() is None:
            time.sleep(0.05)
        running.kill()
        running.wait()
        print(f"killed with {made(cut)} plans made", flush=True)
        codes = batch(cut, asked.jobs, "--resume").wait(), batch(whole, asked.jobs).wait()
        found = [
            {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
            for folder in (whole, cut)
        ]
        differing = sorted(
            str(name)
            for name in {*found[0], *found[1]}
            if not all(name in each for each in found)
            or (name.name != ".maintplan-batch.lock" and timeless(found[0][name]) != timeless(found[1][name]))
        )
        print(f"exit codes {codes}, {len(found[0])} files compared, {len(differing)} differ: {differing[:5]}")
        sys.exit(1 if differing or codes != (1, 1) else 0)


if __name__ == "__main__":
    main()
