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
    ("text", "kind"),
    [
        ("sqlite:///plans.db#directory", "sqlite"),
        ("sqlite:///C:/my@plans.db#directory", "sqlite"),
        ("postgresql+psycopg://db.example/plans#directory", "postgresql"),
        ("postgresql://reader@db.example:5432/plans#directory@3", "postgresql"),
        ("postgresql://db.example:5432/plans#directory@3", "postgresql"),
        ("POSTGRES://db.example/plans", "postgresql"),
    ],
)
def test_a_database_is_recognised_and_can_not_be_opened_yet(text: str, kind: str) -> None:
    assert address.kind(text) == kind
    with pytest.raises(InputError, match="plans in a database can't be opened yet; name a plan file"):
        store.open(text)


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
