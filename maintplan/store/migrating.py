"""Bringing a store's tables up to date with Alembic, inside one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from maintplan.store.database import MIGRATIONS, write_ahead

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_LOCK = 7_016_243_811
"""The number of PostgreSQL's advisory lock under which one program at a time brings a database up to date."""


def known() -> set[str]:
    """Return the names of all migrations that ship with this version."""
    return {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Run the migrations that a database has not seen yet, one program at a time."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    elif not connection.get_execution_options().get("maintplan_writes"):
        # A reader becomes a writer here; at once, so that two of them do not wait for each other.
        connection.exec_driver_sql("ROLLBACK")
        write_ahead(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
