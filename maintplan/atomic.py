"""Writing a file so that it is either wholly there or was not touched."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from maintplan.errors import SaveError, Where


def write(path: Path, data: bytes) -> None:
    """Write a file atomically; folders that are missing are made, the mode of an old file is kept.

    A symbolic link is followed: the file that it leads to is replaced, not the link.

    Raises
    ------
    SaveError
        When it can't be written; what stood there still stands, and nothing half-written stays behind.
    """
    target = Path(os.path.realpath(path))
    where = Where(str(path))
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        if mode is not None and not mode & stat.S_IWUSR:
            # Asked of the mode: root may write to a read-only file, and would.
            raise SaveError("the file is read-only", where, "allow writing to it, or name another file")
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    except OSError as error:
        raise _problem(error, where) from None
    try:
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode if mode is not None else 0o666 & ~_umask())
            Path(name).replace(target)
        except OSError as error:
            raise _problem(error, where) from None
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _problem(error: OSError, where: Where) -> SaveError:
    what = f"the file can't be written: {(error.strerror or str(error)).lower()}"
    return SaveError(what, where, "free some space, allow writing there, or name another place")
