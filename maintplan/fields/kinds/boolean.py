"""True or false, and no other word for them."""

from __future__ import annotations

from maintplan.fields.base import Scalar, Schema, Value, refuse
from maintplan.fields.given import quoted
from maintplan.fields.patterns import any_case, whole
from maintplan.fields.spec import Spec
from maintplan.fields.words import ENGLISH, Words

_MEANT = {
    "yes": "true",
    "y": "true",
    "on": "true",
    "1": "true",
    "no": "false",
    "n": "false",
    "off": "false",
    "0": "false",
}


class Boolean(Scalar):
    """``true`` or ``false``."""

    name = "boolean"
    cel_type = "bool"

    def read_text(self, text: str, spec: Spec) -> bool:
        """Return the boolean."""
        word = text.lower()
        if word not in {"true", "false"}:
            # YAML 1.1 and 1.2 disagree on these words, so taking them would hide the difference.
            right = _MEANT.get(word, self.what_is_right(spec))
            raise refuse(f"{quoted(text)} is neither true nor false", f"write {right}")
        return word == "true"

    def what_is_right(self, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Name what should be written."""
        return "true or false"

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show the catalogue's word for it."""
        return words.true if value else words.false

    def text(self, value: Value, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Write ``true`` or ``false``."""
        return "true" if value else "false"

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe a boolean, quoted or not."""
        return [
            {"type": "boolean"},
            {"type": "string", "pattern": whole(f"{any_case('true')}|{any_case('false')}")},
        ]
