"""What every kind of value can do, and the register of them.

Each kind is one file in `maintplan.fields.kinds` and registers itself there; adding one touches that file
and its test. A value has exactly one parser, whatever it comes from: a plan file, a form, a CSV cell, an
artifact.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, TypeAlias

from maintplan.errors import ValueProblem, unknown
from maintplan.fields.given import LONGEST_TEXT, Given, clean, one_line, plain, scalar_text
from maintplan.fields.spec import Spec
from maintplan.fields.words import ENGLISH, Words

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value]"
Schema: TypeAlias = dict[str, object]

KINDS: dict[str, Kind] = {}


class Kind(ABC):
    """One kind of value: how it is read, shown, written and described.

    Attributes
    ----------
    name
        The kind's name in a template.
    cel_type
        Name of the type that rules see.
    longest
        The most characters that a text of this kind may have.
    """

    name: ClassVar[str]
    cel_type: ClassVar[str] = "string"
    longest: ClassVar[int] = LONGEST_TEXT

    def __init_subclass__(cls) -> None:
        """Register the kind under its name; a base for others has none."""
        super().__init_subclass__()
        if "name" in vars(cls):
            KINDS[cls.name] = cls()

    def parse(self, raw: object, spec: Spec) -> Value | None:
        """Return the document value of what was given, or None when nothing was.

        Raises
        ------
        ValueProblem
            When it is something that the kind refuses.
        """
        given = plain(raw)
        if isinstance(given, str):
            given = clean(given, self.longest)
            if not given.strip():
                return None
        if given is None or given in ([], {}):
            return None
        return self.read(given, spec)

    @abstractmethod
    def read(self, given: Given, spec: Spec) -> Value | None:
        """Return the document value of plain data that is not empty."""

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - for the kinds that need them
        """Show a document value to a reader."""
        return self.text(value, spec)

    def text(self, value: Value, spec: Spec) -> str:  # noqa: ARG002 - for the kinds that need it
        """Write a document value so that `parse` gives it back."""
        return str(value)

    def to_cel(self, value: Value, spec: Spec) -> object:  # noqa: ARG002 - for the kinds that need it
        """Return the Python value that a rule sees."""
        return value

    def schema(self, spec: Spec) -> Schema:
        """Describe what a plan file may hold, as JSON Schema, draft 2020-12."""
        nothing: list[Schema] = [{"enum": [None, [], {}]}, {"type": "string", "pattern": r"^\s*$"}]
        title: Schema = {"title": spec.label} if spec.label else {}
        return {**title, "anyOf": [*self.forms(spec), *nothing]}

    @abstractmethod
    def forms(self, spec: Spec) -> list[Schema]:
        """Describe the forms that an answer may take, as usual parsers of YAML and JSON read them."""


class Scalar(Kind):
    """A kind whose values are one text, number or boolean.

    Attributes
    ----------
    declared_text
        Whether a Python number or boolean is refused, because it may no longer be what was typed.
    """

    declared_text: ClassVar[bool] = False

    def read(self, given: Given, spec: Spec) -> Value:
        """Return the document value of one scalar."""
        right = self.what_is_right(spec)
        text = scalar_text(given, declared_text=self.declared_text, what_is_right=right)
        return self.read_text(one_line(text), spec)

    @abstractmethod
    def read_text(self, text: str, spec: Spec) -> Value:
        """Return the document value of a stripped text of one line."""

    @abstractmethod
    def what_is_right(self, spec: Spec) -> str:
        """Name what should be written, as it follows the word *write* in an error."""


def kind(name: str) -> Kind:
    """Return a kind by its name.

    Raises
    ------
    InputError
        When no kind has that name; it names the closest one.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise unknown("kind of field", name, KINDS) from None


def parse(raw: object, spec: Spec) -> Value | None:
    """Return the document value of what was given for a field, or None when nothing was.

    Raises
    ------
    ValueProblem
        When the field's kind refuses it. For a table, ``where.path`` is the rest of the place after the
        field.
    """
    return kind(spec.kind).parse(raw, spec)


def show(value: Value, spec: Spec, words: Words = ENGLISH) -> str:
    """Show a document value to a reader: ``4 hours``, ``5 %``, ``1 December 2026``."""
    return kind(spec.kind).show(value, spec, words)


def text(value: Value, spec: Spec) -> str:
    """Write a document value as text that `parse` gives back as it was."""
    return kind(spec.kind).text(value, spec)


def schema(spec: Spec) -> Schema:
    """Describe what a plan file may hold for a field, as JSON Schema, draft 2020-12."""
    return kind(spec.kind).schema(spec)


def cel_type(spec: Spec) -> str:
    """Name the type that rules see a field as."""
    return kind(spec.kind).cel_type


def to_cel(value: Value, spec: Spec) -> object:
    """Return the Python value that a rule sees for a document value."""
    return kind(spec.kind).to_cel(value, spec)


def is_seen_as_it_is(spec: Spec) -> bool:
    """Return whether rules see a document value of this kind as it stands."""
    return type(kind(spec.kind)).to_cel is Kind.to_cel


def refuse(what: str, mend: str) -> ValueProblem:
    """Make the error for a value that a kind refuses."""
    return ValueProblem(what, mend=mend)
