"""Writing files so that a failure leaves everything as it was.

The new text goes into a temporary file in the same folder, is pressed to the disk, and takes the place of
the old one in a single step. Several files are all prepared before the first takes its place. What may not
be written, or was changed by somebody else in the meantime, is refused before.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from maintplan.errors import GoneError, SaveError, Where

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no locks that stand on a folder
    fcntl = None  # type: ignore[assignment]

WAIT = 5.0
"""Seconds to wait for another program that saves in the same folder."""

_ANYBODY_WRITES = 0o222
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Pending:
    """A file that is to be written.

    Attributes
    ----------
    path
        The file as the person named it.
    data
        What it shall hold; in pieces where it is too long to be held whole.
    before
        What it has to hold now; None for a file that must not be there yet.
    whatever
        Whether it is replaced whatever it holds now.
    """

    path: Path
    data: bytes | Iterable[bytes]
    before: bytes | None = None
    whatever: bool = False

    @property
    def real(self) -> Path:
        """The file behind any symbolic links, so that a link stays one."""
        return Path(os.path.realpath(self.path))


_at_once: ContextVar[bool] = ContextVar("at_once", default=True)


@contextlib.contextmanager
def unpressed() -> Iterator[None]:
    """Leave it to the system when what is written here reaches the disk.

    For files of a folder that takes its place as a whole, and of which it is known what has to be in them:
    waiting for the disk after each of them takes longer than making some of them.
    """
    token = _at_once.set(False)
    try:
        yield
    finally:
        _at_once.reset(token)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let no other program of the kit save a file in the same folder meanwhile.

    What is read in here is still so when it is written. The folder itself is locked, so that no lock file is
    left behind; an editor knows nothing of it and is noticed by `write_all`. Where a folder can't be locked,
    as on some network drives, that notice is all there is.

    Raises
    ------
    SaveError
        When another program does not end in time.
    """
    folder = Path(os.path.realpath(path)).parent
    descriptor = -1
    try:
        if fcntl is not None:
            with contextlib.suppress(OSError):
                descriptor = os.open(folder, os.O_RDONLY)
        if descriptor >= 0 and not _locked(descriptor):
            what = "another program is saving in the same folder"
            raise SaveError(what, Where(str(path)), "try again in a moment")
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)  # which gives the lock back


def _locked(descriptor: int) -> bool:
    """Wait for the lock on a folder; False when somebody else still has it."""
    until = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        except OSError:
            return True  # no locks here
        else:
            return True


def write(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write one file, whatever stood there before; folders that are missing are made.

    Of data in pieces, one piece is held at a time.

    Raises
    ------
    SaveError
        When it can't be written; what stood there still stands, and nothing half-written stays behind.
    """
    each = Pending(path, data, whatever=True)
    folder(each.real.parent)
    write_all([each])


def folder(path: Path) -> Path:
    """Make a folder where there is none, and return it when files can be written in it.

    Raises
    ------
    SaveError
        When it can't be made or written in.
    """
    try:
        there = next(each for each in (path, *path.absolute().parents) if each.exists())
        if not _is_read_only(there):
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                return path
    except (FileExistsError, NotADirectoryError):
        raise SaveError(
            "a file stands there, not a folder", Where(str(path)), "name another folder"
        ) from None
    except OSError as error:
        _refuse(error, path, "folder")
    raise SaveError("the folder is read-only", Where(str(path)), "allow writing in it, or name another")


def write_all(pending: Sequence[Pending]) -> None:
    """Write files, all or none, in the order given.

    Raises
    ------
    SaveError
        When one can't be written; all of them are then as they were.
    """
    several = len(pending) > 1
    for each in pending:
        _check(each, hold=several)
    staged: list[tuple[Pending, Path]] = []
    try:
        for each in pending:
            temporary = each.real.with_name(f".maintplan-{secrets.token_hex(8)}.tmp")
            staged.append((each, temporary))
            _stage(each, temporary)
        held = [_check(each, hold=several) for each in pending]
        _replace(staged, held)
    finally:
        for _, temporary in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    for folder in {each.real.parent for each in pending}:
        _press(folder)


def _check(each: Pending, *, hold: bool) -> bytes | None:
    """Return what the file holds now, unless it may not be written.

    One file alone is never put back, and so what it holds is left unread where nobody compares it.
    """
    real, where = each.real, Where(str(each.path))
    folder = real.parent
    if not folder.is_dir():
        what = f"there is no folder {str(each.path.parent)!r}"
        raise SaveError(what, where, "make the folder, or choose another")
    try:
        with real.open("rb") as file:
            now = file.read(-1 if hold or not each.whatever else 0)
    except FileNotFoundError:
        now = None
    except IsADirectoryError:
        raise SaveError("this is a folder", where, "name a file in it") from None
    except OSError as error:
        _refuse(error, each.path)
    if now is not None and _is_read_only(real):
        raise SaveError("the file is read-only", where, "allow writing, or save under another name")
    if _is_read_only(folder):
        raise SaveError("the folder is read-only", where, "allow writing in it, or save elsewhere")
    if each.whatever or now == each.before:
        return now
    if now is None:
        mend = "save it under another name to keep what is here"
        raise GoneError("the file was deleted since it was opened", where, mend)
    raise SaveError("somebody else changed the file since it was opened", where, "open it again")


def _is_read_only(path: Path) -> bool:
    # The mode says what its owner meant, also where the superuser could write all the same.
    return not path.stat().st_mode & _ANYBODY_WRITES or not os.access(path, os.W_OK)


def _stage(each: Pending, temporary: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(temporary, flags, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines([each.data] if isinstance(each.data, bytes) else each.data)
            file.flush()
            if _at_once.get():
                os.fsync(file.fileno())
        if each.real.exists():
            _like(temporary, each.real)
    except OSError as error:
        _refuse(error, each.path)


def _like(temporary: Path, real: Path) -> None:
    """Give a file the owner and mode of the one that it replaces."""
    state = real.stat()
    if hasattr(os, "chown") and (os.getuid(), os.getgid()) != (state.st_uid, state.st_gid):
        with contextlib.suppress(OSError):  # only the superuser may give files away
            os.chown(temporary, state.st_uid, state.st_gid)
    temporary.chmod(stat.S_IMODE(state.st_mode))


def _replace(staged: Sequence[tuple[Pending, Path]], held: Sequence[bytes | None]) -> None:
    for index, (each, temporary) in enumerate(staged):
        try:
            temporary.replace(each.real)
        except OSError as error:
            for (done, _), before in zip(staged[:index], held, strict=False):
                with contextlib.suppress(OSError):
                    _put_back(done.real, before)
            _refuse(error, each.path)


def _put_back(real: Path, before: bytes | None) -> None:
    if before is None:
        real.unlink()
    else:
        real.write_bytes(before)


def _press(folder: Path) -> None:
    """Press the folder's entries to the disk, where the system can."""
    if not _at_once.get():
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse(error: OSError, path: Path, what: str = "file") -> NoReturn:
    where = Where(str(path))
    if error.errno in _FULL:
        raise SaveError("the disk is full", where, "make room, then save again") from None
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        mend = "check its permissions and those of the folder around it"
        raise SaveError(f"the {what} may not be written", where, mend) from None
    reason = error.strerror or type(error).__name__
    raise SaveError(f"the {what} can't be written: {reason.lower()}", where, "choose another place") from None
