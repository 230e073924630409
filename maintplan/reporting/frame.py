"""What stands around a document, in whatever form it comes: title, language, facts, its order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from maintplan.reporting.collecting import Collected
from maintplan.summary import escaping
from maintplan.words import Words, words

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Frame:
    """What stands around a document.

    Attributes
    ----------
    title, language
        The document's.
    words
        The words of the frame, in that language.
    about
        Facts from the title page, as text: ``service``, ``status``, ``revision``, ``date``, and ``day``, the
        date in digits.
    layout
        ``document`` for one that begins at once, ``whole`` for one with a title page of its own.
    contents_after
        The section, by id, that the contents follow; empty for contents at the beginning.
    side_by_side
        Sections, by id, of which each two that follow each other share a page's width where it is enough.
    """

    title: str
    language: str
    words: Words
    about: dict[str, str]
    layout: Literal["document", "whole"]
    contents_after: str
    side_by_side: tuple[str, ...]

    def split(self, ids: Sequence[str]) -> int:
        """Return how many of some sections come before the contents."""
        return ids.index(self.contents_after) + 1 if self.contents_after in ids else 0


def frame(collected: Collected, name: str) -> Frame:
    """Return the frame of a document.

    Parameters
    ----------
    collected
        What the notebook holds.
    name
        Its name, the title where no title page gives one.
    """
    cover = collected.cover
    about: dict[str, Any] = cover.about if cover else {}
    given = about.get("title") or (cover.title if cover else "")
    stopped_in = next((each.under for each in collected.failures if each.under), "")
    language = str(about.get("language") or "en")
    language = language if _LANGUAGE.fullmatch(language) else "en"
    beside = about.get("side_by_side")
    return Frame(
        title=escaping.cleaned(str(given or stopped_in)).strip() or name,
        language=language,
        words=words(language),
        about=_facts(about),
        layout="document" if about.get("layout") == "document" else "whole",
        contents_after=str(about.get("contents_after") or ""),
        side_by_side=tuple(map(str, beside)) if isinstance(beside, list) else (),
    )


def _facts(about: dict[str, Any]) -> dict[str, str]:
    found = {
        name: escaping.cleaned(str(value))
        for name, value in about.items()
        if isinstance(value, str | int) and value
    }
    return {**found, "day": found.get("date", ""), "date": found.get("made") or found.get("date", "")}
