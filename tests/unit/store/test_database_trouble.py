"""A database that is locked, full, read-only, foreign or too new: one line, and nothing is lost."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from maintplan import store
from maintplan.errors import InputError, MaintplanError, SaveError
from maintplan.plan import edits
from maintplan.plan.model import Given
from maintplan.store import database
from maintplan.store.tables import HEAD, metadata

RTO = "recovery.recovery-targets.rto"


@pytest.fixture
def record(folder: Path) -> store.StoredPlan:
    found = store.open("sqlite:///plans.db#directory", template="pocket")
    found.save(edits.answer(found.plan, RTO, "4h"))
    return found


def refused(record: store.StoredPlan, words: str) -> None:
    """Save a change, which has to be refused in one line; what was saved stands."""
    before = record.plan
    with pytest.raises(SaveError) as caught:
        record.save(edits.answer(before, RTO, "2h"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("sqlite:///plans.db")
    assert record.plan is before


def saved(value: str) -> bool:
    return store.open("sqlite:///plans.db#directory").plan.answers[RTO] == Given(value)


@contextlib.contextmanager
def written_to_by_another() -> Iterator[None]:
    other = sqlite3.connect("plans.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_a_locked_database_says_so_and_the_next_save_goes_through(
    record: store.StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    real = sqlite3.connect

    def quickly(*given: object, timeout: float = 5, **more: object) -> sqlite3.Connection:
        waits.append(timeout)
        return real(*given, timeout=0.1, **more)  # type: ignore[call-overload,no-any-return]

    with written_to_by_another():
        monkeypatch.setattr(sqlite3, "connect", quickly)
        for _ in range(2):
            refused(record, "another program is writing to the database; try again in a moment")
        assert saved("4h")  # a reader never waits
    assert waits[0] == database.WAIT
    assert waits[1] <= 1  # it is tried again and again, and stands still only once
    record.save(edits.answer(record.plan, RTO, "2h"))
    assert saved("2h")
    record.save(edits.answer(record.plan, RTO, "1h"))
    assert waits[-1] == database.WAIT


def test_a_full_database_says_so(record: store.StoredPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = sqlite3.connect("plans.db").execute("PRAGMA page_count").fetchone()[0]
    real = sqlite3.connect

    def full(*given: object, **more: object) -> sqlite3.Connection:
        connection = real(*given, **more)  # type: ignore[call-overload]
        connection.execute(f"PRAGMA max_page_count={pages}")
        return connection  # type: ignore[no-any-return]

    monkeypatch.setattr(sqlite3, "connect", full)
    before = record.plan
    with pytest.raises(SaveError, match="the disk is full; make room, then save again"):
        record.save(edits.respond(before, "rollout", "words " * 16_000))
    monkeypatch.undo()
    assert record.plan is before


def test_a_disk_without_room_for_the_database_s_own_small_files_is_full_too(
    record: store.StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, free = sqlite3.connect, 0

    def failing(*given: object, **more: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
        raise error

    usage = shutil.disk_usage(Path())
    monkeypatch.setattr(sqlite3, "connect", failing)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    refused(record, "the disk is full; make room, then save again")
    free = 1_000_000
    refused(record, "the database can't be used: disk I/O error")
    monkeypatch.setattr(sqlite3, "connect", real)


def test_a_damaged_or_foreign_file_is_no_database(folder: Path) -> None:
    (folder / "plans.db").write_text("these are my notes, and no database at all\n" * 20)
    with pytest.raises(InputError, match="this is no SQLite database; name another file"):
        store.open("sqlite:///plans.db#directory")
    with contextlib.closing(sqlite3.connect("other.db")) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(InputError, match="holds something else than plans"):
        store.open("sqlite:///other.db#directory")
    (folder / "here").mkdir()
    with pytest.raises(InputError, match="can't be opened"):
        store.open("sqlite:///here#directory")


def test_a_missing_folder_is_told(folder: Path) -> None:
    found = store.open("sqlite:///nowhere/plans.db#directory", template="pocket")
    with pytest.raises(SaveError, match="there is no folder 'nowhere'; make the folder"):
        found.save(edits.answer(found.plan, RTO, "4h"))


def test_a_database_of_a_newer_version_is_refused_and_stays(record: store.StoredPlan) -> None:
    with contextlib.closing(sqlite3.connect("plans.db")) as newer:
        newer.execute("UPDATE maintplan_version SET version_num = '9999'")
        newer.commit()
    with pytest.raises(InputError, match="written by a newer version of maintplan; update maintplan"):
        store.open("sqlite:///plans.db#directory")


def test_a_database_whose_file_was_deleted_under_an_open_plan(record: store.StoredPlan) -> None:
    for each in Path().glob("plans.db*"):
        each.unlink()
    refused(record, "the plan was deleted since it was opened; save it under another name")


def test_a_document_that_somebody_has_broken_is_told(record: store.StoredPlan) -> None:
    with contextlib.closing(sqlite3.connect("plans.db")) as other:
        other.execute("UPDATE maintplan_revisions SET document = '{' || document")
        other.commit()
    with pytest.raises(InputError, match="something else than a plan"):
        store.open("sqlite:///plans.db#directory")


def test_the_newest_migration_is_the_one_that_the_tables_show(folder: Path, record: store.StoredPlan) -> None:
    assert ScriptDirectory(str(database.MIGRATIONS)).get_current_head() == HEAD
    with contextlib.closing(sqlite3.connect("plans.db")) as made:
        for table in metadata.sorted_tables:
            columns = [row[1] for row in made.execute(f"PRAGMA table_info({table.name})")]
            assert columns == [column.name for column in table.columns]
        assert made.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("/{}", "/gone"), "the server has no such database; make it with createdb"),
        (("host=", "host=/tmp/nowhere&x="), ""),
        (("postgres@", "nobody@"), "refuses the user"),
    ],
)
def test_a_server_that_can_not_be_reached_is_told_in_one_line(
    folder: Path, postgresql: str, change: tuple[str, str], words: str
) -> None:
    address = postgresql.replace(*change).replace("{}", "postgres")
    with pytest.raises(MaintplanError) as caught:
        store.open(f"{address}#directory")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.mend


def test_a_read_only_session_of_postgresql_says_so(folder: Path, new_database: str) -> None:
    found = store.open(f"{new_database}#directory", template="pocket")
    found.save(edits.answer(found.plan, RTO, "4h"))
    closed = store.open(f"{new_database}&options=-cdefault_transaction_read_only%3Don#directory")
    assert closed.plan == found.plan
    with pytest.raises(SaveError, match="may not be written"):
        closed.save(edits.answer(closed.plan, RTO, "2h"))
