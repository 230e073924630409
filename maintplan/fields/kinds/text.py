"""Text of one line."""

from __future__ import annotations

from maintplan.fields.base import Scalar, Schema
from maintplan.fields.given import LONGEST_TEXT
from maintplan.fields.spec import Spec


class Text(Scalar):
    """Text of one line, without white space around it."""

    name = "text"
    declared_text = True

    def read_text(self, text: str, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Return the text as it is."""
        return text

    def what_is_right(self, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Name what should be written."""
        return "text in one line"

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe text, which a usual parser may have taken for a number or a boolean."""
        return [{"type": "string", "maxLength": LONGEST_TEXT}, {"type": ["number", "boolean"]}]
