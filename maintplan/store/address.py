"""What an address names: a plan file, or a plan in a database.

An address ends up in notebooks, logs and error texts. One that holds a password is therefore refused, and
no error here repeats an address that could.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from maintplan.errors import InputError, Where

Kind = Literal["path", "sqlite", "postgresql"]

_DATABASES = "sqlite|postgres|postgresql|mysql|mariadb|oracle|mssql"
_SCHEME = re.compile(
    rf"(?P<any>[a-z][a-z0-9+.-]*)://|(?P<database>{_DATABASES})(?:\+[a-z0-9_]+)?:", re.IGNORECASE
)
_SECRETS = frozenset({"password", "passwd", "pwd", "pass", "sslpassword"})
_ASSIGNED = re.compile(rf"\b(?:{'|'.join(sorted(_SECRETS))})\s*=\s*\S", re.IGNORECASE)


def kind(address: str | Path) -> Kind:
    """Say what kind of address it is.

    Raises
    ------
    InputError
        For one that holds a password, and for one of a kind that maintplan does not know.
    """
    if isinstance(address, Path):
        return "path"
    found = _SCHEME.match(address)
    if _holds_password(address, found):
        raise InputError(
            "the address of the plan holds a password",
            Where(path="plan"),
            "give it in the environment (PGPASSWORD) or in the usual password file; "
            "where it stood in a notebook's parameter, change it: the notebook is stored with it",
        )
    if found is None:
        return "path"
    scheme = (found["any"] or found["database"]).partition("+")[0].lower()
    if scheme == "sqlite":
        return "sqlite"
    if scheme in ("postgres", "postgresql"):
        return "postgresql"
    what = f"a plan can't be opened by {scheme}"
    raise InputError(what, Where(path="plan"), "name a plan file, such as plan.yaml")


def path(address: str | Path) -> Path:
    """Return the file that an address names.

    Raises
    ------
    InputError
        When it is empty or names no file.
    """
    if "\0" in str(address):
        raise InputError("the address of the plan holds a null character", Where(path="plan"), "take it out")
    if kind(address) != "path":
        raise InputError("plans in a database can't be opened yet", Where(path="plan"), "name a plan file")
    if not str(address).strip():
        raise InputError("the address of the plan is empty", Where(path="plan"), "name a plan file")
    return Path(address)


def _holds_password(address: str, scheme: re.Match[str] | None) -> bool:
    if _ASSIGNED.search(address):
        return True
    if scheme is None:
        return False
    rest = address[scheme.end() :]
    try:
        parts = urlsplit(address)
    except ValueError:  # its text would repeat the address
        parts = None
    if parts is None or scheme["database"]:
        return ":" in rest.lstrip("/").rpartition("@")[0]
    if "@" in parts.netloc:
        return ":" in parts.netloc.rpartition("@")[0]
    # `user:pass/word@host`: a password with a mark in it that should have been escaped.
    port = parts.netloc.partition(":")[2]
    suspicious = not port.isdigit() or "@" in parts.path or parts.path in ("", "/")
    return bool(port) and "@" in rest[len(parts.netloc) :] and suspicious
