"""Names with types, and expressions compiled over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.errors import InputError, Where, unknown
from maintplan.expressions.bare import read, refuse_growth, too_deep

if TYPE_CHECKING:
    from cel_expr_python import cel

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*(?:\s*\.\s*[A-Za-z_][A-Za-z_0-9]*)*")
_HAS = re.compile(rf"\bhas\s*\(\s*({_NAME.pattern})\s*\)")
_PLACE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")

SERVICE = {"service.name": "string", "service.tier": "int", "service.stage": "string"}


def cel_types() -> dict[str, cel.Type]:
    """Return CEL's types by the names that `fields.cel_type` has for them; ``row`` is a table's row."""
    from cel_expr_python import cel  # noqa: PLC0415

    row = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    return {
        "duration": cel.Type.DURATION,
        "timestamp": cel.Type.TIMESTAMP,
        "double": cel.Type.DOUBLE,
        "int": cel.Type.INT,
        "bool": cel.Type.BOOL,
        "string": cel.Type.STRING,
        "list(string)": cel.Type.List(cel.Type.STRING),
        "list(row)": cel.Type.List(row),
        "row": row,
        "schedule": row,
    }


@dataclass(frozen=True)
class Missing:
    """An expression can't be decided yet, because of the name that has no value."""

    name: str


class Scope:
    """The names that an expression may use, each with its type.

    Parameters
    ----------
    specs
        Field specs by ``question.field``.
    extra
        Further names with their types, as `fields.cel_type` words them; ``row`` is a table's row.
    """

    def __init__(self, specs: Mapping[str, fields.Spec], extra: Mapping[str, str] | None = None) -> None:
        types = {name: fields.cel_type(spec) for name, spec in specs.items()}
        types.update({f"{name}.given": "bool" for name in specs})
        self.fields = frozenset(specs)
        self.types: Mapping[str, str] = {**types, **SERVICE, **(extra or {})}

    @cached_property
    def _environment(self) -> cel.Env:
        from cel_expr_python import cel  # noqa: PLC0415 - a native module, loaded where the first rule is compiled

        kinds = cel_types()
        return cel.NewEnv(variables={name: kinds[kind] for name, kind in self.types.items()})

    def compile(self, text: str, where: Where) -> Expression:
        """Compile a condition.

        Parameters
        ----------
        text
            The CEL text; it has to give a boolean.
        where
            The line that holds it, for errors.

        Raises
        ------
        InputError
            For a syntax error, an unknown name, types that don't fit, or a text that is too long or deep.
        """
        code = read(text, where)
        refuse_growth(code, where)
        for found in _HAS.finditer(code):
            if (name := _joined(found[1])) in self.fields:
                mend = f"write {name}.given; has() is for a row's columns"
                raise InputError(f"has({name}) asks for a field's value", where, mend)
        try:
            compiled = self._environment.compile(text)
        except Exception as error:  # noqa: BLE001 - the binding names no class of its own for a refusal
            raise self._refusal(str(error), where) from None
        if (result := compiled.return_type().name().lower()) != "bool":
            raise InputError(f"the expression gives {result}", where, "make it a condition, true or false")
        names = (self._longest(_joined(name)) for name in _NAME.findall(code))
        return Expression(text, compiled, frozenset(name for name in names if name), where)

    def _longest(self, dotted: str) -> str | None:
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            if (name := ".".join(parts[:end])) in self.types:
                return name
        return None

    def _refusal(self, message: str, where: Where) -> InputError:
        if "recursion" in message:
            return too_deep(where)
        found = _PLACE.search(message)
        line, column, words = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, message)
        spot = f"column {column}" if line == 1 else f"line {line}, column {column} of it"
        if undeclared := _UNDECLARED.search(words):
            error = unknown("name", undeclared[1], self.types, where)
            return InputError(f"{error.what} ({spot})", where, error.mend)
        for noise in (" (in container", " expecting {", " [INVALID_ARGUMENT]"):
            words = words.split(noise, 1)[0]
        words = words.replace("'<EOF>'", "its end")
        mend = "fields are named question.field, numbers are written 3.0, durations duration('4h')"
        return InputError(f"the expression does not compile: {words} ({spot})", where, mend)


@dataclass(frozen=True)
class Expression:
    """A compiled condition.

    Attributes
    ----------
    text
        As it was written.
    names
        The names that it looks at.
    where
        The line that holds it.
    """

    text: str
    _compiled: cel.Expression
    names: frozenset[str]
    where: Where

    def holds(self, values: Mapping[str, Any]) -> bool | Missing:
        """Evaluate over typed values by name; an absent name makes it wait, unless another part decides."""
        known = {name: values[name] for name in self.names if name in values}
        result = self._compiled.eval(data=known).plain_value()
        if isinstance(result, bool):
            return result
        absent = sorted(self.names - known.keys())
        return Missing(absent[0] if absent else str(result))


def _joined(dotted: str) -> str:
    return "".join(dotted.split())
