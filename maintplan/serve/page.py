"""The door to the app's page: who may come in, and how the page is made."""

from __future__ import annotations

import asyncio
import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jinja2
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web
from voila.request_info_handler import RequestInfoSocketHandler
from voila.tornado.handler import TornadoVoilaHandler

from maintplan import resources
from maintplan.serve import said
from maintplan.serve.doors import Door
from maintplan.widgets import first

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from maintplan.serve.shelf import Asked

log = logging.getLogger("maintplan.serve")

STOPPED = "<!--maintplan:stopped-->"
"""Where the page's template wants the sentence that it shows when the notebook fails."""

_STILL_WAITING = "<script>window.voila_heartbeat()</script>\n"
"""What Voilà sends every few seconds while a cell runs; for ever, where the kernel did not even start."""

_TRIES = 4
"""Kernels of the pool that may be dead before a page is given up."""

_SHOWN_IN = ("document", "iframe", "frame")


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
            if "text/html" in self.request.headers.get("Accept", ""):  # and not a hub that looks every minute
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
            self.know_again(owner)
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

        front = self._front = _Front(self.settings["kernel_manager"], admit)
        base = self.house.options.base_url
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.write(first.put(_beginning(base), plan, asked.question, base).replace(STOPPED, said.notice(), 1))
        await self.flush()
        async for text in self._rest(front):
            self.write(text)
            await self.flush()
        RequestInfoSocketHandler._cache.clear()  # noqa: SLF001 - Voilà keeps there what nobody fetches here

    async def _rest(self, front: _Front) -> AsyncIterator[str]:
        """Yield what Voilà makes, without the beginning, which it makes as well."""
        before: str | None = ""
        async for snippet in self.get_generator(path=None):
            if snippet == _STILL_WAITING and not await front.lives():
                raise ConnectionError("the kernel has ended before the page was made")
            text = snippet
            if before is not None:
                before += snippet
                _, found, text = before.partition(STOPPED)
                before = None if found else before
            yield text


def _beginning(base_url: str) -> str:
    """Return the page up to its cells, which waits for no kernel."""
    loader = jinja2.FileSystemLoader(resources.app_template())
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("beginning.html.j2")
    return template.render(resources={"base_url": base_url})


class _Front:
    """The kernels, as the making of one page sees them: which one it got is noted at once."""

    def __init__(self, kernels: Any, admit: Callable[[str], None]) -> None:
        self._kernels = kernels
        self._admit = admit
        self._kernel = ""

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
        self._take(found[2])
        return found

    async def start_kernel(self, **given: Any) -> str:
        """Start a kernel, where none waits."""
        kernel: str = await self._kernels.start_kernel(**given)
        self._take(kernel)
        return kernel

    async def lives(self) -> bool:
        """Whether the page's kernel is there."""
        return bool(await self._kernels.lives(self._kernel))

    def _take(self, kernel: str) -> None:
        self._kernel = kernel
        self._admit(kernel)
