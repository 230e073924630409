"""Reading an archive that may come from anywhere: nothing is written, nothing larger than life unpacked."""

from __future__ import annotations

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path

from maintplan.errors import InputError, Where

_FILES, _BYTES, _EACH, _RATIO = 5_000, 600_000_000, 200_000_000, 2_000
"""Files, bytes in all, bytes of one file, and how many times smaller one may be packed."""
_SMALL = 100_000
_ENCRYPTED = 0x1
_LOCAL, _END = 30, 22
"""Bytes before a file's name, and of the archive's end; between them stand files and their list."""
_LENGTHS = struct.Struct("<HH")
_DESCRIPTOR = 24
"""Bytes that may follow a file whose size was not known when it was begun."""
_MEND = "this is no handover that maintplan made; do not unpack it"


def read(path: Path) -> dict[str, bytes]:
    """Return the files of an archive, by name.

    Raises
    ------
    InputError
        When it is no archive, or holds what no handover does: names that lead out of it, a name twice, links,
        encrypted files, anything before, between or behind its files, or more than could be meant.
    """
    where = Where(str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(entries, where)
            if not _dense(path, entries, archive.start_dir):
                raise InputError("the archive holds more than its files", where, _MEND)
            return {each.filename: archive.read(each) for each in entries if not each.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise InputError("this is no whole ZIP archive", where, "ask for the file again") from None
    except OSError as error:
        what = f"the file can't be read: {(error.strerror or str(error)).lower()}"
        raise InputError(what, where, "name a handover.zip") from None


def _check(entries: list[zipfile.ZipInfo], where: Where) -> None:
    if len(entries) > _FILES:
        raise InputError(f"the archive holds {len(entries):,} files", where, _MEND)
    seen: set[str] = set()
    for each in entries:
        name = each.filename
        spot = Where(where.file, path=_shown(name))
        if _leads_out(name):
            raise InputError("a name in the archive leads out of it", spot, _MEND)
        # On some systems names are the same whatever their case, and however an accent is written.
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            raise InputError("a name stands twice in the archive", spot, _MEND)
        seen.add(same)
        if stat.S_ISLNK(each.external_attr >> 16):
            raise InputError("the archive holds a link", spot, _MEND)
        if each.flag_bits & _ENCRYPTED:
            raise InputError("the archive holds an encrypted file", spot, _MEND)
        swollen = each.file_size > _SMALL and each.file_size > _RATIO * max(each.compress_size, 1)
        if each.file_size > _EACH or swollen:
            raise InputError("a file in the archive unpacks to far more than a document", spot, _MEND)
    if sum(each.file_size for each in entries) > _BYTES:
        raise InputError("the archive unpacks to far more than documents", where, _MEND)


def _dense(path: Path, entries: list[zipfile.ZipInfo], directory: int) -> bool:
    """Whether there is nothing but the files: what no signature covers may be a program or another list."""
    at = 0
    with path.open("rb") as file:
        for each in sorted(entries, key=lambda entry: entry.header_offset):
            if not at <= each.header_offset <= at + (_DESCRIPTOR if at else 0):
                return False
            file.seek(each.header_offset)
            name, more = _LENGTHS.unpack(file.read(_LOCAL)[-_LENGTHS.size :])
            at = each.header_offset + _LOCAL + name + more + each.compress_size
        file.seek(-_END, os.SEEK_END)
        end = file.read()
        whole = file.tell() == directory + int.from_bytes(end[12:16], "little") + _END
        return whole and end.startswith(b"PK\5\6") and at <= directory <= at + _DESCRIPTOR


def _leads_out(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    odd = any(part in ("", ".", "..") for part in parts) or any(each in name for each in "\\:")
    return odd or not name.isprintable()


def _shown(name: str) -> str:
    text = name.encode("unicode_escape").decode()
    return text if len(text) < 80 else f"{text[:77]}..."  # noqa: PLR2004 - on one line
