"""Markdown of any number of lines."""

from __future__ import annotations

from maintplan.fields.base import Kind, Schema
from maintplan.fields.given import LONGEST_TEXT, Given, scalar_text
from maintplan.fields.spec import Spec


class Markdown(Kind):
    """Markdown, kept as it was written but for line breaks at its end."""

    name = "markdown"

    def read(self, given: Given, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Return the text without the line breaks at its end."""
        return scalar_text(given, declared_text=True, what_is_right="text").rstrip("\n")

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe text, which a usual parser may have taken for a number or a boolean."""
        return [{"type": "string", "maxLength": LONGEST_TEXT}, {"type": ["number", "boolean"]}]
