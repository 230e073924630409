"""Lengths of time; the reading itself is in `maintplan.fields.duration`."""

from __future__ import annotations

from datetime import timedelta

from maintplan.fields import duration
from maintplan.fields.base import Scalar, Schema, Value
from maintplan.fields.patterns import any_case, whole
from maintplan.fields.spec import Spec
from maintplan.fields.words import ENGLISH, Words

_PARTS = r"(?:[0-9]+(?:\.[0-9]+)?\s*[A-Za-z]+\s*)+"
_ISO = r"[Pp][0-9.,A-Za-z]+"
PATTERN = whole(rf"{any_case('at')}\s+{any_case('once')}|{_ISO}|{_PARTS}")


class Duration(Scalar):
    """A length of time in the unit that was typed."""

    name = "duration"
    cel_type = "duration"

    def read_text(self, text: str, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Return the canonical text."""
        return duration.canonical(text)

    def what_is_right(self, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Name what should be written."""
        return duration.MEND.removeprefix("write ")

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show it as a sentence says it: ``4 hours``."""
        return duration.show(str(value), words)

    def to_cel(self, value: Value, spec: Spec) -> timedelta:  # noqa: ARG002 - the kind's contract
        """Return a timedelta."""
        return duration.to_timedelta(str(value))

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe a number with its unit, or ISO 8601."""
        return [{"type": "string", "pattern": PATTERN}]
