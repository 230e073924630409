"""What all doors of the server share, and the small ones.

The page (`serve.page`) is for who holds the key. A kernel's socket (`serve.channels`), and the word that its
page closes, are for the browser that the kernel was given to. The scripts, styles and fonts of the app
(`serve.files`) are for everybody. There is no other door: no file of the folder, no list of kernels, no
notebook, nothing to run.
"""

from __future__ import annotations

import json
import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import iostream, web

from maintplan.serve import said
from maintplan.served import reference

if TYPE_CHECKING:
    from maintplan.serve.house import House
    from maintplan.serve.sessions import Session

log = logging.getLogger("maintplan.serve")

_MOST_COOKIES = 7
KERNEL = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
"""How a kernel is called in an address."""

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
    def owners(self) -> list[str]:
        """The secrets of the browser that asks; several where its first pages came at the same moment."""
        held = [self.get_signed_cookie(name) for name in self._named_by_us()]
        return [each.decode("ascii", "replace") for each in held if each]

    @property
    def owner(self) -> str:
        """The secret under which the browser gets its pages; empty for one that has none yet."""
        return next(iter(self.owners), "")

    def know_again(self, owner: str) -> None:
        """Give the browser a secret, beside what another page of it may be getting just now.

        Under one name the later of the two would be kept, and the other page be refused as a stranger's. What
        it has from another server, or from one before this, it keeps, but for the oldest of many.
        """
        path = self.house.options.base_url
        for name in self._named_by_us()[:-_MOST_COOKIES]:
            self.clear_cookie(name, path=path)
        self.set_signed_cookie(
            f"{self.house.cookie}-{secrets.token_hex(4)}",
            owner,
            expires_days=None,
            httponly=True,
            samesite="Lax",
            secure=self.is_secure,
            path=path,
        )

    def _named_by_us(self) -> list[str]:
        return sorted(name for name in self.cookies if name.startswith(self.house.cookie))

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
        if not any(secrets.compare_digest(session.owner, each) for each in self.owners):
            log.warning(
                "refused: %s asked for session %s, which is another browser's", self.visitor, kernel[:8]
            )
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        return session

    def write_error(self, status_code: int, **given: Any) -> None:
        """Say in one sentence what is wrong; what nobody expected goes to the log with its traceback."""
        number = None
        if status_code >= HTTPStatus.INTERNAL_SERVER_ERROR and status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            number = reference()
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
        """Leave the log to `write_error`, unless the page has begun already: it ends with a notice then."""
        if isinstance(error, iostream.StreamClosedError):
            log.info("%s left before the page was made", self.visitor)
        elif self._headers_written:
            number = reference()
            log.error("reference %s: the page broke off", number, exc_info=(kind, error, trace))
            self.write(said.stopped(number))


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
        """Say how many pages are open, and whether kernels can be had for more."""
        sessions = self.house.sessions
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        status = "full" if sessions.is_full else "ok"
        if self.house.pool.is_failing:
            status = "failing"
            self.set_status(HTTPStatus.SERVICE_UNAVAILABLE)
        self.finish(json.dumps({"status": status, "sessions": len(sessions), "limit": sessions.limit}))


class Nothing(Door):
    """Everything else."""

    def check_xsrf_cookie(self) -> None:
        """Nothing is changed here."""

    @allow_unauthenticated
    async def prepare(self, **_given: Any) -> None:
        """Say that there is nothing."""
        raise web.HTTPError(HTTPStatus.NOT_FOUND)
