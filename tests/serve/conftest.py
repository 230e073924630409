"""A server as an operator starts it: the command, in a process of its own."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
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
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maintplan import store
from maintplan.plan import edits

ANSWER = "recovery.system-recovery-procedures.rto"
PATIENCE = 150
"""Seconds that anything may take here; nothing is measured by it."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
]


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
        """Return the kernels' processes: the children of the one that they are forked from."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return [kernel for warm in self.warm() for kernel in warm.children()]
        return []

    def warm(self) -> list[psutil.Process]:
        """Return the process that kernels are forked from."""
        found: list[psutil.Process] = psutil.Process(self.process.pid).children()
        return found

    def kernel(self, plan: str) -> psutil.Process:
        """Return the kernel of the newest page of a plan."""
        found = re.findall(rf"session \w{{8}}: plan {plan},.* process (\d+) ", self.log)
        return psutil.Process(int(found[-1]))

    @property
    def sessions(self) -> int:
        """How many pages the server counts."""
        return int(json.loads(self.ask("/healthz")[1])["sessions"])

    def is_warm(self, count: int = 2) -> bool:
        """Whether as many kernels are there as the pool holds, or more."""
        return len(self.kernels()) >= count

    def to(self, plan: str = "directory") -> str:
        """Return the link to a plan's question about recovery."""
        return f"{self.root}?plan={plan}&question=recovery"

    @staticmethod
    def is_ready(page: Page) -> None:
        """Wait until that question can be answered, with the fields of one consideration open."""
        fold = page.get_by_role("button", name=re.compile("^System recovery procedures")).first
        expect(fold).to_be_enabled(timeout=1000 * PATIENCE)
        # A page that is loaded again goes where one was, which may come just before the click.
        for _ in range(3):
            if fold.get_attribute("aria-expanded") != "true":
                fold.click()
            with contextlib.suppress(AssertionError):
                expect(fold).to_have_attribute("aria-expanded", "true", timeout=5000)
                break
        expect(page.get_by_label(re.compile("^Restore within"))).to_be_editable(timeout=1000 * PATIENCE)

    def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


Start = Callable[..., Served]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for the pages of this file."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody has used yet."""
    context = browser.new_context()
    context.set_default_timeout(1000 * PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def arguments() -> list[str]:
    """What a Chromium is started with that is no test's own."""
    return ARGUMENTS


@pytest.fixture(scope="session")
def serving() -> Callable[..., contextlib.AbstractContextManager[Served]]:
    """A way to run a server for as long as a block lasts."""

    @contextlib.contextmanager
    def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
        served = Served(folder, *arguments, **environment)
        try:
            yield served
        finally:
            left = [*served.kernels(), *served.warm()] if served.process.poll() is None else []
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


class Plans:
    """A store, to which each test adds a plan of its own."""

    _numbers = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        self.path = folder / "plans.db"
        self.address = f"sqlite:///{self.path}"

    def add(self, name: str = "") -> str:
        """Add a plan of which one answer is given, and return its name."""
        name = name or f"directory-{next(self._numbers)}"
        record = store.open(f"{self.address}#{name}", service="Directory", tier=2, stage="production")
        record.save(edits.answer(record.plan, ANSWER, "4h"), by="ana")
        return name

    def answer_in_words(self, name: str, question: str, text: str) -> None:
        """Answer a question of a plan in somebody's own words."""
        record = store.open(f"{self.address}#{name}")
        record.save(edits.respond(record.plan, question, text), by="ana")

    def answer(self, name: str, place: str = ANSWER) -> Any:
        """Return an answer as it is stored; None where there is none."""
        answer = store.open(f"{self.address}#{name}").plan.answers.get(place)
        return getattr(answer, "value", answer)


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    """A store of the test's own, with the plan *directory* in it."""
    plans = Plans(tmp_path)
    plans.add("directory")
    return plans


@pytest.fixture(scope="session")
def everybodys(tmp_path_factory: pytest.TempPathFactory) -> Plans:
    """The store of the server that tests share."""
    plans = Plans(tmp_path_factory.mktemp("served"))
    plans.add("directory")
    (plans.path.parent / "plan.yaml").write_text("service: {name: other}\n")
    return plans


@pytest.fixture(scope="session")
def served(everybodys: Plans, serving: Any) -> Iterator[Served]:
    """The server that tests share: nothing about it is out of the ordinary."""
    with serving(everybodys.path.parent, "--plan", everybodys.address, "--sessions", "60") as running:
        yield running
