"""A document as its template needs it: a title, its contents, and the body as pieces of HTML.

Every string in `Page` whose name ends in ``html`` or ``css`` goes into the document as it stands; all others
are text, which the template escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maintplan.reporting import fonts, outputs
from maintplan.reporting.collecting import Collected, Failure, Listing, Output
from maintplan.reporting.frame import Frame, frame
from maintplan.summary import html
from maintplan.summary.blocks import Code, Part

_ADDRESS = re.compile(r'<a href="([^"]+)">\1</a>')
_ITALIC = re.compile(r"<(?:em|i|cite|var)>")


@dataclass(frozen=True)
class Entry:
    """A line of the contents; `matter` is ``section`` for the plan itself, ``status`` for what follows it."""

    anchor: str
    title: str
    matter: str


@dataclass(frozen=True)
class Piece:
    """A piece of the body; one that stands for a failed cell has the failure instead of HTML."""

    html: str = ""
    failure: Failure | None = None


@dataclass(frozen=True)
class Page(Frame):
    """What the template puts on the page.

    Attributes
    ----------
    cover_html
        The title page; empty when the notebook stopped before it.
    contents
        The table of contents.
    first, body
        The pieces, in order: those before the contents, and those after.
    failures
        Cells that failed.
    fonts_css
        The fonts that it needs.
    """

    cover_html: str
    contents: tuple[Entry, ...]
    first: tuple[Piece, ...]
    body: tuple[Piece, ...]
    failures: tuple[Failure, ...]
    fonts_css: str


def page(collected: Collected, name: str) -> Page:
    """Return the page of a notebook.

    Parameters
    ----------
    collected
        What the notebook holds.
    name
        Its name, the title where no title page gives one.
    """
    around = frame(collected, name)
    cover = _part(collected.cover) if collected.cover else ""
    pieces = tuple(map(_piece, collected.items))
    everything = f"{around.title}{cover}{''.join(piece.html for piece in pieces)}"
    ids = [item.id if isinstance(item, Part) else "" for item in collected.items]
    split, paired = around.split(ids), frozenset(around.side_by_side)
    return Page(
        **vars(around),
        cover_html=cover,
        contents=tuple(
            Entry(part.id, part.title, "status" if part.kind == "status" else "section")
            for part in collected.parts
            if part.title
        ),
        first=tuple(_side_by_side(pieces[:split], ids[:split], paired)),
        body=tuple(_side_by_side(pieces[split:], ids[split:], paired)),
        failures=collected.failures,
        fonts_css=fonts.css(everything, italic=_ITALIC.search(everything) is not None),
    )


def _part(part: Part) -> str:
    # On paper an address follows its link, but not where the link's words are the address.
    return _ADDRESS.sub(r'<a class="maintplan-address" href="\1">\1</a>', html.part(part, styled=True))


def _piece(item: Part | Output | Listing | Failure) -> Piece:
    if isinstance(item, Part):
        return Piece(_part(item))
    if isinstance(item, Failure):
        return Piece(failure=item)
    if isinstance(item, Listing):
        return Piece(f'<div class="maintplan-listing">{html.code(Code(text=item.code), styled=True)}</div>\n')
    return Piece(outputs.html(item))


def _side_by_side(pieces: Sequence[Piece], ids: Sequence[str], paired: frozenset[str]) -> Iterator[Piece]:
    """Yield pieces, each two of the paired ones that follow each other as one."""
    at = 0
    while at < len(pieces):
        two = ids[at : at + 2]
        if len(two) > 1 and paired.issuperset(two):
            html = f"{pieces[at].html}\n{pieces[at + 1].html}"
            yield Piece(f'<div class="maintplan-beside">\n{html}\n</div>')
            at += 2
        else:
            yield pieces[at]
            at += 1


def css_string(text: str) -> str:
    """Return text as a string in CSS within a ``<style>`` element, whatever characters it has."""
    safe = re.sub(r"[^\w .,:;()/+\-]", lambda found: f"\\{ord(found[0]):x} ", " ".join(text.split()))
    return f'"{safe}"'
