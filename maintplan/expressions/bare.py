"""An expression before CEL reads it: its text without strings and comments, its size, what it could build.

CEL stops after 10,000 passes of its loops, however it does not count what they build: each of
``.map(a, a + a).map(a, a + a)`` passes once and doubles. So what loops could build is bounded from the text.
"""

from __future__ import annotations

import re

from maintplan.errors import InputError, Where

MAX_LENGTH = 4_000
MAX_DEPTH = 30
"""Brackets within brackets; the CEL parser is recursive, so depth is limited before it sees the text."""

MAX_GROWTH = 1_000
"""How many times as much as they loop over the loops of one expression may build."""

# What is no code: comments, and strings of every form that CEL has.
_QUIET = re.compile(
    r"""//[^\n]*"""
    r"""|[rR][bB]?(?:'''.*?'''|\"{3}.*?\"{3}|'[^'\n]*'|"[^"\n]*")"""
    r"""|'''(?:\\.|.)*?'''|\"{3}(?:\\.|.)*?\"{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""",
    re.DOTALL,
)
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")


def bare(text: str) -> str:
    """Return an expression with empty strings and without comments."""
    return _QUIET.sub(lambda found: " " if found[0].startswith("//") else "''", text)


def closing(text: str, at: int) -> int:
    """Return where the bracket closes that opens at a position; the end where it does not."""
    depth = 0
    for index in range(at, len(text)):
        depth += (text[index] in "([{") - (text[index] in ")]}")
        if depth == 0:
            return index
    return len(text)


def read(text: str, where: Where) -> str:
    """Return an expression `bare`, refused where it is larger than the parser is given.

    Raises
    ------
    InputError
        When it has more than `MAX_LENGTH` characters, or more than `MAX_DEPTH` brackets within each other.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"the expression has {len(text)} characters", where, f"keep it under {MAX_LENGTH}")
    code = bare(text)
    depth = deepest = 0
    for character in code:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise too_deep(where)
    return code


def too_deep(where: Where) -> InputError:
    """Make the error for more brackets, or operators, within each other than can be parsed."""
    mend = "nest fewer brackets, or part it into several"
    return InputError("the expression is nested too deeply", where, mend)


def refuse_growth(code: str, where: Where) -> None:
    """Refuse loops that could build much more than they loop over.

    Parameters
    ----------
    code
        The expression, `bare`.

    Raises
    ------
    InputError
        When the uses of the loops' variables, each within its own loop, multiply to more than `MAX_GROWTH`.
    """
    growth = 1
    for found in _BOUND.finditer(code):
        body = code[found.end() : closing(code, code.index("(", found.start()))]
        growth *= max(1, len(re.findall(rf"(?<![.\w]){found[1]}\b", body)))
    if growth > MAX_GROWTH:
        raise InputError("its loops could build more than fits", where, "use fewer loops in one expression")
