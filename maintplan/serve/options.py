"""What a server is told when it is started."""

from __future__ import annotations

import ipaddress
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from maintplan.errors import InputError, SaveError, Where

TOKEN = "MAINTPLAN_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the key of the app's links."""

GRACE, IDLE, POOL = "MAINTPLAN_GRACE", "MAINTPLAN_IDLE", "MAINTPLAN_POOL"
"""The environment variables that hold other numbers for the options of the same names."""

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Options:
    """One server.

    Attributes
    ----------
    plan
        The address of a plan or of a store; None for a store in the user's data folder.
    template
        The template of plans that are begun.
    port, ip, base_url
        Where it listens, and below which path; port 0 takes a free one.
    sessions
        How many pages may be open at once.
    upload_limit
        The largest file that a page may send, in bytes.
    trusted
        Addresses of proxies whose word on a visitor's address and protocol counts.
    token
        The key that a link has to hold; empty for none.
    pool
        How many kernels wait for the next visitors.
    grace
        Seconds that the kernel of a closed page waits for the page to come back.
    idle
        Seconds after which a page that nobody touches gives its kernel back.
    """

    plan: str | None = None
    template: str = "maintenance-rollout"
    port: int = 8866
    ip: str = "127.0.0.1"
    base_url: str = "/"
    sessions: int = 20
    upload_limit: int = 10 * MEGABYTE
    trusted: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    pool: int = 2
    grace: float = 60
    idle: float = 30 * 60

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.ip)


def is_loopback(ip: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if ip == "localhost":
        return True
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


def number(name: str, default: float, least: float) -> float:
    """Return a number from the environment.

    Raises
    ------
    InputError
        When it is none, or too small.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        found = float(text)
    except ValueError:
        found = -1
    if not least <= found < 1e9:  # noqa: PLR2004
        raise InputError(f"{name} is {text[:40]!r}", Where(path=name), f"write a number, {least:g} or more")
    return found


def base_url(text: str) -> str:
    """Return a path with a slash at both ends.

    Raises
    ------
    InputError
        For what is no path.
    """
    if "://" in text or any(each in text for each in "?#\\ ") or ".." in text.split("/"):
        mend = "write the path alone, such as /plans/"
        raise InputError(f"{text[:80]!r} is no path", Where(path="--base-url"), mend)
    inner = text.strip("/")
    return f"/{inner}/" if inner else "/"


def token(ip: str) -> str:
    """Return the key of the links: the environment's, else a new one wherever others can reach the server."""
    given = os.environ.get(TOKEN, "").strip()
    return given or ("" if is_loopback(ip) else secrets.token_urlsafe(24))


def default_store() -> str:
    """Return the address of the store in the user's data folder, which nobody else may read.

    Raises
    ------
    SaveError
        When the folder can't be made.
    """
    from platformdirs import user_data_path  # noqa: PLC0415 - asked by the server alone

    folder: Path = user_data_path("maintplan", appauthor=False)
    try:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            folder.chmod(0o700)  # whatever the umask is
    except OSError as error:
        what = f"the folder for plans can't be made: {(error.strerror or str(error)).lower()}"
        raise SaveError(what, Where(str(folder)), "name a store: --plan sqlite:///plans.db") from None
    return f"sqlite:///{folder / 'plans.db'}"
