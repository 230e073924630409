"""Every door of the server, each with who may pass it.

The page is for who holds the key. A kernel's socket, and the word that its page closes, are for the browser
that the kernel was given to. The scripts, styles and fonts of the app are for everybody. There is no other
door: no file of the folder, no list of kernels, no notebook, nothing to run.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import FileFindHandler, JupyterHandler
from tornado import iostream, web
from voila.request_info_handler import RequestInfoSocketHandler
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from maintplan.serve import failures, said
from maintplan.widgets import first

if TYPE_CHECKING:
    from collections.abc import Callable

    from maintplan.serve.house import House
    from maintplan.serve.sessions import Session
    from maintplan.serve.shelf import Asked

log = logging.getLogger("maintplan.serve")

_KERNEL = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"

POLICY = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline' blob:; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "connect-src 'self' data: blob:; "
    "frame-ancestors 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "object-src 'none'"
)
"""What the page may load: nothing from elsewhere. Voilà's loader and the widgets' modules need the rest."""


STOPPED = "<!--maintplan:stopped-->"
"""Where the page's template wants the sentence that it shows when the notebook fails."""

_TRIES = 4
"""Kernels of the pool that may be dead before a page is given up."""

_SHOWN_IN = ("document", "iframe", "frame")


class Door(JupyterHandler):
    """What all doors share: whom they belong to, what they say when they stay shut."""

    @property
    def house(self) -> House:
        """What all doors go by."""
        found: House = self.settings["maintplan_house"]
        return found

    def set_default_headers(self) -> None:
        """Say what the page may load, and that nothing is to be guessed or passed on."""
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Server", "maintplan")

    def prepare(self, **_given: Any) -> Any:
        """Refuse a host that is not ours: without a key, any page could name this machine as its own."""
        if not self.house.serves(self.request.host_name):
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        return super().prepare(_redirect_to_login=False)

    @property
    def owner(self) -> str:
        """The secret of the browser that asks; empty for one that has none yet."""
        held = self.get_signed_cookie(self.house.cookie)
        return held.decode("ascii", "replace") if held else ""

    @property
    def visitor(self) -> str:
        """Where the request comes from, as the trusted proxies tell it."""
        address = self.request.remote_ip or ""
        if address in self.house.options.trusted:
            told = [each.strip() for each in self.request.headers.get("X-Forwarded-For", "").split(",")]
            for each in reversed([each for each in told if each]):
                address = each
                if each not in self.house.options.trusted:
                    break
        return address

    @property
    def is_secure(self) -> bool:
        """Whether the visitor's connection is encrypted, as far as a trusted proxy can tell."""
        if (self.request.remote_ip or "") in self.house.options.trusted:
            return self.request.headers.get("X-Forwarded-Proto", "").lower() == "https"
        return self.request.protocol == "https"

    def own(self, kernel: str) -> Session:
        """Return the session of a kernel, for the browser that it belongs to."""
        session = self.house.sessions.get(kernel)
        if session is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        if not self.owner or not secrets.compare_digest(session.owner, self.owner):
            log.warning(
                "refused: %s asked for session %s, which is another browser's", self.visitor, kernel[:8]
            )
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        return session

    def write_error(self, status_code: int, **given: Any) -> None:
        """Say in one sentence what is wrong; what nobody expected goes to the log with its traceback."""
        number = None
        if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            number = failures.reference()
            place = urlsplit(self.request.path).path
            log.error(
                "reference %s: %s %s", number, self.request.method, place, exc_info=given.get("exc_info")
            )
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", "60")
        self.clear_header("Content-Length")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(said.page(status_code, self.house.options.base_url, number))

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Leave the log to `write_error`, unless the page has begun already and can't say anything else."""
        if isinstance(error, iostream.StreamClosedError):
            log.info("%s left before the page was made", self.visitor)
        elif self._headers_written:
            given = (kind, error, trace)
            log.error("reference %s: the page broke off", failures.reference(), exc_info=given)


