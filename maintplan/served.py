"""What the server tells the notebook of the page that it runs for.

A kernel is started before anybody asks for a page. The server names a file to it, in a private folder and
under a name that nobody can guess. When it gives the kernel to a page it writes a ticket there: which plans
it serves, and which plan and question the page's link asked for. The notebook waits for it. So nothing of a
visitor passes through an address or a socket that a page could reach, and what the kernel may open is the
server's word, never the page's.

Outside of a server there is no such file, and the notebook goes by its parameters.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

TICKET = "MAINTPLAN_TICKET"
"""The environment variable that names the ticket's file."""

LOG = "MAINTPLAN_PAGE_LOG"
"""The environment variable that names the file from which the server takes the kernel's log lines."""

_PAUSE = 0.02
"""Seconds between two looks for the ticket."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Ticket:
    """One page, as the server has let it in.

    Attributes
    ----------
    store
        The address of the store whose plans may be opened and begun, without a name; None where the server
        serves one plan alone.
    plan
        The address of the plan to open; None where the page begins with the choice of one.
    question
        The id of the question that the link asked for.
    template
        The template of a plan that is begun.
    base_url
        The path below which the app is served, with a slash at both ends.
    upload_limit
        The largest file that a page may send, in bytes.
    """

    store: str | None
    plan: str | None
    question: str | None
    template: str
    base_url: str = "/"
    upload_limit: int = 10_000_000

    def text(self) -> str:
        """Return the ticket as it is written into its file."""
        return json.dumps(asdict(self))


@cache
def ticket() -> Ticket | None:
    """Wait for the page that this kernel is for; None outside of a server."""
    name = os.environ.get(TICKET)
    if not name:
        return None
    path = Path(name)
    while True:
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            time.sleep(_PAUSE)
            continue
        path.unlink(missing_ok=True)
        return Ticket(**json.loads(text))


def without(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for what a page's kernel starts: that is no page, and waits for no ticket."""
    return {name: value for name, value in environment.items() if name not in (TICKET, LOG)}


@cache
def log() -> logging.Logger:
    """Return the logger whose lines reach the server's log; outside of a server they go to standard error."""
    logger = logging.getLogger("maintplan.page")
    if name := os.environ.get(LOG):
        handler = logging.FileHandler(name, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    return logger


def reference() -> str:
    """Return a new reference: what a page says of a failure, and under what the log has the rest.

    It is short enough to be told on the telephone.
    """
    return "".join(secrets.choice(_LETTERS) for _ in range(6))
