"""ZIP archives that hold the same bytes whenever, wherever and by whomever they are made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_WHEN = (1980, 1, 1, 0, 0, 0)
"""The first moment that the format knows."""
_UNIX, _MODE = 3, 0o100644


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by name, in their order."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, content)
    return data.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive that was made here; one from elsewhere is read with more care."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
