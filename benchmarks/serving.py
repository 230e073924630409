"""Measures the served app beside stock Voilà, which serves a notebook of three widgets.

Both keep two kernels preheated and are opened in the same Chromium, in turns; the median counts. Measured are
the time until the first field can be used and until the first words are there, edits until they are saved,
moves between questions, what an edit sends, typing while the kernel is busy, and memory. Of memory two
figures are told: what a session's kernel holds alone (USS), and that with its share of what processes have
in common (PSS).

    python benchmarks/serving.py            # a few minutes; --quick for one round of each

Exits 1 where a bar is missed. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from maintplan import resources, store
from maintplan.plan import edits

BIN = Path(sys.executable).parent
OURS = "main input:not([disabled]), main textarea:not([disabled])"
THEIRS = ".widget-text input"
PATIENCE = 120
RPO = "recovery.system-recovery-procedures.rpo"
CONTACTS = "runbook.emergency-response-procedures.contacts"
QUESTION = "nav ol:nth-of-type(2) li:nth-child({}) > button"
"""Where the rail leads to a question, by its number."""
BUSY = """
import sys
if "maintplan.serve.warm" in sys.orig_argv:
    import time
    import maintplan.widgets.walk as walk
    receive = walk.Walk._receive
    def slowly(self, widget, content, buffers):
        time.sleep(3 if content.get("do") == "respond" else 0)
        receive(self, widget, content, buffers)
    walk.Walk._receive = slowly
