"""A document for paper: its title, its contents, and its sheets of blocks, whatever format it will have.

It is to PDF, DOCX and Markdown what `maintplan.reporting.page` is to HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from maintplan.reporting import flow, foreign
from maintplan.reporting.collecting import Collected, Failure, Item, Listing
from maintplan.reporting.frame import Frame, frame
from maintplan.summary import escaping
from maintplan.summary.blocks import Block, Code, Note, Part, Span, line
from maintplan.words import Words


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
class Paper(Frame):
    """A whole document.

    Attributes
    ----------
    cover
        The title page; empty when the notebook stopped before it.
    first, body
        The sheets, in order: those before the contents, and those after.
    """

    cover: Sheet
    first: tuple[Sheet, ...]
    body: tuple[Sheet, ...]

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
    around, cover = frame(collected, name), collected.cover
    found = (_sheet(item, around.words) for item in collected.items)
    sheets = tuple(sheet for sheet in found if sheet is not None)
    split = around.split([each.id for each in sheets])
    stopped = tuple(_stopped(each, around.words) for each in collected.failures)
    title = escaping.cleaned(cover.title).strip() if cover else ""
    blocks = cover.blocks if cover else ()
    return Paper(
        **vars(around),
        cover=Sheet("cover", title or around.title, "cover", (*stopped, *blocks)),
        first=sheets[:split],
        body=sheets[split:],
    )


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
