"""Whole numbers."""

from __future__ import annotations

import re

from maintplan.fields.base import Schema, Value, refuse
from maintplan.fields.given import quoted
from maintplan.fields.kinds.number import DIGITS, Number, figure, limits, number_form, within
from maintplan.fields.patterns import whole
from maintplan.fields.spec import Spec
from maintplan.fields.wording import number as in_words
from maintplan.fields.words import ENGLISH, Words

_DIGITS = re.compile(DIGITS)


class Integer(Number):
    """A whole number; ``3.0`` is one."""

    name = "integer"

    def read_text(self, text: str, spec: Spec) -> int:
        """Return the whole number."""
        right = self.what_is_right(spec)
        if not _DIGITS.fullmatch(text):
            raise refuse(f"{quoted(text)} is not a whole number", f"write {right}")
        value = figure(text)
        within(value, text, spec, right)
        if isinstance(value, float):
            raise refuse(f"{quoted(text)} is not a whole number", f"write {right}")
        return value

    def what_is_right(self, spec: Spec) -> str:
        """Name a whole number within the limits."""
        return limits(spec, "a whole number")

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show the number."""
        return in_words(int(str(value)), words)

    def forms(self, spec: Spec) -> list[Schema]:
        """Describe a whole number, quoted or not."""
        return [number_form(spec, "integer"), {"type": "string", "pattern": whole(DIGITS)}]