class Page(Door, TornadoVoilaHandler):
    """The app's page: a plan and a question of it, or the choice of a plan."""

    def initialize(self, **given: Any) -> None:
        """Take what Voilà's own page takes."""
        self._front: _Front | None = None
        super().initialize(**given)

    @property
    def kernel_manager(self) -> Any:
        """The kernels; while a page is made, those of this page."""
        return self._front or self.settings["kernel_manager"]

    @allow_unauthenticated  # so that a missing key is told in words, and not by a form to log in
    async def get(self, path: str | None = None) -> None:
        """Make the page."""
        if path:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        if not self.current_user:
            log.info("refused: %s came without the key", self.visitor)
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        if self.request.headers.get("Sec-Fetch-Dest", "document") not in _SHOWN_IN:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)  # a picture on some page that would only use up kernels
        if self.get_query_argument("token", None) is not None:
            # The key is in the cookie now; in an address it would be passed on and stay in histories.
            rest = [(name, self.get_query_argument(name)) for name in self.request.query_arguments]
            query = urlencode([(name, value) for name, value in rest if name != "token"])
            self.redirect(self.house.options.base_url + (f"?{query}" if query else ""))
            return
        asked = await self._asked()
        if asked is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        await self.house.make_room(self.owner)
        if self.house.sessions.is_full:
            log.warning("full: %s was turned away, %d pages are open", self.visitor, len(self.house.sessions))
            raise web.HTTPError(HTTPStatus.SERVICE_UNAVAILABLE)
        self.house.sessions.coming()
        try:
            await self._make(asked)
        finally:
            self.house.sessions.came()

    @allow_unauthenticated
    async def head(self, path: str | None = None) -> None:
        """Say whether the page could be had, to a page that has lost its kernel; nothing is started."""
        if path or await self._asked() is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        if not self.current_user:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        self.finish()

    async def _asked(self) -> Asked | None:
        plan, question = (self.get_query_argument(name, None) for name in ("plan", "question"))
        shelf = self.house.shelf
        return await asyncio.to_thread(shelf.ask, plan, question)

    async def _make(self, asked: Asked) -> None:
        owner = self.owner or secrets.token_urlsafe(24)
        if not self.owner:
            self.set_signed_cookie(
                self.house.cookie,
                owner,
                expires_days=None,
                httponly=True,
                samesite="Lax",
                secure=self.is_secure,
                path=self.house.options.base_url,
            )
        plan = None
        if asked.plan is not None:
            plan = await asyncio.to_thread(self.house.shelf.open, asked.plan)
        about = "the choice of a plan" if asked.plan is None else f"plan {asked.plan.rpartition('#')[2]}"
        about += f", question {asked.question}" if asked.question else ""

        def admit(kernel: str) -> None:
            self.house.kernels.admit(kernel, self.house.shelf.ticket(asked))
            session = self.house.sessions.open(kernel, owner, about)
            count = f"{len(self.house.sessions) - 1} of {self.house.sessions.limit}"
            pid = self.house.kernels.pid(kernel)
            log.info(
                "session %s: %s, from %s, process %s (%s)", session.short, about, self.visitor, pid, count
            )

        self._front = _Front(self.settings["kernel_manager"], admit)
        base = self.house.options.base_url
        async for snippet in self.get_generator(path=None):
            text = snippet
            if first.FIRST in text or first.HEAD in text:
                text = first.put(text, plan, asked.question, base)
            text = text.replace(STOPPED, said.notice(), 1)
            self.write(text)
            await self.flush()
        RequestInfoSocketHandler._cache.clear()  # noqa: SLF001 - Voilà keeps there what nobody fetches here


class _Front:
    """The kernels, as the making of one page sees them: which one it got is noted at once."""

    def __init__(self, kernels: Any, admit: Callable[[str], None]) -> None:
        self._kernels = kernels
        self._admit = admit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kernels, name)

    async def get_rendered_notebook(self, notebook_name: str, **_given: Any) -> Any:
        """Take a kernel that waits; the request's address, with what it may hold, is not passed on."""
        for _ in range(_TRIES):
            found = await self._kernels.get_rendered_notebook(notebook_name=notebook_name)
            if await self._kernels.lives(found[2]):
                break
            found[0].cancel()  # it died while it waited, and nobody has looked since
            await self._kernels.end(found[2])
        self._admit(found[2])
        return found

    async def start_kernel(self, **given: Any) -> str:
        """Start a kernel, where none waits."""
        kernel: str = await self._kernels.start_kernel(**given)
        self._admit(kernel)
        return kernel


class Socket(Door, VoilaKernelWebsocketHandler):
    """A kernel's socket, for the page that got the kernel."""

    def set_default_headers(self) -> None:
        """Leave a socket's headers to it."""

    def prepare(self, **_given: Any) -> Any:
        """Look at the host; the rest is a socket's own."""
        if not self.house.serves(self.request.host_name):
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        return super(Door, self).prepare()

    @allow_unauthenticated
    async def get(self, kernel_id: str) -> None:
        """Open the socket to who holds the key and the kernel."""
        if not self.current_user:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        self.own(kernel_id)
        answer: Any = super().get(kernel_id=kernel_id)
        await answer

    async def pre_get(self) -> None:
        """Get ready; a page that has left meanwhile, as one that is loaded again does, gets no socket."""
        ready: Any = super().pre_get()
        await ready
        if self.connection is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)

    async def open(self, kernel_id: str) -> None:
        """Note that the page is there."""
        self.house.sessions.connect(kernel_id, self)
        opened: Any = super().open(kernel_id)
        await opened

    def on_message(self, ws_message: Any) -> Any:
        """Pass on what a page of ours sends, and note that somebody does something."""
        if self.house.sessions.get(self.kernel_id) is None:
            return None  # its kernel has just been ended; the page sees its socket close
        header, content = _parts(ws_message)
        if not _is_allowed(header, content):
            log.warning("refused: a message of session %s", self.kernel_id[:8])
            return None
        if not _is_beat(content):
            self.house.sessions.touch(self.kernel_id)
        return super().on_message(ws_message)

    def on_close(self) -> None:
        """Note that the page is gone."""
        kernel = getattr(self, "kernel_id", "")
        self.house.sessions.disconnect(kernel, self)
        if getattr(self, "connection", None) is not None:
            super().on_close()


