"""Writing one scalar so that every YAML parser, of version 1.1 or 1.2, reads back what was meant.

Text is plain where that is safe, in the quotes that stood there before where it can be, in a literal block
when it has several lines, and in double quotes with escapes when nothing else can hold it.
"""

from __future__ import annotations

import re

from maintplan.yamltext.nodes import Value, scalar_text

# What a YAML 1.1 or 1.2 parser takes for something else than text.
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"])
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt \t][0-9:.+\-Zz \t]*)?", re.ASCII)
_NUMBER = re.compile(
    r"""[-+]?(?:
    0b[01_]+ | 0x[0-9a-fA-F_]+ | 0o?[0-7_]+
    | [0-9][0-9_]*(?::[0-9_]+)+(?:\.[0-9_]*)?
    | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?
    | \.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN))""",
    re.VERBOSE | re.ASCII,
)
# Not a plain character: controls, other line breaks, the byte order mark, half pairs, non-characters.
_ESCAPED = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"\\\\]')
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_NOT_IN_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_PLAIN_BLOCK = re.compile(
    r"""(?!---|\.\.\.)(?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|-(?=[^\s\-]))(?:[^:#\s]|:(?=\S)|(?<=\S)\#|[ ](?=\S))*""",
    re.VERBOSE,
)
_PLAIN_FLOW = re.compile(
    r"""(?!---|\.\.\.)(?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|-(?=[^\s\-,\[\]{}]))
    (?:[^:?#\s,\[\]{}]|(?<=\S)\#|[ ](?=[^\s]))*""",
    re.VERBOSE,
)
_LAST_SHORT = 0xFF
_SHORT_ESCAPES = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


def is_ambiguous(text: str) -> bool:
    """Return whether some YAML parser takes plain text for a number, boolean, date or nothing."""
    return (
        not text
        or text.lower() in _WORDS
        or (text[0] in "0123456789.+-" and bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text)))
    )


def is_date(text: str) -> bool:
    """Return whether text has the shape of a YAML date or timestamp."""
    return bool(_DATE.fullmatch(text))


def can_be_plain(text: str, *, flow: bool) -> bool:
    """Return whether text survives without quotes.

    Parameters
    ----------
    text
        What shall be read back.
    flow
        Whether it stands between brackets, where commas and brackets end it.
    """
    pattern = _PLAIN_FLOW if flow else _PLAIN_BLOCK
    return pattern.fullmatch(text) is not None and _UNPRINTABLE.search(text) is None


def double_quoted(text: str) -> str:
    """Return text in double quotes, on one line."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    return _SHORT_ESCAPES.get(character) or (f"\\x{code:02x}" if code <= _LAST_SHORT else f"\\u{code:04x}")


def scalar(value: str | float | None, *, flow: bool, style: str = "", before: str | None = None) -> str:
    """Return a scalar on one line.

    Parameters
    ----------
    value
        Text is quoted where it could be misread; numbers, booleans and nothing are plain.
    flow
        Whether it stands between brackets.
    style
        The quotes that stood there before (``""``, ``"'"`` or ``'"'``); kept where they can hold the text.
    before
        The plain text that stood there before: a date that was plain stays plain.
    """
    if not isinstance(value, str):
        return scalar_text(value) or "null"
    single = "'" + value.replace("'", "''") + "'" if _UNPRINTABLE.search(value) is None else None
    if style == "'" and single is not None:
        return single
    if style != '"' and can_be_plain(value, flow=flow and not is_date(value)):
        stays = before is not None and is_date(before) and is_date(value)
        if stays or not is_ambiguous(value):
            return value
    if single is not None and style != '"' and "'" not in value and ('"' in value or "\\" in value):
        return single
    return double_quoted(value)


def literal(text: str, indent: int, step: int = 2) -> tuple[str, list[str]] | None:
    """Return text as a literal block: its header and its lines; None when a block can't hold it.

    Parameters
    ----------
    text
        Text of several lines.
    indent
        Spaces before each line.
    step
        How much deeper that is than what holds the block; named in the header where the text begins
        with space.
    """
    if "\n" not in text or not text.strip() or _NOT_IN_BLOCK.search(text):
        return None
    body = text.rstrip("\n")
    ending = len(text) - len(body)
    if not body.rsplit("\n", 1)[-1].strip() or not 1 <= step <= 9:  # noqa: PLR2004 - one digit
        return None  # a last line of spaces would not survive an editor
    chomp = "-" if ending == 0 else "" if ending == 1 else "+"
    indicator = str(step) if body[0] in " \t\n" else ""
    lines = [" " * indent + line if line else "" for line in body.split("\n")]
    return f"|{indicator}{chomp}", lines + [""] * (ending - 1)


def is_block_text(value: Value) -> bool:
    """Return whether a value is text that is best written as a literal block."""
    return isinstance(value, str) and literal(value, 0) is not None
