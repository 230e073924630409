"""What an address names: a plan file, or a plan in a database.

A database is named as SQLAlchemy names it, the plan in it after a hash mark, and a past revision of it after
an at sign: ``sqlite:///plans.db#directory``, ``postgresql+psycopg://db.example/plans#directory@3``.

An address ends up in notebooks, logs and error texts. One that holds a password is therefore refused, and
no error here repeats an address that could.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
_NAME = re.compile(r"[^\W_][\w.-]{0,99}")
_REVISION = re.compile(r"(?P<name>.*)@(?P<revision>[0-9]{1,9})", re.DOTALL)
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


@dataclass(frozen=True)
class StoreAddress:
    """A database, and the plan in it that an address names.

    Attributes
    ----------
    kind
        What kind of database it is.
    database
        Of SQLite the file as it was named, of PostgreSQL everything behind the scheme.
    name
        The plan's name; None where the address names the database alone.
    revision
        The past revision that is meant; None for the plan as it is now.
    """

    kind: Literal["sqlite", "postgresql"]
    database: str
    name: str | None = None
    revision: int | None = None

    @property
    def store(self) -> str:
        """The address of the database alone."""
        return f"{_WRITTEN[self.kind]}{self.database}"

    @property
    def folder(self) -> Path:
        """Where relative paths in its plans begin: an SQLite file's folder, else where the work is done."""
        return Path(self.database).resolve().parent if self.kind == "sqlite" else Path.cwd()

    def __str__(self) -> str:
        revision = "" if self.revision is None else f"@{self.revision}"
        return self.store if self.name is None else f"{self.store}#{self.name}{revision}"


_WRITTEN = {"sqlite": "sqlite:///", "postgresql": "postgresql+psycopg://"}


def parse(address: str | Path) -> Path | StoreAddress:
    """Return the file, or the place in a database, that an address names.

    Raises
    ------
    InputError
        When it names nothing, or holds a password.
    """
    if "\0" in str(address):
        raise InputError("the address of the plan holds a null character", Where(path="plan"), "take it out")
    found = kind(address)
    if found == "path":
        if not str(address).strip():
            raise InputError("the address of the plan is empty", Where(path="plan"), "name a plan file")
        return Path(address)
    scheme, _, rest = str(address).partition(":")
    database, hash_mark, name = rest.rpartition("#") if "#" in rest else (rest, "", "")
    database = database.removeprefix("//")
    if found == "sqlite":
        _check_sqlite(database)
        database = database.removeprefix("/")
    elif "+" in scheme and not scheme.lower().endswith("+psycopg"):
        what = f"PostgreSQL can't be reached by {scheme.partition('+')[2][:40]}"
        raise InputError(what, Where(path="plan"), "write postgresql+psycopg://...")
    return _named(StoreAddress(found, database), name if hash_mark else None)


def _check_sqlite(database: str) -> None:
    # sqlite:///relative.db, sqlite:////absolute.db; a host has no meaning there
    if not database.startswith("/") or database.strip("/ ") in ("", ":memory:"):
        mend = "name its file behind three slashes: sqlite:///plans.db#name"
        raise InputError("the address names no file of a database", Where(path="plan"), mend)
    if "?" in database:
        raise InputError("an SQLite database takes no options", Where(path="plan"), "take out the ? part")


def _named(database: StoreAddress, name: str | None) -> StoreAddress:
    if name is None:
        return database
    dated = _REVISION.fullmatch(name)
    revision = int(dated["revision"]) if dated else None
    return StoreAddress(
        database.kind, database.database, checked_name(dated["name"] if dated else name), revision
    )


def checked_name(name: str) -> str:
    """Return the name of a plan in a database.

    Raises
    ------
    InputError
        For one that could not stand in an address.
    """
    if not _NAME.fullmatch(name):
        what = f"{name[:40]!r} can't be the name of a plan in a database"
        mend = "use letters, digits, -, _ and ., and begin with a letter or digit"
        raise InputError(what, Where(path="plan"), mend)
    return name


def path(address: str | Path) -> Path:
    """Return the file that an address names.

    Raises
    ------
    InputError
        When it is empty or names no file.
    """
    found = parse(address)
    if isinstance(found, Path):
        return found
    raise InputError("a plan in a database is no file", Where(path="plan"), "name a plan file")


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
    if "@" in parts.netloc:  # `user:@host`, as some tools write it, holds none
        return bool(parts.netloc.rpartition("@")[0].partition(":")[2])
    # `user:pass/word@host`: a password with a mark in it that should have been escaped.
    port = parts.netloc.partition(":")[2]
    suspicious = not port.isdigit() or "@" in parts.path or parts.path in ("", "/")
    return bool(port) and "@" in rest[len(parts.netloc) :] and suspicious
