"""The walk without a kernel: one page and one `App`, served from this process.

For looking at a template while it is being written, and for tests of the screen. Each message of the page is a
request, and answered as a kernel would answer it. It listens on this machine alone, below an address that
nobody can guess, and is not for serving people: `maintplan serve` is.
"""

# ruff: noqa: E501 - a page is read best as it is
from __future__ import annotations

import base64
import json
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

from maintplan import resources
from maintplan.widgets import assets, first
from maintplan.widgets.app import App
from maintplan.words import words

LARGEST = 50_000_000
"""Bytes of a message."""

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>maintplan</title><link rel="icon" href="data:,"><style>html,body{{margin:0}} html{{scroll-padding:70px 0 90px}}</style>{head}</head><body>{frame}
<script type="module">
import widget from "./script.mjs";
const traits = {traits};
const heard = [];
let line = Promise.resolve();
const page = window.page = {{ sent: [], offline: false }};
const bytes = (buffer) => {{ let text = ""; for (const each of new Uint8Array(buffer)) text += String.fromCharCode(each); return btoa(text); }};
const model = {{
  get: (name) => traits[name],
  on: (name, listen) => heard.push(listen),
  off: (name, listen) => heard.splice(heard.indexOf(listen), 1),
  send: (content, callbacks, buffers) => {{
    page.sent.push(content);
    if (page.offline) return;
    const body = JSON.stringify({{ content, buffers: (buffers ?? []).map(bytes) }});
    const ask = async () => {{
      const answers = await fetch("message", {{ method: "POST", body }}).then((answer) => answer.json()).catch(() => []);
      for (const [message, data] of answers) {{
        const found = data ? [new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer)] : [];
        for (const listen of [...heard]) listen(message, found);
      }}
    }};
    // A document takes its time; what is said meanwhile does not wait for it.
    const asked = content.do === "make" ? ask() : (line = line.then(ask));
    asked.catch((error) => setTimeout(() => {{ throw error; }}));
  }},
}};
widget.render({{ model, el: document.createElement("div") }});
document.documentElement.dataset.ready = "1";
const version = {version};
if (version) setInterval(async () => {{
  const now = await fetch("version").then((answer) => answer.json()).catch(() => version);
  if (now !== version) window.location.reload();
}}, 700);
</script></body></html>"""

Made = tuple[str, str, bytes]


class Standalone:
    """One app on one page.

    Parameters
    ----------
    app
        The app.
    version
        Says which version of what is shown there is now; the page loads again when it changes.
    before
        Called before the page is made.
    """

    def __init__(
        self,
        app: App,
        version: Callable[[], str] = lambda: "",
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self.app = app
        self.version = version
        self.before = before
        self.make: Callable[[str], Made] | None = None
        self.messages: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def page(self) -> str:
        """Return the page as it is when it is loaded now."""
        with self._lock:
            self.before()
            app = self.app
            opened = app.handle is not None
            said = words(app.language).under("app.ui.")
            traits = {"in_app": True, "alone": False, "words": said, "start": app.whole()}
            frame = (
                first.first_html(app.interview.plan, app.interview.at) if opened else first.first_html(None)
            )
            text = json.dumps(traits).replace("</", "<\\/")
            version = json.dumps(self.version())
            return PAGE.format(head=first.head("."), frame=frame, traits=text, version=version)

    def take(self, content: dict[str, Any], buffers: list[bytes]) -> list[list[Any]]:
        """Take a message as a kernel does, one after the other."""
        with self._lock:
            self.messages.append(content)
            answers: list[list[Any]] = [[each, None] for each in self.app.receive(content, buffers)]
        if content.get("do") == "make" and self.make is not None:
            name, mime, data = self.make(str(content["what"]))
            made = {"type": "made", "what": content["what"], "name": name, "mime": mime}
            answers.append([made, base64.b64encode(data).decode()])
        return answers


class _Handler(BaseHTTPRequestHandler):
    """Answers a page; `serving` says which one, and below which key."""

    shown: ClassVar[Standalone]
    key: ClassVar[str]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self._name()
        if name == "":
            self._say(HTTPStatus.OK, "text/html; charset=utf-8", self.shown.page().encode())
        elif name == "script.mjs":
            self._say(HTTPStatus.OK, "text/javascript", assets.script().encode())
        elif name == "healthz":
            self._say(HTTPStatus.OK, "application/json", b"{}")
        elif name == "version":
            self._say(HTTPStatus.OK, "application/json", json.dumps(self.shown.version()).encode())
        elif name is not None and name.startswith(first.FONTS) and name in _FONTS:
            self._say(HTTPStatus.OK, "font/woff2", _FONTS[name]())
        else:
            self._say(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if self._name() != "message" or size > LARGEST:
            self.close_connection = True
            self._say(HTTPStatus.NOT_FOUND, "text/plain", b"")
            return
        given = json.loads(self.rfile.read(size))
        buffers = [base64.b64decode(each) for each in given["buffers"]]
        answers = self.shown.take(given["content"], buffers)
        self._say(HTTPStatus.OK, "application/json", json.dumps(answers).encode())

    def _name(self) -> str | None:
        path = urlsplit(self.path).path
        return path.removeprefix(f"/{self.key}/") if path.startswith(f"/{self.key}/") else None

    def _say(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing for each request."""


class _Server(ThreadingHTTPServer):
    """A server that says nothing of a page that has gone away, as one does that loads itself again."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(shown: Standalone, port: int = 0) -> Iterator[str]:
    """Serve a page in the background, and give its address."""
    key = secrets.token_urlsafe(16)

    handler = type("Handler", (_Handler,), {"shown": shown, "key": key})
    server = _Server(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{key}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


_FONTS = {first.FONTS + path.name: path.read_bytes for path in resources.fonts().glob("*.woff2")}
