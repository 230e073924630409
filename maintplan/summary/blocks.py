"""What documents are made of: a few kinds of blocks, without any format.

Summary builders make parts out of these; one renderer per format turns them into HTML, Markdown and the
rest. Because every format starts from the same blocks, all say the same. A part also travels inside the
executed notebook as JSON, so that a report needs nothing but that notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MIME = "application/vnd.maintplan.part+json"

Tone = Literal["plain", "strong", "muted", "code", "high", "medium", "low", "decided", "recommended"]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Block):
    """A run of text in one tone; `href` makes it a link (``#anchor`` within the document)."""

    text: str
    tone: Tone = "plain"
    href: str | None = None


Line = tuple[Span, ...]
"""One line of text: spans one after the other."""


class Heading(_Block):
    """A heading; levels 1 to 4, where a part's own title is level 1."""

    type: Literal["heading"] = "heading"
    level: Annotated[int, Field(ge=1, le=4)]
    text: str
    anchor: str
    aside: Line = ()
    """Words at the heading's far end, such as its state."""


class Paragraph(_Block):
    """A paragraph in the document's own words."""

    type: Literal["paragraph"] = "paragraph"
    line: Line
    tone: Tone = "plain"


class Prose(_Block):
    """Markdown that a person wrote; rendered as safe Markdown, its headings below those around it."""

    type: Literal["prose"] = "prose"
    markdown: str
    under: int = 2
    """Level of the heading that it stands under."""


class Bullets(_Block):
    """A list of lines."""

    type: Literal["bullets"] = "bullets"
    items: tuple[Line, ...]
    ordered: bool = False


class Step(_Block):
    """One step of a procedure.

    Attributes
    ----------
    line
        What to do.
    code
        The command that does it, to be copied as it stands.
    check
        How to see that it worked.
    """

    line: Line
    code: str = ""
    check: Line = ()


class Steps(_Block):
    """Steps that are done in this order."""

    type: Literal["steps"] = "steps"
    items: tuple[Step, ...]


class Column(_Block):
    """A column: its label, its alignment, and how much room it wants beside the others."""

    label: str
    align: Literal["start", "end"] = "start"
    weight: float = 1.0


class Table(_Block):
    """A table with a header; a caption says what it holds."""

    type: Literal["table"] = "table"
    caption: str = ""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]
    anchors: tuple[str, ...] = ()
    """An anchor for each row, where something links to rows."""


class Pairs(_Block):
    """Names with their values, such as on a title page."""

    type: Literal["pairs"] = "pairs"
    pairs: tuple[tuple[str, Line], ...]


class Code(_Block):
    """A command or listing, to be copied as it stands."""

    type: Literal["code"] = "code"
    text: str


class Note(_Block):
    """Something that the reader must not miss, with its tone.

    Attributes
    ----------
    line
        What it is.
    more
        What to do about it, and whatever else is said more quietly.
    """

    type: Literal["note"] = "note"
    tone: Tone = "plain"
    line: Line
    more: Line = ()


class Figure(_Block):
    """A picture (SVG), with what it shows in words."""

    type: Literal["figure"] = "figure"
    svg: str
    alt: str
    caption: str = ""
    name: str = ""
    """Its name in the template, for who takes it out of the document."""


Block = Annotated[
    Heading | Paragraph | Prose | Bullets | Steps | Table | Pairs | Code | Note | Figure,
    Field(discriminator="type"),
]


class Part(_Block):
    """A part of a document: the title page, one section, the sign-off.

    Attributes
    ----------
    id
        Stable name, also the anchor.
    title
        Its heading; empty for a part without one.
    kind
        ``cover`` for the title page, ``section`` for everything that the contents list.
    blocks
        What it holds, without its title.
    about
        Facts for the exporter: on the cover the document's title, language, service, status, revision, date.
    """

    id: str
    title: str
    kind: Literal["cover", "section", "status"] = "section"
    blocks: tuple[Block, ...] = ()
    about: dict[str, Any] = {}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the part in a notebook: HTML, Markdown, plain text, and itself as JSON for exporters."""
        del include, exclude
        from maintplan.summary import html, markdown  # noqa: PLC0415 - the renderers need this module

        return {
            "text/html": html.part(self),
            "text/markdown": markdown.part(self),
            "text/plain": self.title,
            MIME: self.to_json(),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the part as JSON, without what is as it is by default."""
        data = self.model_dump(mode="json", exclude_defaults=True)
        for block, written in zip(self.blocks, data.get("blocks", ()), strict=True):
            written["type"] = block.type
        return data


def line(*spans: Span | str) -> Line:
    """Make a line out of spans and plain texts."""
    return tuple(span if isinstance(span, Span) else Span(text=span) for span in spans if span)


def joined(lines: Sequence[Line], separator: str = " ") -> Line:
    """Put lines one after the other, with a separator between them."""
    result: list[Span] = []
    for index, each in enumerate(lines):
        if index and separator:
            result.append(Span(text=separator))
        result.extend(each)
    return tuple(result)
