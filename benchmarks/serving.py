"""Measures the served app beside stock Voilà, which serves a notebook of three widgets.

Both keep two kernels preheated, both are opened in the same Chromium, in turns, and the median counts: until
the first field can be used, and until the first words are there. Then as many sessions are opened as asked
for, and the memory that each needs is told: what the processes share is divided among them (PSS).

``--table`` prints what `docs/serving.md` holds; nothing here is a test.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
from playwright.sync_api import Browser, sync_playwright

from maintplan import resources, store

BIN = Path(sys.executable).parent
QUESTION = "?plan=directory&question=recovery"
OURS = "main input, main textarea"
THEIRS = ".widget-text input"
PATIENCE = 120


def bare(folder: Path) -> Path:
    """Write the notebook that stock Voilà serves."""
    source = "import ipywidgets as w\nw.VBox([w.Text(description='Name'), w.IntSlider(), w.Checkbox()])"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])  # type: ignore[no-untyped-call]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "bare.ipynb"
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return path


@contextlib.contextmanager
def running(
    command: list[str], address: Callable[[], str], folder: Path
) -> Iterator[tuple[str, psutil.Process]]:
    """Run a server until its page is there and its pool is filled."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            waiting = time.monotonic() + PATIENCE
            here = psutil.Process(process.pid)
            while len(kernels(here)) < 2 and time.monotonic() < waiting:  # noqa: PLR2004 - the pool
                time.sleep(0.2)
            time.sleep(5)  # a kernel that is there is not warm yet
            yield address(), here
        finally:
            process.terminate()
            process.wait(30)


def kernels(process: psutil.Process) -> list[psutil.Process]:
    """Return the kernels of a server."""
    return [each for each in process.children() if "ipykernel_launcher" in " ".join(each.cmdline())]


def ready(browser: Browser, address: str, field: str) -> float:
    """Return the seconds until the first field of a page can be used."""
    page = browser.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(field, state="visible", timeout=PATIENCE * 1000)
    page.wait_for_function("!document.querySelector('#maintplan-app[aria-busy=true]')")
    taken = time.perf_counter() - began
    page.close()
    time.sleep(3)  # the pool fills again
    return taken


def words(address: str, wanted: str) -> float:
    """Return the seconds until words stand in what the server sends."""
    began = time.perf_counter()
    text = b""
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310
        while wanted.encode() not in text:
            text += answer.read1(65536)
    return time.perf_counter() - began


def memory(processes: list[psutil.Process]) -> list[float]:
    """Return the megabytes of processes, what they share divided among them."""
    return [each.memory_full_info().pss / 1e6 for each in processes]


def measure(folder: Path, rounds: int, sessions: int) -> dict[str, float]:
    """Measure both servers."""
    plans = f"sqlite:///{folder}/plans.db"
    record = store.open(f"{plans}#directory", service="directory")
    record.save(store.open(resources.example() / "plan.yaml").plan, create=True)
    (ours_in := folder / "ours").mkdir()
    (theirs_in := folder / "theirs").mkdir()
    ours = [str(BIN / "maintplan"), "serve", "--port", "0", "--plan", plans, "--sessions", "100"]
    theirs = [str(BIN / "voila"), str(bare(folder)), "--port=8867", "--no-browser", "--preheat_kernel=True"]
    theirs += ["--pool_size=2", "--Voila.ip=127.0.0.1"]

    def link() -> str:
        return (ours_in / "log").read_text().partition("http")[2].split()[0]

    found: dict[str, float] = {}
    with (
        running(ours, lambda: f"http{link()}{QUESTION}", ours_in) as (here, process),
        running(theirs, lambda: "http://127.0.0.1:8867/", theirs_in) as (there, stock),
        sync_playwright() as playwright,
    ):
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        taken: dict[str, list[float]] = {"ours": [], "theirs": [], "words": []}
        for _ in range(rounds):
            taken["ours"].append(ready(browser, here, OURS))
            taken["theirs"].append(ready(browser, there, THEIRS))
            taken["words"].append(words(here, "How should backup"))
            time.sleep(3)
        found |= {name: statistics.median(each) for name, each in taken.items()}
        pages = []
        for _ in range(sessions):
            page = browser.new_page()
            page.goto(here, wait_until="commit")
            page.wait_for_selector(OURS, state="visible", timeout=PATIENCE * 1000)
            pages.append(page)
            time.sleep(2)
        stock_page = browser.new_page()
        stock_page.goto(there)
        stock_page.wait_for_selector(THEIRS)
        found["session"] = statistics.median(sorted(memory(kernels(process)))[-sessions:])
        found["server"] = memory([process])[0]
        found["stock session"] = max(memory(kernels(stock)))
        found["resident"] = max(each.memory_info().rss / 1e6 for each in kernels(process))
        found["stock resident"] = max(each.memory_info().rss / 1e6 for each in kernels(stock))
        browser.close()
    return found


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.rounds, given.sessions)
    print("| what | ours | bare notebook in stock Voilà | ratio |")
    print("| --- | --: | --: | --: |")
    rows = (
        ("first field usable, s", "ours", "theirs"),
        ("memory of a session's kernel, MB (PSS)", "session", "stock session"),
        ("the same, resident", "resident", "stock resident"),
    )
    for name, ours, theirs in rows:
        print(f"| {name} | {found[ours]:.2f} | {found[theirs]:.2f} | {found[ours] / found[theirs]:.2f} |")
    print(f"| words of the question in the first HTML, s | {found['words']:.2f} | | |")
    print(f"| the server itself, MB | {found['server']:.0f} | | |")
    pool = 2 * found["session"]
    for total in (1, 2, 4, 8):
        fit = (total * 1000 - found["server"] - pool) / found["session"]
        print(f"| sessions in {total} GB | {max(0, int(fit * 0.9))} | | |")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
