r"""Plain text written as Markdown, so that every reader of Markdown shows it as it was typed.

The readers differ, and a text has to come out the same in all of them: GitHub, JupyterLab, nbconvert
(mistune, then MathJax over the page) and pandoc. What this means for the characters:

- Marks that any of them gives a meaning (``*``, ``[``, ``~``, ``^``, ``{``, ``|`` ...) get a backslash.
- ``<`` and what looks like an entity become entities, so that no reader sees raw HTML.
- ``$`` and ``\(`` open math even after they were escaped, because MathJax and GitHub look at the finished
  page. A ``<span>`` around the one character parts the text there; it is GitHub's own advice.
  Likewise for the first colon of what GitHub takes for the name of an emoji.
- A line break becomes a backslash at the line's end, or ``<br>`` where a line can't break (a table's
  cell, a heading).
"""

from __future__ import annotations

import re
import string
from html import escape as escape_html

_WORD = set(string.ascii_letters + string.digits)
_MARKS = re.compile(
    r"""
    (?=[`*\[\]{}^~|\#_<&$\\:@.-])(?:        # what any of these begins with: all else is passed by at once
      (?P<mark>[`*\[\]{}^~|\#])            # marks in one reader or another
    | (?P<under>_)
    | (?P<less><)
    | (?P<and>&(?=\#?\w+;))                # what looks like an entity
    | (?P<dollar>\$)
    | (?P<math>\\(?=[()\[\]{}$]|begin|end|ref|eqref))
    | (?P<back>\\)
    | (?P<emoji>:(?=(?:[A-Za-z+-][\w+-]*|100|1234):))
    | (?P<cites>(?<=-)@)                   # pandoc drops the hyphen, as if it named a source
    | (?P<dashes>(?<=-)-)                  # pandoc makes a dash of two hyphens,
    | (?P<dots>(?<=\.)\.(?=\.))            # and one character of three dots
    )
    """,
    re.VERBOSE,
)
_WRITTEN = {
    "less": "&lt;",
    "and": "&amp;",
    "dollar": r"<span>\$</span>",
    "math": "<span>&#92;</span>",
    "emoji": "<span>:</span>",
}
# What opens a block when it stands at the start of a line.
_OPENS_BLOCK = re.compile(r"(?:[-+](?=[\s-]|$)|=+\s*$|>|:|%)")
_OPENS_LIST = re.compile(r"(\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdm]+|[IVXLCDM]+|@\w*))([.)])(?=\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_EDGE_SPACE = re.compile(r"\A\s+|\s+\Z")


def cleaned(text: str) -> str:
    """Return text with one kind of line break and without the characters that no document can hold."""
    if text.isprintable():  # as nearly all are; looking for each character takes several times as long
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\ufffd", text)


def html(text: str) -> str:
    """Return text as HTML, with its line breaks."""
    return escape_html(cleaned(text)).replace("\n", "<br>")


def marks(text: str) -> str:
    """Return text with every mark escaped; the starts of lines are not looked at."""

    def escaped(found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind in _WRITTEN:
            return _WRITTEN[kind]
        if kind == "under" and _within_word(text, found.start()):
            return "_"
        return "\\" + found[0]

    return _MARKS.sub(escaped, text)


def _within_word(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1] in _WORD and text[at + 1] in _WORD


def edges(text: str) -> str:
    """Return inline Markdown whose outermost white space, but for blanks, no reader strips."""
    if not (text[:1].isspace() or text[-1:].isspace()):
        return text
    return _EDGE_SPACE.sub(
        lambda found: "".join(f"&#{ord(each)};" for each in found[0] if each not in " \t\n"), text
    )


def lines(inline: str) -> str:
    """Return inline Markdown as a paragraph: line breaks kept, and no line that opens a block."""
    parts = [_line(part) for part in inline.strip(" \t\n").split("\n")]
    return "\\\n".join(parts)


def _line(inline: str) -> str:
    text = edges(inline.strip(" \t"))
    if _OPENS_BLOCK.match(text):
        return "\\" + text
    return _OPENS_LIST.sub(r"\1\\\2", text, count=1) if _OPENS_LIST.match(text) else text


def one_line(inline: str) -> str:
    """Return inline Markdown for a place that must not break: a cell of a table, a heading."""
    return re.sub(r"[ \t]*\n[ \t]*", "<br>", edges(inline.strip(" \t\n")))


def code(text: str, *, cell: bool = False) -> str:
    """Return text as a code span.

    Parameters
    ----------
    text
        What to show as code.
    cell
        Whether it stands in a table, where readers disagree about a bar within a code span.
    """
    text = cleaned(text).replace("\n", " ")
    if not text.strip(" "):
        return marks(text)
    if cell and "|" in text:
        return f"<code>{marks(text)}</code>"
    ticks = "`" * (longest_run(text, "`") + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """Return text as a fenced block of code, its fence longer than any within."""
    text = cleaned(text)
    ticks = "`" * max(3, longest_run(text, "`") + 1)
    body = text if text.endswith("\n") or not text else text + "\n"
    return f"{ticks}{language}\n{body}{ticks}"


def longest_run(text: str, character: str) -> int:
    """Return the length of the longest run of a character."""
    return max((len(run) for run in re.findall(f"{re.escape(character)}+", text)), default=0)


def address(href: str) -> str:
    """Return a safe address as the destination of a Markdown link."""
    if re.search(r"[()*_$&\[\]{}^~|#]", href):
        return "<" + href.replace("&", "&amp;").replace("$", "%24").replace("|", "%7C") + ">"
    return href
