"""The manifest of a handover: what is in it, and the digest of each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import ValidationError

from maintplan.documents import Strict
from maintplan.errors import InputError, Where

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.sig"


class File(Strict):
    """One file."""

    name: Annotated[str, Key(min_length=1, max_length=1000)]
    size: Annotated[int, Key(ge=0)]
    sha256: Annotated[str, Key(pattern="^[0-9a-f]{64}$")]


class Manifest(Strict):
    """What a handover holds.

    Attributes
    ----------
    handover
        The format's number.
    service, revision
        Whose plan it is, and which.
    content
        What the Yeses are bound to, see `maintplan.plan.approval`.
    files
        All files but the manifest and its signature.
    """

    handover: Literal[1]
    service: str
    revision: int
    content: str
    files: tuple[File, ...]


def write(service: str, revision: int, content: str, files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of some files."""
    manifest = Manifest(
        handover=1,
        service=service,
        revision=revision,
        content=content,
        files=tuple(File(name=name, size=len(data), sha256=sha256(data)) for name, data in files.items()),
    )
    return (json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode()


def read(data: bytes, where: str) -> Manifest:
    """Read a manifest.

    Raises
    ------
    InputError
        When it is none.
    """
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"])
        what = f"the manifest can't be read: {first['msg'].lower()}"
        raise InputError(what, Where(where, path=f"{MANIFEST}: {place}"), "this is no handover") from None


def sha256(data: bytes) -> str:
    """Return the digest of a file."""
    return hashlib.sha256(data).hexdigest()
