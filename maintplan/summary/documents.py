"""A document as it travels in the notebook: a title page and its parts, in one output."""

from __future__ import annotations

from html import escape
from typing import Any

from pydantic import BaseModel, ConfigDict

from maintplan.summary.blocks import Part

MIME = "application/vnd.maintplan.document+json"


class Document(BaseModel):
    """One of the documents that a plan produces.

    Attributes
    ----------
    id
        Its name, by which it is chosen.
    title
        What it is called.
    cover
        Its title page.
    parts
        What it holds, in order; nothing where the whole plan is the document.
    whole
        Whether it is the whole plan: everything that the notebook shows, under this title page.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    cover: Part
    parts: tuple[Part, ...] = ()
    whole: bool = False

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the document in a notebook by its title; exporters take the rest from the JSON."""
        del include, exclude
        listed = ", ".join(part.title for part in self.parts if part.title)
        said = f"{self.title}: {listed}" if listed else self.title
        return {
            "text/html": f"<p>{escape(said)}</p>",
            "text/plain": said,
            MIME: self.to_json(),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the document as JSON."""
        data = self.model_dump(mode="json", exclude={"cover", "parts"}, exclude_defaults=True)
        return {**data, "cover": self.cover.to_json(), "parts": [part.to_json() for part in self.parts]}
