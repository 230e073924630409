"""Text that fits the terminal: its width, wrapped lines, muted words. On a pipe there are no colour codes."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time

import typer

_MOST, _LEAST = 110, 40


def width() -> int:
    """Return how many columns a line may take: the terminal's, or as many as read well."""
    return max(_LEAST, min(_MOST, shutil.get_terminal_size((_MOST, 24)).columns))


def wrapped(text: str, indent: str = "", hang: str | None = None) -> str:
    """Return a text as lines that fit.

    Parameters
    ----------
    text
        The text; its own line breaks are kept.
    indent, hang
        What its first line and the others begin with; the others as the first, unless `hang` is given.
    """
    hang = indent if hang is None else hang
    lines: list[str] = []
    for part in text.split("\n"):
        lines += textwrap.wrap(
            part,
            width(),
            initial_indent=hang if lines else indent,
            subsequent_indent=hang,
            break_on_hyphens=False,
            break_long_words=False,
        ) or [""]
    return "\n".join(lines)


def muted(text: str) -> str:
    """Return a text that steps back, where colours are shown at all."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return typer.style(text, dim=True)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: ``1 field``, ``2 fields``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Progress:
    """How far a longer piece of work is, on standard error: a plain line a second, none for what is quick.

    Parameters
    ----------
    total
        How many steps there are.
    noun
        What one of them is.
    """

    def __init__(self, total: int, noun: str) -> None:
        self._total, self._noun = total, noun
        self._done = 0
        self._said = time.monotonic()

    def step(self) -> None:
        """Say that one more is done."""
        self._done += 1
        now = time.monotonic()
        if now - self._said >= 1 and self._done < self._total:
            self._said = now
            typer.echo(f"{self._done} of {counted(self._total, self._noun)}", err=True)
