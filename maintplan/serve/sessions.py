"""Which kernel belongs to which page, and when it is given back.

A session is one open page: its kernel, and the browser that it was given to. Whether somebody is still there
is told by the page's socket alone, which the server pings: a browser that has died closes it, a network that
has gone lets the pings go unanswered. A page that has just been closed may be a page that is loading again,
so its kernel waits for a little while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Session:
    """One open page.

    Attributes
    ----------
    kernel
        The id of its kernel.
    owner
        The secret of the browser that it belongs to.
    about
        What it is for, in words for the log.
    """

    kernel: str
    owner: str = field(repr=False)
    about: str = ""
    opened: float = 0.0
    touched: float = 0.0
    left: float = 0.0
    leaving: bool = False
    sockets: set[Any] = field(default_factory=set)

    @property
    def short(self) -> str:
        """The name that the log gives it."""
        return self.kernel[:8]


class Sessions:
    """All open pages of a server.

    Parameters
    ----------
    limit
        How many there may be.
    grace
        Seconds that a session without a socket is kept.
    idle
        Seconds that a session is kept in which nothing is done.
    clock
        Tells the seconds.
    """

    def __init__(self, limit: int, grace: float, idle: float, clock: Any = time.monotonic) -> None:
        self.limit = limit
        self._grace = grace
        self._idle = idle
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._coming = 0

    def __len__(self) -> int:
        return len(self._open) + self._coming

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._open.values()))

    @property
    def is_full(self) -> bool:
        """Whether there is no room for one more page."""
        return len(self) >= self.limit

    def get(self, kernel: str) -> Session | None:
        """Return the session of a kernel."""
        return self._open.get(kernel)

    def coming(self) -> None:
        """Keep room for a page that is being made."""
        self._coming += 1

    def came(self) -> None:
        """Give the room that was kept back."""
        self._coming -= 1

    def open(self, kernel: str, owner: str, about: str = "") -> Session:
        """Give a kernel to a browser."""
        now = self._clock()
        session = Session(kernel, owner, about, opened=now, touched=now, left=now)
        self._open[kernel] = session
        return session

    def connect(self, kernel: str, socket: Any) -> None:
        """Note that a page has opened its socket."""
        if session := self._open.get(kernel):
            session.sockets.add(socket)
            self.touch(kernel)

    def touch(self, kernel: str) -> None:
        """Note that a page does something."""
        if session := self._open.get(kernel):
            session.touched = self._clock()
            session.leaving = False

    def disconnect(self, kernel: str, socket: Any) -> None:
        """Note that a page's socket is closed."""
        if session := self._open.get(kernel):
            session.sockets.discard(socket)
            session.left = self._clock()

    def leave(self, kernel: str) -> None:
        """Note that a page says that it closes; it may still think better of it."""
        if session := self._open.get(kernel):
            session.leaving = True

    def close(self, kernel: str) -> Session | None:
        """Take a session out."""
        return self._open.pop(kernel, None)

    def over(self) -> Iterator[tuple[Session, str]]:
        """Yield the sessions that are over, and why."""
        now = self._clock()
        for session in self:
            if not session.sockets and (session.leaving or now - session.left >= self._grace):
                yield session, "its page is closed"
            elif now - session.touched >= self._idle:
                yield session, f"nothing was done for {self._idle / 60:.0f} minutes"

    def left_by(self, owner: str | None = None) -> list[Session]:
        """Return the sessions whose pages are gone, the longest gone first.

        Parameters
        ----------
        owner
            The browser whose sessions are meant; of its own pages, those that are just closing count as gone.
        """
        gone = [each for each in self if not each.sockets and each.left > each.opened]
        if owner is not None:
            gone = [each for each in self if each.owner == owner and (each in gone or each.leaving)]
        return sorted(gone, key=lambda each: each.left)

    def of(self, owner: str) -> list[Session]:
        """Return the sessions of one browser."""
        return [each for each in self if each.owner == owner]
