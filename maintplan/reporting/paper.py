"""A document for paper: its title, its contents, and its sheets of blocks, whatever format it will have.

It is to PDF, DOCX and Markdown what `maintplan.reporting.page` is to HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from maintplan.reporting import flow, foreign
from maintplan.reporting.collecting import Collected, Failure, Item, Listing
from maintplan.summary import escaping
from maintplan.summary.blocks import Block, Code, Note, Part, Span, line
from maintplan.words import Words, words

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Sheet:
    """A piece of a document.

    Attributes
    ----------
    id, title
        Its anchor and its heading; both may be empty.
    kind
        ``section`` and ``status`` for what the contents list, ``added`` for what an analyst added,
        ``stopped`` for a cell that failed.
    blocks
        What it holds.
    """

    id: str
    title: str
    kind: str
    blocks: tuple[Block, ...]

    @cached_property
    def nodes(self) -> tuple[flow.Node, ...]:
        """What it holds, as nodes below its title."""
        return flow.nodes(self.blocks, self.title, 0 if self.kind == "cover" else 1)


@dataclass(frozen=True)
class Paper:
    """A whole document.

    Attributes
    ----------
    title, language
        The document's.
    words
        The words of the frame, in that language.
    about
        Facts from the title page, as text.
    cover
        The title page; empty when the notebook stopped before it.
    first, body
        The sheets, in order: those before the contents, and those after.
    layout
        ``document`` for one that begins at once, ``whole`` for one with a title page of its own.
    side_by_side
        Sheets, by id, of which each two that follow each other share the width of a page where it is enough.
    """

    title: str
    language: str
    words: Words
    about: dict[str, str]
    cover: Sheet
    first: tuple[Sheet, ...]
    body: tuple[Sheet, ...]
    layout: str
    side_by_side: tuple[str, ...] = ()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All sheets after the title page."""
        return (*self.first, *self.body)

    @property
    def contents(self) -> tuple[Sheet, ...]:
        """What the contents list."""
        return tuple(each for each in self.sheets if each.title and each.kind in ("section", "status"))

    def facts(self) -> list[str]:
        """Return revision, status and date, as running heads name them."""
        revision = self.about.get("revision")
        said = f"{self.words('frame.revision')} {revision}" if revision else ""
        return [each for each in (said, self.about.get("status", ""), self.about.get("date", "")) if each]

    def anchors(self) -> frozenset[str]:
        """Return every place that a link within the document can lead to."""
        found = {"cover", *(each.id for each in self.sheets if each.id)}
        for each in (self.cover, *self.sheets):
            found.update(flow.anchors(each.nodes))
        return frozenset(found)

    def texts(self) -> Iterator[str]:
        """Yield every text of the document, its frame included."""
        yield self.title
        yield from self.about.values()
        for each in (self.cover, *self.sheets):
            yield each.title
            yield from flow.texts(each.nodes)


def paper(collected: Collected, name: str) -> Paper:
    """Return the document of a notebook.

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
    title = escaping.cleaned(str(given or stopped_in)).strip() or name
    language = str(about.get("language") or "en")
    language = language if _LANGUAGE.fullmatch(language) else "en"
    say = words(language)
    sheets = tuple(sheet for item in collected.items if (sheet := _sheet(item, say)) is not None)
    ids = [each.id for each in sheets]
    after = str(about.get("contents_after") or "")
    split = ids.index(after) + 1 if after in ids else 0
    beside = about.get("side_by_side")
    stopped = tuple(_stopped(each, say) for each in collected.failures)
    return Paper(
        title=title,
        language=language,
        words=say,
        about=facts(about),
        cover=Sheet(
            "cover",
            escaping.cleaned(cover.title).strip() or title if cover else title,
            "cover",
            (*stopped, *(cover.blocks if cover else ())),
        ),
        first=sheets[:split],
        body=sheets[split:],
        layout="document" if about.get("layout") == "document" else "whole",
        side_by_side=tuple(map(str, beside)) if isinstance(beside, list) else (),
    )


def facts(about: dict[str, Any]) -> dict[str, str]:
    """Return what a title page knows about its document, as text."""
    found = {
        name: escaping.cleaned(str(value))
        for name, value in about.items()
        if isinstance(value, str | int) and value
    }
    return {**found, "day": found.get("date", ""), "date": found.get("made") or found.get("date", "")}


def _sheet(item: Item, say: Words) -> Sheet | None:
    if isinstance(item, Part):
        return Sheet(item.id, escaping.cleaned(item.title), item.kind, item.blocks)
    if isinstance(item, Failure):
        return Sheet("", "", "stopped", (_stopped(item, say),))
    if isinstance(item, Listing):
        return Sheet("", "", "added", (Code(text=item.code),))
    shown = tuple(foreign.blocks(item))
    return Sheet("", "", "added", shown) if shown else None


def _stopped(failure: Failure, say: Words) -> Note:
    place = f"{say('frame.cell')} {failure.cell}"
    if failure.under:
        place += f", {say('frame.under')} \u201c{failure.under}\u201d"
    error = failure.error or failure.name or say("frame.without_words")
    lead = Span(text=say("frame.failed_here"), tone="strong")
    return Note(tone="high", line=line(lead, f"\n{place}\n", Span(text=error, tone="code")))
