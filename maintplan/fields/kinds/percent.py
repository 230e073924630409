"""Shares of a hundred."""

from __future__ import annotations

from dataclasses import replace

from maintplan.fields.base import Schema, Value, refuse
from maintplan.fields.given import quoted
from maintplan.fields.kinds.number import DIGITS, LARGEST, Number, figure, limits, number_form, split_unit
from maintplan.fields.patterns import whole
from maintplan.fields.spec import Spec
from maintplan.fields.wording import number as in_words
from maintplan.fields.wording import pointed
from maintplan.fields.words import ENGLISH, Words

_HUNDRED = 100


def _bounded(spec: Spec) -> Spec:
    """Return the field's limits, which are never wider than 0 to 100."""
    low = 0 if spec.min is None else max(spec.min, 0)
    high = _HUNDRED if spec.max is None else min(spec.max, _HUNDRED)
    return replace(spec, min=low, max=high)


class Percent(Number):
    """A number from 0 to 100, with or without a percent sign."""

    name = "percent"

    def read_text(self, text: str, spec: Spec) -> int | float:
        """Return the number without its sign."""
        parts = split_unit(text)
        value = figure(parts[0]) if parts and parts[1] in {"", "%"} else LARGEST
        bounds = _bounded(spec)
        if not (bounds.min or 0) <= value <= (_HUNDRED if bounds.max is None else bounds.max):
            raise refuse(
                f"{quoted(text)} is not a percent", f"write {self.what_is_right(spec)}{pointed(text)}"
            )
        return value

    def what_is_right(self, spec: Spec) -> str:
        """Name a number from 0 to 100."""
        return limits(_bounded(spec), "a number")

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show the number with its sign: ``5 %``."""
        return words.percent.format(
            number=in_words(value if isinstance(value, float) else int(str(value)), words)
        )

    def forms(self, spec: Spec) -> list[Schema]:
        """Describe a number from 0 to 100, or a text of it with the sign."""
        return [number_form(_bounded(spec)), {"type": "string", "pattern": whole(rf"{DIGITS}\s*%?")}]
