"""Numbers, with the unit that the field counts in."""

from __future__ import annotations

import re

from maintplan.fields.base import Scalar, Schema, Value, refuse
from maintplan.fields.given import quoted
from maintplan.fields.patterns import any_case, whole
from maintplan.fields.spec import Spec
from maintplan.fields.wording import number as in_words
from maintplan.fields.wording import pointed
from maintplan.fields.words import ENGLISH, Words

LARGEST = 10**15
DIGITS = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_WITH_UNIT = re.compile(rf"({DIGITS})\s*(.*)", re.DOTALL)
_GROUPED = re.compile(r"[0-9]+(?:[,'_ ][0-9]+)+(?:\.[0-9]+)?|[0-9.]+,[0-9]+")


def limits(spec: Spec, noun: str) -> str:
    """Name a number within a field's limits: ``a number from 0 to 100``."""
    if spec.min is not None and spec.max is not None:
        return f"{noun} from {in_words(spec.min)} to {in_words(spec.max)}"
    if spec.min is not None:
        return f"{noun} of at least {in_words(spec.min)}"
    if spec.max is not None:
        return f"{noun} of at most {in_words(spec.max)}"
    return noun


def figure(digits: str) -> int | float:
    """Return the number that digits write: an int when it is whole, else a float."""
    value = float(digits)
    return int(value) if abs(value) <= LARGEST and value.is_integer() else value


def split_unit(text: str) -> tuple[str, str] | None:
    """Split a text into digits and unit, or return None when it does not begin with a number."""
    found = _WITH_UNIT.fullmatch(text)
    return (found[1], found[2].strip()) if found else None


def within(value: float, text: str, spec: Spec, right: str) -> None:
    """Refuse a number outside of the field's limits, or too large for any."""
    if abs(value) > LARGEST:
        raise refuse(f"{quoted(text)} is larger than any number a plan needs", f"write {right}")
    if spec.min is not None and value < spec.min:
        raise refuse(f"{quoted(text)} is below {in_words(spec.min)}", f"write {right}")
    if spec.max is not None and value > spec.max:
        raise refuse(f"{quoted(text)} is above {in_words(spec.max)}", f"write {right}")


def number_form(spec: Spec, json_type: str = "number") -> Schema:
    """Describe a number within the field's limits."""
    form: Schema = {"type": json_type}
    if spec.min is not None:
        form["minimum"] = spec.min
    if spec.max is not None:
        form["maximum"] = spec.max
    return form


class Number(Scalar):
    """A number; its value is without the unit."""

    name = "number"
    cel_type = "double"

    def read_text(self, text: str, spec: Spec) -> int | float:
        """Return the number, whose unit must be the field's."""
        right = self.what_is_right(spec)
        parts = split_unit(text)
        if parts is None or _GROUPED.match(text):
            grouped = ", without separators between digits" if _GROUPED.match(text) else ""
            hint = pointed(text) or grouped
            raise refuse(f"{quoted(text)} is not a number", f"write {right}{hint}")
        digits, unit = parts
        if unit and unit.lower() != (spec.unit or "").lower():
            if spec.unit:
                raise refuse(f"{quoted(text)} is not in {spec.unit}", f"write {right}")
            raise refuse(f"{quoted(text)} is not a plain number", f"write {right}")
        value = figure(digits)
        within(value, text, spec, right)
        return value

    def what_is_right(self, spec: Spec) -> str:
        """Name a number within the limits."""
        name = limits(spec, "a number")
        return f"{name} in {spec.unit}" if spec.unit else name

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:
        """Show the number with its unit: ``3 GB``."""
        shown = in_words(float(str(value)) if isinstance(value, float) else int(str(value)), words)
        return words.quantity.format(number=shown, unit=spec.unit) if spec.unit else shown

    def text(self, value: Value, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Write the number without its unit."""
        return repr(value)

    def to_cel(self, value: Value, spec: Spec) -> float:  # noqa: ARG002 - the kind's contract
        """Return a double."""
        return float(str(value))

    def forms(self, spec: Spec) -> list[Schema]:
        """Describe a number, or a text of it with the unit."""
        unit = rf"\s*(?:{any_case(spec.unit)})?" if spec.unit else ""
        return [number_form(spec), {"type": "string", "pattern": whole(DIGITS + unit)}]