"""
"""Makes every kernel busy for three seconds whenever somebody writes in their own words."""
SPY = """
window.wire = [];
const text = new TextDecoder();
const note = (way, data) => {
  const shown = typeof data === "string" ? data : text.decode(data.buffer ?? data);
  const saved = /"saved": ?true/.test(shown), ping = /"(ping|pong)"/.test(shown);
  window.wire.push({ way, size: shown.length, saved, ping, comm: /comm_msg/.test(shown) });
};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (!this.spied) { this.spied = true; this.addEventListener("message", (event) => note("in", event.data)); }
  note("out", data);
  return send.call(this, data);
};
"""
EDIT = """async ([id, value]) => {
  const box = document.getElementById(id);
  window.wire.length = 0;
  box.focus();
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set.call(box, value);
  const began = performance.now();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.blur();
  const done = () => window.wire.some((each) => each.way === "in" && each.saved);
  while (!done()) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const taken = performance.now() - began;
  await new Promise((done) => setTimeout(done, 150));
  const counted = window.wire.filter((each) => each.comm && !each.ping);
  return [taken, counted.reduce((sum, each) => sum + each.size, 0)];
}"""
MOVE = """async (label) => {
  const before = document.querySelector("main").dataset.step;
  const began = performance.now();
  document.querySelector(label).click();
  while (document.querySelector("main").dataset.step === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


@dataclass
class Row:
    """One figure, and the bar that it has to keep."""

    name: str
    figure: float
    unit: str
    bar: float | None = None
    beside: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether the figure is over its bar."""
        return self.bar is not None and self.figure > self.bar

    def __str__(self) -> str:
        beside = "" if self.beside is None else f"{self.beside:.2f}"
        bar = "" if self.bar is None else f"{self.bar:g}{' missed' if self.is_missed else ''}"
        return f"| {self.name} | {self.figure:.2f} {self.unit} | {beside} | {bar} |"


def bare(folder: Path) -> Path:
    """Write the notebook that stock Voilà serves."""
    source = "import ipywidgets as w\nw.VBox([w.Text(description='Name'), w.IntSlider(), w.Checkbox()])"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])  # type: ignore[no-untyped-call]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "bare.ipynb"
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return path


class Running:
    """A server: its process, its log, its kernels."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = psutil.Process(process.pid)
        self.log = log

    @property
    def kernels(self) -> list[psutil.Process]:
        """The kernels: forks of the warm process, or processes of their own."""
        found = []
        for each in self.process.children():
            line = " ".join(each.cmdline())
            if "maintplan.serve.warm" in line:
                found += each.children()
            elif "ipykernel_launcher" in line:
                found.append(each)
        return found

    @property
    def session(self) -> psutil.Process:
        """The kernel of the newest page of the app."""
        return psutil.Process(int(re.findall(r"process (\d+) ", self.log.read_text())[-1]))

    def memory(self) -> float:
        """Return the megabytes of everything that belongs to the server, shared memory counted once."""
        return float(sum(each.memory_full_info().pss for each in self.tree()) / 1e6)

    def tree(self) -> list[psutil.Process]:
        """Return all its processes."""
        return [self.process, *self.process.children(recursive=True)]

    def rest(self) -> None:
        """Wait until its pool is full and nothing is at work."""
        until(lambda: len(self.kernels) > 1)
        until(lambda: all(each.cpu_percent(0.3) < 10 for each in self.tree()), 30)  # noqa: PLR2004


def until(what: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until something is true, for so long at most."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(psutil.NoSuchProcess):
            if what():
                return
        time.sleep(0.1)


@contextlib.contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[Running]:
    """Run a server until its pool is filled."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **environment}
        )
        server = Running(process, folder / "log")
        try:
            server.rest()
            yield server
        finally:
            process.terminate()
            process.wait(30)


def opened(browser: Browser, address: str, field: str) -> tuple[Page, float]:
    """Open a page, and return it with the seconds until its first field can be used."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.add_init_script(SPY)
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(field, state="visible")
    return page, time.perf_counter() - began


def first_words(address: str, wanted: str) -> float:
    """Return the seconds until words stand in what the server sends."""
    began = time.perf_counter()
    text = b""
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310
        while wanted.encode() not in text:
            more = answer.read1(65536)
            if not more:
                return float("inf")  # they are not there
            text += more
    return time.perf_counter() - began


def plans(address: str) -> None:
    """Keep both examples, and a plan with a table of five hundred rows."""
    example = store.open(resources.example() / "plan.yaml").plan
    row = example.answers[CONTACTS].value[0]  # type: ignore[union-attr]
    long = edits.answer(example, CONTACTS, [{**row, "name": f"person {each}"} for each in range(500)])
    complete = store.open(resources.example("checkout") / "plan.yaml").plan
    for name, plan in (("directory", example), ("long", long), ("checkout", complete)):
        record = store.open(f"{address}#{name}", service="directory")
        record.save(plan, create=True)


def edited(page: Page, count: int) -> tuple[list[float], float]:
    """Edit a field some times; return the milliseconds until saved, and the characters that an edit sends."""
    page.get_by_role("button", name=re.compile("^System recovery")).first.wait_for()
    fold = page.get_by_role("button", name=re.compile("^System recovery")).first
    if fold.get_attribute("aria-expanded") != "true":
        fold.click()
    box = f"f-{re.sub(r'[^a-zA-Z0-9_]+', '-', RPO)}"
    if page.locator(f"#{box}").count() == 0:  # what is not known yet is a sentence, and no field
        page.locator(f"[data-place='{RPO}']").get_by_role("button", name="Take back").click()
    page.wait_for_selector(f"#{box}")
    found = [page.evaluate(EDIT, [box, f"{each + 2} hours"]) for each in range(count)]
    return [each[0] for each in found], statistics.median(each[1] for each in found)


def most(taken: list[float]) -> float:
    """Return what 95 of 100 keep."""
    return sorted(taken)[int(len(taken) * 0.95)]


def walked(browser: Browser, address: str, plan: str, rounds: int) -> tuple[list[float], list[float]]:
    """Walk through all steps of a plan and back, then go to any; return the milliseconds of each move."""
    page, _ = opened(browser, re.sub("plan=.*", f"plan={plan}&question=service", address), OURS)
    ways = [".mp-foot .mp-primary", ".mp-foot .mp-button:not(.mp-primary)"]
    steps = page.locator("nav .mp-step").count() - 1
    taken = []
    for way in ways * rounds:
        for _ in range(steps):
            taken.append(page.evaluate(MOVE, way))
            page.wait_for_timeout(100)  # nobody is quicker
    gone = []
    for each in [0, 5, 2, 9, 6, 3, 8, 1, 7, 4] * rounds:
        gone.append(page.evaluate(MOVE, QUESTION.format(each + 1)))
        page.wait_for_timeout(100)
    page.context.close()
    return taken, gone


def typed(page: Page) -> int:
    """Type for ten seconds while the kernel is busy; return how many characters are not as typed."""
    fold = page.get_by_role("button", name="In your own words")
    if fold.get_attribute("aria-expanded") != "true":
        fold.click()
    box = page.get_by_role("textbox", name="In your own words")
    box.fill("")
    text = ""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        part = f"The quick brown fox jumps over {len(text)} lazy dogs. "
        box.press_sequentially(part, delay=15)
        text += part
        if len(text) % 3 == 0:
            page.wait_for_timeout(1100)  # a pause, in which it is sent
    box.blur()
    page.wait_for_timeout(9000)
    page.reload()
    page.wait_for_selector(OURS)
    kept = page.get_by_role("textbox", name="In your own words").input_value()
    return sum(a != b for a, b in zip(kept.strip(), text.strip(), strict=False)) + abs(
        len(kept.strip()) - len(text.strip())
    )


def measure(folder: Path, rounds: int, sessions: int, tours: int) -> Iterator[Row]:  # noqa: C901, PLR0915
    """Measure both servers: one figure after the other, each told when it is there."""
    address = f"sqlite:///{folder}/plans.db"
    plans(address)
    for name in ("ours", "theirs", "busy"):
        (folder / name).mkdir()
    (folder / "busy" / "sitecustomize.py").write_text(BUSY)
    ours = [str(BIN / "maintplan"), "serve", "--port", "8866", "--plan", address, "--sessions", "100"]
    theirs = [str(BIN / "voila"), str(bare(folder)), "--port=8867", "--no-browser", "--preheat_kernel=True"]
    theirs += ["--pool_size=2", "--Voila.ip=127.0.0.1"]
    here, there = "http://127.0.0.1:8866/?plan=directory&question=recovery", "http://127.0.0.1:8867/"
    with (
        running(ours, folder / "ours", PYTHONPATH=str(folder / "busy")) as server,
        running(theirs, folder / "theirs") as stock,
        sync_playwright() as playwright,
    ):
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        taken: dict[str, list[float]] = {"ours": [], "theirs": [], "words": []}
        for _ in range(rounds):
            for name, at, field, one in (("ours", here, OURS, server), ("theirs", there, THEIRS, stock)):
                one.rest()
                page, seconds = opened(browser, at, field)
                taken[name].append(seconds)
                page.context.close()
            server.rest()
            taken["words"].append(first_words(here, "How should backup"))
        ready, bare_ready = statistics.median(taken["ours"]), statistics.median(taken["theirs"])
        yield Row("first field usable", ready, "s", round(1.3 * bare_ready, 2), bare_ready)
        yield Row("words of the question in the first HTML", statistics.median(taken["words"]), "s", 1)

        page, _ = opened(browser, here, OURS)
        saved, sent = edited(page, 5 * rounds)
        yield Row("an edit until it is saved, median", statistics.median(saved), "ms")
        yield Row(f"... 95th percentile of {len(saved)}", most(saved), "ms", 250)
        other, _ = opened(browser, here.replace("directory", "long"), OURS)
        _, sent_long = edited(other, 5)
        other.context.close()
        yield Row(
            "characters that an edit sends, in a plan ten times as long", sent_long, "", 1.1 * sent, sent
        )
        for name in ("directory", "checkout"):
            for way, moves in zip(
                ("next and back", "go to"), walked(browser, here, name, rounds), strict=True
            ):
                yield Row(f"{way}, {name}: median", statistics.median(moves), "ms")
                yield Row(f"... 95th percentile of {len(moves)}", most(moves), "ms", 150)
        yield Row("characters lost or misplaced in ten seconds of typing", typed(page), "", 0)

        kernel = server.session
        tour = [QUESTION.format(each + 1) for each in range(10)]
        before = 0.0
        page.locator(tour[-1]).click()
        page.wait_for_selector("main[data-step=roadmap]")
        for number in range(tours):
            for each in tour:
                page.evaluate(MOVE, each)
            if number == tours // 5:  # by then everything was shown once
                before = kernel.memory_full_info().uss
        grown = (kernel.memory_full_info().uss - before) / 1e6
        yield Row(f"growth of the kernel in {tours - tours // 5} times through all questions", grown, "MB", 2)
        page.context.close()

        until(lambda: len(server.kernels) == 2, 90)  # noqa: PLR2004 - the pool
        server.rest()
        alone, pages = server.memory(), []
        for _ in range(sessions):
            pages.append(opened(browser, here, OURS)[0])
            server.rest()
        kernel, stock_page = server.session, opened(browser, there, THEIRS)[0]
        stock.rest()
        info = kernel.memory_full_info()
        theirs_info = max((each.memory_full_info() for each in stock.kernels), key=lambda each: each.uss)
        own, bare_own = info.uss / 1e6, theirs_info.uss / 1e6
        share, bare_share = info.pss / 1e6, theirs_info.pss / 1e6
        yield Row("a session's kernel, alone (USS)", own, "MB", 1.3 * bare_own, bare_own)
        yield Row("a session's kernel, with its share (PSS)", share, "MB", 1.3 * bare_share, bare_share)
        each_more = (server.memory() - alone) / sessions
        yield Row("what one more session takes of the machine", each_more, "MB", 1.3 * bare_share, bare_share)
        yield Row("the server with its pool, nobody there", alone, "MB")
        for total in (1, 2, 4, 8):
            yield Row(f"sessions in {total} GB", max(0, int((total * 1000 - alone) / each_more * 0.9)), "")
        stock_page.context.close()
        browser.close()


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="times that each page is opened")
    parser.add_argument("--sessions", type=int, default=5, help="pages that are open for the memory")
    parser.add_argument("--tours", type=int, default=100, help="times through all questions")
    parser.add_argument("--quick", action="store_true", help="one round of each, ten times through")
    given = parser.parse_args()
    rounds, sessions, tours = (1, 2, 10) if given.quick else (given.rounds, given.sessions, given.tours)
    missed = 0
    print("| what | maintplan serve | bare notebook in stock Voilà | at most |\n| --- | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(Path(folder), rounds, sessions, tours):
            print(row, flush=True)
            missed += row.is_missed
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
