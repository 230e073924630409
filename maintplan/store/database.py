"""A database that holds plans: reached, brought up to date, and what it answers said in one line.

Two kinds are known, SQLite and PostgreSQL. Each transaction opens a connection of its own and closes it: a
program that holds a plan open for hours holds no connection, and a process that forks hands none on. What a
database refuses becomes one of the kit's errors here; nothing above sees SQLAlchemy's.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from maintplan.errors import InputError, MaintplanError, MissingExtra, SaveError, Where
from maintplan.store.tables import HEAD, VERSIONS

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from maintplan.store.address import StoreAddress

MIGRATIONS = Path(__file__).with_name("migrations")

WAIT = 5
"""Seconds to wait for another program that is writing."""

AGAIN = 0.5
"""Seconds to wait for it once it was waited for in vain: a page tries again every few seconds, and must not
stand still all that time."""

_ROOM = 64 * 1024
"""Bytes that SQLite needs free beside a database; where they are not, it says that the disk is failing."""

_BUSY = "another program is writing"

_CONNECT = 10
"""Seconds to wait for a PostgreSQL server to answer."""


class Database:
    """One database.

    Parameters
    ----------
    address
        Where it is.
    """

    def __init__(self, address: StoreAddress) -> None:
        self.address = address
        self.shown = address.store
        self._is_ready = False
        self._wait: float = WAIT

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.address.database) if self.address.kind == "sqlite" else None

    @property
    def folder(self) -> Path:
        """Where relative paths in its plans begin."""
        return self.address.folder

    @property
    def is_there(self) -> bool:
        """Whether there is anything to read; an SQLite database is made by its first plan."""
        return self.file is None or self.file.exists()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that reads.

        Raises
        ------
        InputError
            When the database can't be read.
        """
        with self._told(InputError):
            with self._engine.connect() as connection, connection.begin():
                self._prepare(connection)
                yield connection
            self._is_ready = True

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes; it is kept when the block ends well, else nothing of it is.

        Raises
        ------
        SaveError
            When nothing can be written; what is there stands as it was.
        """
        with self._told(SaveError):
            if self.file is not None and not self.file.parent.is_dir():
                what = f"there is no folder {str(self.file.parent)!r}"
                raise SaveError(what, Where(self.shown), "make the folder, or choose another")
            self._is_ready = self._is_ready and self.is_there
            with self._engine.connect() as connection:
                connection.execution_options(maintplan_writes=True)
                with connection.begin():
                    self._prepare(connection)
                    yield connection
            self._is_ready = True
            self._wait = WAIT

    def hold(self, connection: Connection, name: str) -> None:
        """Let nobody else write a plan until the transaction ends; of SQLite that holds for all of them."""
        if self.file is None:
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})

    @cached_property
    def _engine(self) -> Engine:
        if self.file is not None:
            return _sqlite(self.file, lambda: self._wait)
        try:
            return _postgresql(self.address.database, lambda: self._wait)
        except ModuleNotFoundError:
            raise MissingExtra("a plan in PostgreSQL can't be opened", "postgresql") from None

    # --- migrations ------------------------------------------------------------------------------------

    def _prepare(self, connection: Connection) -> None:
        """Bring the tables up to date, the first time."""
        if self._is_ready:
            return
        there = inspect(connection).get_table_names()
        version = None
        if VERSIONS in there:
            version = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608
        elif self.file is not None and there:
            what = "this database holds something else than plans"
            raise InputError(what, Where(self.shown), "name another file")
        if version != HEAD:
            self._migrate(connection, version)

    def _migrate(self, connection: Connection, version: str | None) -> None:
        from maintplan.store import migrating  # noqa: PLC0415 - most databases are up to date

        if version is not None and version not in migrating.known():
            what = "the database was written by a newer version of maintplan"
            raise InputError(what, Where(self.shown), "update maintplan")
        migrating.upgrade(connection)

    # --- errors ----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _told(self, kind: type[MaintplanError]) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            self._refuse(error, kind)

    def _refuse(self, error: SQLAlchemyError, kind: type[MaintplanError]) -> NoReturn:
        cause = getattr(error, "orig", None)
        if isinstance(cause, sqlite3.Error):
            what, mend = _sqlite_says(cause, self.file)
        elif cause is not None:
            what, mend = _postgresql_says(cause)
        else:
            what, mend = f"the database can't be used: {type(error).__name__}", "look at its own log"
        if what.startswith(_BUSY):
            self._wait = AGAIN
        raise kind(what, Where(self.shown), mend) from None


def _sqlite(file: Path, wait: Callable[[], float]) -> Engine:
    # Not `rwc` where the file is there: a link to nothing, or a folder, shall not become a database.
    address = "file:" + quote(str(file.absolute()))

    def connect() -> sqlite3.Connection:
        mode = "rw" if file.exists() else "rwc"
        return sqlite3.connect(f"{address}?mode={mode}", uri=True, timeout=wait(), isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        if connection.get_execution_options().get("maintplan_writes"):
            write_ahead(connection)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def write_ahead(connection: Connection) -> None:
    """Let readers of an SQLite file never wait for a writer; the file remembers it."""
    if connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal":
        return
    try:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorname", "") != "SQLITE_BUSY":
            raise  # busy: another program is at it, and does this for us


def _postgresql(database: str, wait: Callable[[], float]) -> Engine:
    url = make_url(f"postgresql+psycopg://{database}")
    url = url.update_query_dict(
        {
            name: value
            for name, value in (("connect_timeout", str(_CONNECT)), ("application_name", "maintplan"))
            if name not in url.query
        }
    )
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        if connection.get_execution_options().get("maintplan_writes"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{1000 * wait():.0f}ms'")

    return engine


def _sqlite_says(error: sqlite3.Error, file: Path | None) -> tuple[str, str]:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{_BUSY} to the database", "try again in a moment"
    if name.startswith("SQLITE_FULL") or (name.startswith("SQLITE_IOERR") and _is_full(file)):
        return "the disk is full", "make room, then save again"
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return "the database may not be written", "check its permissions and those of the folder around it"
    if name.startswith("SQLITE_CANTOPEN"):
        return "the database can't be opened", "check its path, its permissions and those of its folder"
    if name.startswith("SQLITE_NOTADB"):
        return "this is no SQLite database", "name another file"
    if name.startswith("SQLITE_CORRUPT"):
        return "the database is damaged", "bring it back from its backup"
    return f"the database can't be used: {str(error) or name}", "look at its disk and its permissions"


def _is_full(file: Path | None) -> bool:
    """Whether there is no room for the small file through which the programs at a database see each other."""
    if file is None:
        return False
    with contextlib.suppress(OSError):
        return shutil.disk_usage(file.absolute().parent).free < _ROOM
    return False


def _postgresql_says(error: BaseException) -> tuple[str, str]:
    state = getattr(error, "sqlstate", None) or ""
    words = " ".join(str(error).split())
    if state.startswith("28") or any(each in words for each in ("password", "authentication", "role")):
        mend = "check its name, and give its password in PGPASSWORD or in ~/.pgpass"
        return "the database server refuses the user", mend
    if state == "3D000" or ("database" in words and "does not exist" in words):
        return "the server has no such database", "make it with createdb, or name another"
    if state in ("53100", "53200"):
        return "the disk of the database server is full", "make room there, then save again"
    if state in ("25006", "42501"):
        return "the database may not be written", "grant the user the right to, or name another database"
    if state == "55P03":
        return f"{_BUSY} to the plan", "try again in a moment"
    if not state or state.startswith(("08", "57P")):
        return "the database server does not answer", "check the address, and that the server runs"
    return f"the database refuses: {words[:200]}", "look at the server's log"
