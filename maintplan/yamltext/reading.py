"""Reading: from bytes or text to a `Document`, with everything refused that these files do not use.

Size, encoding and characters are checked before any parser sees the text, and nesting while it is read.
"""

from __future__ import annotations

import re
from pathlib import Path

from maintplan.errors import InputError, Where
from maintplan.yamltext.composing import compose
from maintplan.yamltext.document import Document
from maintplan.yamltext.json_text import compose_json
from maintplan.yamltext.nodes import MAX_BYTES, Node

BOM = "\ufeff"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile(r"\r\n|\r|\n")


def read(text: str | bytes, name: str = "<text>", *, top: str = "mapping") -> Document:
    """Read a YAML or JSON text.

    Parameters
    ----------
    text
        The text, or its UTF-8 bytes.
    name
        What errors call it.
    top
        What has to stand at the top: ``"mapping"``, ``"list"`` or ``"any"``.

    Raises
    ------
    InputError
        For a text that is too big, no UTF-8, no YAML, or uses a part of YAML that these files do not: anchors
        and aliases, tags, keys that are not text, the same key twice, more than one document, deep nesting.
    """
    if top not in ("mapping", "list", "any"):
        message = f"top is {top!r}, not 'mapping', 'list' or 'any'"
        raise ValueError(message)
    text = _decoded(text, name)
    bare = text.removeprefix(BOM)
    root = compose_json(bare, name)
    wrong = _FORBIDDEN.search(bare)
    if wrong is not None and (
        root is None or "\ud800" <= wrong.group() <= "\udfff"
    ):  # JSON allows the others
        raise InputError(
            f"the character U+{ord(wrong.group()):04X} is not allowed in YAML",
            Where(name, _line_at(bare, wrong.start())),
            "delete it, or save the file as UTF-8 text",
        )
    # Nothing tells whether an empty pair of brackets is JSON or YAML but the file's name.
    is_json = root is not None and (name.lower().endswith(".json") or bool(root.entries or root.items))
    if root is None:
        root = compose(bare, name)
    if root is None:
        raise InputError("the file is empty", Where(name), "write at least one 'key: value' line")
    _check_top(root, top, name)
    return Document(name, text, root.data(), root, is_json)


def read_file(path: str | Path, *, top: str = "mapping") -> Document:
    """Read a YAML or JSON file; errors name it as `path` does.

    Parameters
    ----------
    path
        The file.
    top
        What has to stand at the top: ``"mapping"``, ``"list"`` or ``"any"``.

    Raises
    ------
    InputError
        When the file is missing, a folder or unreadable, or as `read` does.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", Where(name), "check the path") from None
    except IsADirectoryError:
        raise InputError("this is a folder", Where(name), "name a file in it") from None
    except PermissionError:
        raise InputError("the file may not be read", Where(name), "check its permissions") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file can't be read: {reason}", Where(name), "check the path") from None
    return read(data, name, top=top)


def _decoded(text: str | bytes, name: str) -> str:
    size = len(text)
    if isinstance(text, str) and MAX_BYTES / 4 < size <= MAX_BYTES:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise InputError(
            f"the file is larger than {MAX_BYTES / 1_000_000:g} MB",
            Where(name),
            "split it, or check that it is the right one",
        )
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8", "replace")
        raise InputError(
            f"the byte 0x{text[error.start]:02x} is not UTF-8",
            Where(name, _line_at(before, len(before))),
            "save the file as UTF-8",
        ) from None


def _line_at(text: str, position: int) -> int:
    return len(_BREAKS.findall(text, 0, position)) + 1


def _check_top(root: Node, top: str, name: str) -> None:
    found = "mapping" if root.entries is not None else "list" if root.items is not None else "single value"
    if top not in ("any", found):
        mend = "begin with 'key: value' lines" if top == "mapping" else "begin with '- item' lines"
        raise InputError(f"a {top} is expected here, not a {found}", Where(name, root.line + 1), mend)
