"""Every error that maintplan raises for a person to read.

The tree::

    MaintplanError            something a person can mend; never a bug
    ├── InputError            a call or an input file is wrong               (exit code 2)
    │   ├── ValueProblem      one value that its field's kind refuses
    │   └── Problems          several problems found in one go
    ├── SaveError             nothing was written; what stood there stands   (exit code 1)
    │   ├── ConflictError     somebody else changed the same place meanwhile; holds both values
    │   └── GoneError         what was opened is not there any more
    ├── RefusedError          the plan does not allow the step, and says why (exit code 1)
    └── MissingExtra          an optional part has to be installed           (exit code 2)

Each carries what is wrong, where, and the mend as attributes; `describe` turns any of them into the one
line that the command line, the app and the notebook show alike.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True)
class Where:
    """The spot that an error is about. Every part may be unknown.

    Attributes
    ----------
    file
        The file as the person named it.
    line
        Line in that file, counted from 1.
    path
        Place in a plan (``recovery.system-recovery-procedures.rto``) or key path in a file.
    """

    file: str | None = None
    line: int | None = None
    path: str | None = None

    def __str__(self) -> str:
        file = f"{self.file}:{self.line}" if self.file and self.line else self.file
        line = f"line {self.line}" if self.line and not self.file else None
        return ", ".join(part for part in (file, line, self.path) if part)


NOWHERE = Where()

_LISTED = 12
"""Valid names that an error lists."""
_REASONS = 20
"""Lines of what stands in the way that an error shows."""
_SHOWN = 80
"""Characters of a mistyped name that an error shows."""


class MaintplanError(Exception):
    """Something that the person at the keyboard can mend.

    Parameters
    ----------
    what
        What is wrong, in plain words, without a closing full stop.
    where
        The spot that it is about.
    mend
        What to do about it, without a closing full stop.

    Attributes
    ----------
    below
        Lines that stand under it, where much is to be said.
    """

    exit_code = 1
    below: tuple[str, ...] = ()

    def __init__(self, what: str, where: Where = NOWHERE, mend: str | None = None) -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(what, where, mend)

    def __str__(self) -> str:
        return describe(self)

    def _render_traceback_(self) -> list[str]:
        """Show one line in a notebook, where IPython would show a traceback."""
        return describe(self).splitlines()

    def at(self, where: Where) -> MaintplanError:
        """Return the same error with the unknown parts of its spot filled in from `where`."""
        known = {name: value for name, value in vars(self.where).items() if value is not None}
        self.where = replace(where, **known)
        return self


class InputError(MaintplanError):
    """A call or an input file is wrong."""

    exit_code = 2


class ValueProblem(InputError):
    """One value that the kind of its field refuses."""


class Problems(InputError):
    """Several problems, found in one go.

    Parameters
    ----------
    problems
        The single errors, in the order of their lines.
    """

    def __init__(self, problems: Sequence[MaintplanError]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.what, first.where, first.mend)


class SaveError(MaintplanError):
    """A file could not be written; what stood there before still stands."""


class GoneError(SaveError):
    """What was opened has been deleted since; it can be kept under another name."""


@dataclass(frozen=True)
class Clash:
    """A place that two people have changed, each in another way.

    Attributes
    ----------
    place
        The place, as plan files name it.
    before
        The value that both of them saw; None where there was none.
    mine, theirs
        What it was to become, and what somebody else has made of it in the meantime.
    """

    place: str
    before: Any
    mine: Any
    theirs: Any


class ConflictError(SaveError):
    """Somebody else has changed the same place in the meantime; nothing was written.

    Parameters
    ----------
    clashes
        Each place with its values.
    """

    def __init__(self, clashes: Sequence[Clash], where: Where = NOWHERE) -> None:
        self.clashes = tuple(clashes)
        first, more = self.clashes[0], len(self.clashes) - 1
        others = f" (and {more} more)" if more else ""
        what = (
            f"somebody else has changed {first.place}{others} in the meantime: "
            f"theirs is {_shortly(first.theirs)}, yours {_shortly(first.mine)}"
        )
        super().__init__(what, where, "open it again, and decide between the two")


def _shortly(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


class Reason(str):
    """A line of what stands in the way, and of how many things it speaks.

    Attributes
    ----------
    things
        How many.
    """

    __slots__ = ("things",)
    things: int

    def __new__(cls, text: str, things: int = 1) -> Self:
        """Make a line that speaks of some things."""
        made = super().__new__(cls, text)
        made.things = things
        return made


class RefusedError(MaintplanError):
    """The plan does not allow the step that was asked for.

    Parameters
    ----------
    reasons
        Everything that stands in the way, a line each.
    """

    def __init__(
        self, what: str, reasons: Iterable[str] = (), where: Where = NOWHERE, mend: str | None = None
    ) -> None:
        self.reasons = tuple(reasons)
        super().__init__(what, where, mend)
        if len(self.reasons) > 1:
            listed = tuple(f"- {each}" for each in self.reasons[:_REASONS])
            left = sum(getattr(each, "things", 1) for each in self.reasons[_REASONS:])
            self.below = (*listed, *([f"- and {left} more"] if left else []))


class MissingExtra(MaintplanError):
    """An optional part of the kit is not installed.

    Parameters
    ----------
    what
        What needs it.
    extra
        Name of the extra in ``maintplan[extra]``.
    """

    exit_code = 2

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, mend=f"install it with: pip install 'maintplan[{extra}]'")


def describe(error: MaintplanError) -> str:
    """Say an error in one line: where, what, the mend; where much stands in the way, that below it."""
    if isinstance(error, Problems) and len(error.problems) > 1:
        return "\n".join(describe(problem) for problem in error.problems)
    where = f"{error.where}: " if str(error.where) else ""
    mend = f"; {error.mend}" if error.mend else ""
    alone = f": {error.reasons[0]}" if isinstance(error, RefusedError) and len(error.reasons) == 1 else ""
    lines = [f"{where}{error.what}{alone}{mend}", *error.below]
    return "\n".join(" ".join(line.split()) for line in lines)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to a mistyped one, or None when nothing is near."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def unknown(kind: str, word: str, known: Iterable[str], where: Where = NOWHERE) -> InputError:
    """Make the error for a name that does not exist, with the closest valid one as its mend."""
    names = sorted(known)
    near = closest(word, names)
    if near is not None:
        mend = f"did you mean {near}?"
    elif names:
        shown = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
        mend = f"use one of: {shown}"
    else:
        mend = None
    shown_word = word if len(word) <= _SHOWN else word[: _SHOWN - 3] + "..."
    return InputError(f"unknown {kind} {shown_word!r}", where, mend)
