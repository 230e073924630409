"""Addresses: what names a plan, and that no password gets any further."""

from __future__ import annotations

from pathlib import Path

import pytest

from maintplan import store
from maintplan.errors import InputError
from maintplan.store import address


@pytest.mark.parametrize(
    "text",
    ["plan.yaml", "../a b/plan.json", "/tmp/x@y:z.yaml", "C:\\plans\\plan.yaml", "notes#1.yaml"],  # noqa: S108
)
def test_a_path_is_a_path(text: str) -> None:
    assert address.kind(text) == "path"
    assert address.path(text) == Path(text)


@pytest.mark.parametrize(
    ("text", "store", "name", "revision"),
    [
        ("sqlite:///plans.db#directory", "sqlite:///plans.db", "directory", None),
        ("sqlite:////srv/plans.db#directory@3", "sqlite:////srv/plans.db", "directory", 3),
        ("sqlite:///C:/my@plans.db#directory", "sqlite:///C:/my@plans.db", "directory", None),
        ("sqlite:///a#1/plans.db#x", "sqlite:///a#1/plans.db", "x", None),
        ("sqlite:///plans.db", "sqlite:///plans.db", None, None),
        ("postgresql+psycopg://db.example/plans#d", "postgresql+psycopg://db.example/plans", "d", None),
        ("postgresql://me@db.example:5432/p#d@3", "postgresql+psycopg://me@db.example:5432/p", "d", 3),
        ("POSTGRES://db.example/plans", "postgresql+psycopg://db.example/plans", None, None),
        ("postgresql:///plans?host=/run#d", "postgresql+psycopg:///plans?host=/run", "d", None),
        ("postgresql://me:@/plans?host=/run", "postgresql+psycopg://me:@/plans?host=/run", None, None),
    ],
)
def test_an_address_names_a_database_a_plan_and_a_revision(
    text: str, store: str, name: str | None, revision: int | None
) -> None:
    found = address.parse(text)
    assert isinstance(found, address.StoreAddress)
    assert (found.store, found.name, found.revision) == (store, name, revision)
    assert address.parse(str(found)) == found


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("sqlite:///plans.db#", "begin with a letter or digit"),
        ("sqlite:///plans.db#a b", "use letters, digits"),
        ("sqlite:///plans.db#../x", "use letters, digits"),
        ("sqlite:///plans.db#a@b", "use letters, digits"),
        ("sqlite://plans.db#a", "three slashes"),
        ("sqlite:///:memory:#a", "three slashes"),
        ("sqlite:///#a", "three slashes"),
        ("sqlite:///plans.db?mode=ro#a", "take out the ? part"),
        ("postgresql+psycopg2://db.example/plans#a", "postgresql+psycopg://"),
        ("mysql://db.example/plans#a", "name a plan file"),
    ],
)
def test_what_can_not_be_an_address_is_refused_with_its_mend(text: str, mend: str) -> None:
    with pytest.raises(InputError) as caught:
        store.open(text)
    assert mend in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:s3cret@db.example/plans#directory",
        "postgresql+psycopg://me:s3cret@db.example:5432/plans",
        "postgresql://me:s3cret/x@db.example/plans",
        "postgresql://me:s3cret#x@db.example/plans",
        "postgresql://me:12#s3cret@db.example/plans",
        "postgresql://:s3cret@db.example/plans",
        "postgresql://db.example/plans?user=me&password=s3cret",
        "postgresql://[me:s3cret@db.example/plans",
        "postgresql:me:s3cret@db.example/plans",
        "mysql://me:s3cret@db.example/plans",
        "host=db.example user=me password=s3cret dbname=plans",
        "host=db.example user=me password = s3cret dbname=plans",
    ],
)
def test_a_password_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(InputError) as caught:
        store.open(text)
    error: BaseException | None = caught.value
    assert "holds a password" in str(error)
    assert "PGPASSWORD" in str(error)
    assert "change it" in str(error)
    while error is not None:
        assert "s3cret" not in repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("text", ["", "  ", "ftp://plans.example/plan.yaml", "a\0b"])
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        store.open(text)