ALLOWED = ("comm_close", "comm_msg", "comm_info_request", "kernel_info_request")
"""The messages that a page may send, beside the one by which it asks for the widgets that are there."""


def _is_allowed(header: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether a message is one that a page of ours sends: no code, and no widget of the page's choice."""
    kind = header.get("msg_type")
    if kind == "comm_open":
        return content.get("target_name") == "jupyter.widget.control"
    return kind in ALLOWED


def _is_beat(content: dict[str, Any]) -> bool:
    """Whether a message is the walk's own, by which a page only asks whether its kernel is there."""
    data = content.get("data")
    inner = data.get("content") if isinstance(data, dict) else None
    return isinstance(inner, dict) and inner.get("do") == "ping"


def _parts(message: str | bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a message's header and content; of one that can't be read, nothing."""
    try:
        if isinstance(message, str):
            data = json.loads(message)
            return data["header"], data["content"]
        count = int.from_bytes(message[:8], "little")
        offsets = [
            int.from_bytes(message[8 * (each + 1) : 8 * (each + 2)], "little") for each in range(count)
        ]
        return (
            json.loads(message[offsets[1] : offsets[2]]),
            json.loads(message[offsets[4] : offsets[5]]),
        )
    except (ValueError, KeyError, IndexError, TypeError):
        return {}, {}


class Kernel(Door):
    """What a page may know of its kernel before it opens the socket; the front end asks for it."""

    @allow_unauthenticated
    def get(self, kernel: str) -> None:
        """Say that it is there."""
        session = self.own(kernel)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"id": session.kernel, "name": "python3"}))


class Leaving(Door):
    """Where a page says that it closes."""

    def check_xsrf_cookie(self) -> None:
        """Ask for the browser's own cookie instead, which another site's page can't send along."""

    @allow_unauthenticated
    async def post(self, kernel: str) -> None:
        """Take note."""
        session = self.own(kernel)
        self.house.sessions.leave(session.kernel)
        self.set_status(HTTPStatus.NO_CONTENT)
        self.finish()


class Key(Door):
    """What a link needs for others to open it, told to a page whose visitor has it already."""

    @allow_unauthenticated
    def get(self) -> None:
        """Say the server's key; nothing where it has none."""
        if not self.current_user:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(self.house.options.token)


class Health(Door):
    """Says that the server answers, to whoever watches it."""

    @allow_unauthenticated
    def get(self) -> None:
        """Say how many pages are open."""
        sessions = self.house.sessions
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        status = "full" if sessions.is_full else "ok"
        self.finish(json.dumps({"status": status, "sessions": len(sessions), "limit": sessions.limit}))


class Nothing(Door):
    """Everything else."""

    def check_xsrf_cookie(self) -> None:
        """Nothing is changed here."""

    @allow_unauthenticated
    async def prepare(self, **_given: Any) -> None:
        """Say that there is nothing."""
        raise web.HTTPError(HTTPStatus.NOT_FOUND)


class _Plain:
    """What doors to files share: they say nothing more than a number when there is none."""

    def set_extra_headers(self, path: str) -> None:
        """Say that nothing is to be guessed."""
        del path
        self.set_header("X-Content-Type-Options", "nosniff")  # type: ignore[attr-defined]

    def write_error(self, status_code: int, **_given: Any) -> None:
        """Say the number."""
        self.set_header("Content-Type", "text/plain")  # type: ignore[attr-defined]
        self.set_extra_headers("")
        self.finish(str(status_code))  # type: ignore[attr-defined]

    def log_exception(self, *_given: Any) -> None:
        """Say nothing: a file that is not there is nothing to look into."""


class Files(_Plain, web.StaticFileHandler):
    """Fonts and styles of the app."""


class Scripts(_Plain, MultiStaticFileHandler):
    """Voilà's own scripts."""


class Extensions(_Plain, FileFindHandler):
    """The front end's parts, wherever they are installed."""

    def initialize(self, path: Any, **_given: Any) -> None:  # type: ignore[override]
        """Look in all places where they may be."""
        super().initialize(path, no_cache_paths=["/"])

    @allow_unauthenticated
    def get(self, path: str, include_body: bool = True) -> Any:  # noqa: FBT001, FBT002 - as Tornado calls it
        """Send one."""
        return web.StaticFileHandler.get(self, path, include_body)
