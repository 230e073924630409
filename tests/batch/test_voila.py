"""The portfolio's notebook, served by Voilà as anybody serves a notebook."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from maintplan import resources

NOTEBOOK = resources.notebook().with_name("portfolio.ipynb")


def test_voila_shows_the_portfolio_of_a_folder(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(NOTEBOOK), "--no-browser", f"--port={port}"]
    about = {**os.environ, "MAINTPLAN_PORTFOLIO": str(resources.example().parent)}
    with (tmp_path / "log").open("w") as log:
        serving = subprocess.Popen(command, cwd=tmp_path, env=about, stdout=log, stderr=log)
    try:
        page = fetched(f"http://127.0.0.1:{port}/", serving)
    finally:
        serving.terminate()
        serving.wait(30)
    for words in ("Readiness", "By team", "Between services", "checkout", "directory"):
        assert words in page
    assert "Traceback" not in page


def fetched(address: str, serving: subprocess.Popen[bytes]) -> str:
    limit = time.monotonic() + 120
    while time.monotonic() < limit and serving.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310 - our own server
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError("Voilà did not answer")
