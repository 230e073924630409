"""The tables of a store, as the newest migration leaves them.

A plan is its revisions: each is one whole plan document, never changed once it is written. Beside the
document stand the few facts of it that a list of plans shows, so that a list reads no documents.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, Table, Text, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

HEAD = "0001"
"""The newest migration; a test compares it with the folder `migrations`."""

VERSIONS = "maintplan_version"
"""The table in which Alembic keeps the migration that a database is at."""


class Moment(TypeDecorator[dt.datetime]):
    """A moment, kept in UTC; SQLite would forget that."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn it into UTC."""
        del dialect
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Say that it is UTC."""
        del dialect
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


metadata = MetaData()

plans = Table(
    "maintplan_plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("revision", Integer, nullable=False),
)

revisions = Table(
    "maintplan_revisions",
    metadata,
    Column("plan", Integer, ForeignKey("maintplan_plans.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("saved", Moment, nullable=False),
    Column("author", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
)
