"""Where the plans lie that others inherit from: a file, or a place in a database.

From a file, the other plans are named relative to it. From a database, ``#postgres`` is another plan of the
same database; a path is relative to the folder of an SQLite database, and to the working directory where the
database is elsewhere.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from maintplan.documents import Lines
from maintplan.errors import InputError, Where
from maintplan.plan.model import Approved, Plan
from maintplan.store import address
from maintplan.store.loading import Banks, load


class Source(Protocol):
    """A plan that may be inherited from, and where it lies."""

    @property
    def key(self) -> Hashable:
        """What tells it from all others."""

    @property
    def name(self) -> str:
        """What errors call it."""

    @property
    def seen(self) -> str:
        """What it is called in the plan that is being opened, whatever folder the work is done in."""

    def beside(self, written: str) -> Source:
        """Return another plan, named as this one names it."""

    def snapshot(self, approved: Approved) -> Source:
        """Return the approved snapshot of this plan."""

    def load(self, banks: Banks) -> tuple[Plan, Lines] | None:
        """Read it, without what it inherits itself; None where there is none."""


@dataclass(frozen=True)
class InFile:
    """A plan in a file."""

    path: Path
    name: str
    seen: str

    @property
    def key(self) -> Hashable:
        """The file behind all links."""
        return self.path.resolve()

    def beside(self, written: str) -> Source:
        """Return another plan, named relative to this file."""
        found = address.parse(written)
        if isinstance(found, Path):
            name = os.path.normpath(Path(self.name).parent / written)
            seen = posixpath.normpath(
                posixpath.join(posixpath.dirname(self.seen), written.replace("\\", "/"))
            )
            return InFile((self.path.resolve().parent / found).resolve(), name, seen)
        return in_database(found, self.path.resolve().parent)

    def snapshot(self, approved: Approved) -> InFile:
        """Return the snapshot beside it."""
        name = str(Path(self.name).parent / approved.snapshot)
        return replace(self, path=self.path.parent / approved.snapshot, name=name)

    def load(self, banks: Banks) -> tuple[Plan, Lines] | None:
        """Read the file."""
        if not self.path.is_file():
            return None
        loaded = load(self.path, self.name, banks)
        return loaded.plan, loaded.text


def of_file(path: Path) -> InFile:
    """Return the plan file that is being opened."""
    return InFile(path, str(path), path.name)


def in_database(found: address.StoreAddress, folder: Path) -> Source:
    """Return a plan in a database; that of an SQLite file is looked for from a folder on.

    Raises
    ------
    InputError
        When the address names the database alone.
    """
    from maintplan.store.records import InDatabase  # noqa: PLC0415 - a plan file needs no SQLAlchemy

    if found.name is None:
        mend = "write its name after a # mark"
        raise InputError("the address names a database and no plan in it", Where(path="plan"), mend)
    if found.kind == "sqlite":
        found = replace(found, database=str(folder / found.database))
    return InDatabase.at(found)
