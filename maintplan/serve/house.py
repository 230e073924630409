"""What the doors go by: the plans, the pages that are open, and how their kernels are given back."""

from __future__ import annotations

import asyncio
import hashlib
import logging

from maintplan.serve.kernels import Kernels
from maintplan.serve.options import Options, is_loopback
from maintplan.serve.pool import Pool
from maintplan.serve.sessions import Session, Sessions
from maintplan.serve.shelf import Shelf

log = logging.getLogger("maintplan.serve")

_LEVELS = {name: logging.getLevelName(name) for name in ("INFO", "WARNING", "ERROR", "CRITICAL")}

_LETTING_GO = 20
"""Tenths of a second that a page which is loaded again may take to let go of its kernel."""


class House:
    """One server, as its doors know it.

    Parameters
    ----------
    options
        What the server was told.
    shelf
        The plans that it serves.

    Attributes
    ----------
    kernels, pool
        The kernels, and those of them that wait, from the moment on at which Voilà has begun with them.
    """

    kernels: Kernels
    pool: Pool

    def __init__(self, options: Options, shelf: Shelf) -> None:
        self.options = options
        self.shelf = shelf
        self.sessions = Sessions(options.sessions, options.grace, options.idle)
        self.cookie = f"maintplan-browser-{hashlib.sha256(options.base_url.encode()).hexdigest()[:8]}"
        self._ending: set[str] = set()

    def serves(self, host: str) -> bool:
        """Whether a request that names a host is for us."""
        if self.options.token or self.options.trusted or not self.options.is_local:
            return True
        return is_loopback(host.strip("[]"))

    async def make_room(self, owner: str) -> None:
        """Where all pages are taken, give back one that has been left, the visitor's own first."""
        # A page that is loaded again asks for the new page before it lets go of the old one.
        for _ in range(_LETTING_GO if owner and self.sessions.of(owner) else 1):
            if not self.sessions.is_full:
                return
            left = [*(self.sessions.left_by(owner) if owner else []), *self.sessions.left_by()]
            if left:
                await self.close(left[0].kernel, "its page is closed, and another one is asked for")
            else:
                await asyncio.sleep(0.1)

    async def end(self, kernel: str) -> None:
        """End a kernel, whatever it is for."""
        if kernel in self._ending:
            return
        self._ending.add(kernel)
        try:
            await self.kernels.end(kernel)
        except Exception:
            log.exception("kernel %s can't be ended", kernel[:8])
        finally:
            self._ending.discard(kernel)

    async def close(self, kernel: str, why: str) -> None:
        """End a session and its kernel."""
        session = self.sessions.close(kernel)
        if session is not None:
            count = f"{len(self.sessions)} of {self.sessions.limit}"
            log.info("session %s: ended, %s (%s)", session.short, why, count)
            for socket in list(session.sockets):
                socket.close(4410, "ended")
        await self.end(kernel)

    async def look(self) -> bool:
        """Look at the kernels: who speaks, who has died, who is not needed; say if one died that waited."""
        died = False
        for kernel in self.kernels.list_kernel_ids():
            session = self.sessions.get(kernel)
            self._pass_on(kernel, session)
            if kernel not in self._ending and not await self.kernels.lives(kernel):
                if session is not None:
                    log.error("session %s: its kernel has died (%s)", kernel[:8], session.about)
                died = died or session is None
                await self.close(kernel, "its kernel has died")
        for session, why in self.sessions.over():
            await self.close(session.kernel, why)
        return died

    def _pass_on(self, kernel: str, session: Session | None) -> None:
        """Log what a kernel has logged, as gravely as it was meant; a traceback goes with the line before."""
        level = logging.INFO
        for line in self.kernels.said(kernel):
            word, _, rest = line.partition(" ")
            begins = word in _LEVELS
            level = _LEVELS.get(word, level)
            about = f" ({session.about})" if begins and session is not None else ""
            log.log(level, "session %s%s: %s", kernel[:8], about, rest if begins else line)
