"""The key of a row in another table; whether that row exists is the plan's question."""

from __future__ import annotations

from maintplan.fields.kinds.text import Text
from maintplan.fields.spec import Spec


class Reference(Text):
    """A row's key."""

    name = "reference"

    def what_is_right(self, spec: Spec) -> str:
        """Name what should be written."""
        return f"the key of a row of {spec.to}" if spec.to else "the key of a row"
