"""A stage for the app's screen: the page, its script and an `App`, without Voilà and without a kernel.

What the kernel's comm does is done by a request for each message here, so that a test of the screen takes a
second. That the comm does the same is for the tests that serve the app for real.
"""

# ruff: noqa: E501 - a page is read best as it is
from __future__ import annotations

import base64
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from maintplan import resources
from maintplan.widgets import assets, first
from maintplan.widgets.app import App
from maintplan.words import words

WIDE = {"width": 1440, "height": 900}
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>maintplan</title><link rel="icon" href="data:,"><style>html,body{{margin:0}} html{{scroll-padding:70px 0 90px}}</style>{head}</head><body>{frame}
<script type="module">
import widget from "./script.mjs";
const traits = {traits};
const heard = [];
let line = Promise.resolve();
window.stage = {{ sent: [], offline: false }};
const model = {{
  get: (name) => traits[name],
  on: (name, listen) => heard.push(listen),
  off: (name, listen) => heard.splice(heard.indexOf(listen), 1),
  send: (content) => {{
    window.stage.sent.push(content);
    if (window.stage.offline) return;
    line = line.then(async () => {{
      const answer = await fetch("message", {{ method: "POST", body: JSON.stringify(content) }});
      for (const [message, data] of await answer.json()) {{
        const buffers = data ? [new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer)] : [];
        for (const listen of heard) listen(message, buffers);
      }}
    }}).catch(() => {{}});
  }},
}};
widget.render({{ model, el: document.createElement("div") }});
document.documentElement.dataset.ready = "1";
</script></body></html>"""


class Stage:
    """One app on a page."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.busy = 0.0
        self.messages: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.make: Callable[[str], tuple[str, str, bytes]] | None = None
        self.url = ""
        self._lock = threading.Lock()

    def page(self) -> str:
        """Return the page as it is when it is loaded now."""
        plan = self.app.interview.plan if self.app.handle is not None else None
        at = self.app.interview.at if self.app.handle is not None else None
        traits = {
            "in_app": True,
            "words": words(self.app.language).under("app.ui."),
            "start": self.app.whole(),
        }
        text = json.dumps(traits).replace("</", "<\\/")
        return PAGE.format(head=first.head("/"), frame=first.first_html(plan, at), traits=text)

    def take(self, message: dict[str, Any]) -> list[list[Any]]:
        """Take a message as a kernel does: one after the other, and late while it is busy."""
        with self._lock:
            if self.busy:
                time.sleep(self.busy)
            self.messages.append(message)
            answers: list[list[Any]] = [[each, None] for each in self.app.receive(message)]
            if message.get("do") == "make" and self.make is not None:
                name, mime, data = self.make(str(message["what"]))
                made = {"type": "made", "what": message["what"], "name": name, "mime": mime}
                answers.append([made, base64.b64encode(data).decode()])
            self.answers.append(json.dumps(answers))
            return answers


@contextmanager
def stage(app: App) -> Iterator[Stage]:
    """Serve an app on a port of its own."""
    shown = Stage(app)

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._say(200, "text/html", b"")

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/":
                self._say(200, "text/html; charset=utf-8", shown.page().encode())
            elif path == "/script.mjs":
                self._say(200, "text/javascript", assets.script().encode())
            elif path.startswith(f"/{first.FONTS}"):
                self._say(200, "font/woff2", (resources.fonts() / path.rsplit("/", 1)[-1]).read_bytes())
            else:
                self._say(404, "text/plain", b"")

        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._say(200, "application/json", json.dumps(shown.take(message)).encode())

        def _say(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    shown.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield shown
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with sync_playwright() as started:
        shown = started.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        yield shown
        shown.close()


Show = Callable[..., tuple[Page, Stage]]


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Show an app in the browser, and fail for whatever its page's console complains of."""
    with ExitStack() as left:
        complaints: list[str] = []

        def shown(app: App, *, path: str = "", **how: Any) -> tuple[Page, Stage]:
            served = left.enter_context(stage(app))
            context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **how})
            left.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(served.url + path)
            page.wait_for_selector("html[data-ready]")
            return page, served

        yield shown
        assert complaints == []


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    """A copy of the example's plan."""
    return Path(shutil.copy(resources.example() / "plan.yaml", tmp_path / "directory.yaml"))
