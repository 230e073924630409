"""Versions, exactly as they are written: 1.10 is not 1.1."""

from __future__ import annotations

from maintplan.fields.base import Schema, refuse
from maintplan.fields.given import quoted
from maintplan.fields.kinds.text import Text
from maintplan.fields.spec import Spec

LONGEST = 64


class Version(Text):
    """One word of up to 64 characters."""

    name = "version"

    def read_text(self, text: str, spec: Spec) -> str:
        """Return the version as it was written."""
        if len(text) > LONGEST or len(text.split()) != 1:
            raise refuse(f"{quoted(text)} is not a version", f"write {self.what_is_right(spec)}")
        return text

    def what_is_right(self, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Name what should be written."""
        return f"one word of up to {LONGEST} characters, such as 1.10 or v2.3.1-rc1"

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe one word, which a usual parser may have taken for a number."""
        return [{"type": "string", "pattern": r"^\s*\S{1,64}\s*$"}, {"type": ["number", "boolean"]}]
