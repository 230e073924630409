"""One of a field's options, by its id or by its label."""

from __future__ import annotations

from maintplan.errors import closest
from maintplan.fields.base import Scalar, Schema, Value, refuse
from maintplan.fields.given import quoted
from maintplan.fields.patterns import any_case, read_otherwise, same_in_any_case, whole
from maintplan.fields.spec import Spec
from maintplan.fields.words import ENGLISH, Words

_MOST_NAMED = 12


def option(text: str, spec: Spec) -> str:
    """Return the id of the option that a text names, by id first, then by label in any case.

    Raises
    ------
    ValueProblem
        When it names none; the error names the closest ones.
    """
    options = spec.options
    if not options or text in options:
        return text
    for names in ({name: name for name in options}, options):
        for found, name in names.items():
            if same_in_any_case(name, text):
                return found
    known = {name.lower(): found for found, label in options.items() for name in (label, found)}
    near = closest(text.lower(), known)
    mend = f"did you mean {known[near]}? The options are {_named(spec)}" if near else f"write {right(spec)}"
    raise refuse(f"{quoted(text)} is not one of the options", mend)


def right(spec: Spec) -> str:
    """Name the options, as it follows the word *write* in an error."""
    return f"one of {_named(spec)}" if spec.options else "text in one line"


def _named(spec: Spec) -> str:
    names = list(spec.options)
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def option_forms(spec: Spec) -> list[Schema]:
    """Describe one option: its id, for an editor to offer, or its label in any case."""
    if not spec.options:
        return [{"type": ["string", "number", "boolean"]}]
    names = list(dict.fromkeys([*spec.options, *spec.options.values()]))
    pattern = whole("|".join(dict.fromkeys(any_case(name) for name in names)))
    forms: list[Schema] = [{"enum": list(spec.options)}, {"type": "string", "pattern": pattern}]
    if any(read_otherwise(name) for name in names):
        forms.append({"type": ["number", "boolean"]})
    return forms


class Choice(Scalar):
    """One option; its value is the option's id."""

    name = "choice"
    declared_text = True

    def read_text(self, text: str, spec: Spec) -> str:
        """Return the option's id."""
        return option(text, spec)

    def what_is_right(self, spec: Spec) -> str:
        """Name the options."""
        return right(spec)

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show the option's label."""
        return spec.options.get(str(value), str(value))

    def forms(self, spec: Spec) -> list[Schema]:
        """Describe one of the options."""
        return option_forms(spec)
