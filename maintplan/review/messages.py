"""What a finding says: a rule's message with the plan's values filled in, as a reader sees them.

``{recovery.rto}`` is a field, ``{row.gate.window}`` a cell, ``{limit}`` the limit; anything else in braces
is a CEL expression, such as ``{size(rollout.stages)}``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maintplan import fields
from maintplan.errors import InputError, Where
from maintplan.fields import duration
from maintplan.review.compiling import Blocked, Compiled, Failed, compile_expression
from maintplan.review.types import Types

_HOLE = re.compile(r"\{([^{}]*)\}")
_NUMBER = fields.Spec(kind="number")


@dataclass(frozen=True)
class Hole:
    """A value to fill in.

    Attributes
    ----------
    compiled
        What gives it, as rules see it.
    path
        The names of a field or cell, apart, where it is no more than that.
    spec
        How such a document value is shown.
    """

    compiled: Compiled
    path: tuple[str, ...] = ()
    spec: fields.Spec | None = None


@dataclass(frozen=True)
class Message:
    """A message, taken apart: texts and what stands between them."""

    parts: tuple[str | Hole, ...]
    names: frozenset[str]


def read_message(
    text: str, types: Types, where: Where, *, rule: str, each: str | None, limit: fields.Spec | None
) -> Message:
    """Take a message apart.

    Raises
    ------
    InputError
        When something in braces is no field, column or expression.
    """
    parts: list[str | Hole] = []
    at = 0
    for found in _HOLE.finditer(text):
        parts.append(text[at : found.start()])
        parts.append(_hole(found[1].strip(), types, where, rule=rule, each=each, limit=limit))
        at = found.end()
    parts.append(text[at:])
    if any("{" in part or "}" in part for part in parts if isinstance(part, str)):
        raise InputError("a brace in the message has no partner", where, "write {question.field} for a value")
    names = frozenset(name for part in parts if isinstance(part, Hole) for name in part.compiled.names)
    return Message(tuple(part for part in parts if part), names)


def _hole(
    text: str, types: Types, where: Where, *, rule: str, each: str | None, limit: fields.Spec | None
) -> Hole:
    if not text:
        raise InputError(
            "a pair of braces in the message is empty", where, "write {question.field} for a value"
        )
    named = types.template.named
    if text == "limit" and limit is not None:
        return Hole(Compiled(text, frozenset({text}), where, rule, types), (text,), limit)
    if text in named:
        return Hole(Compiled(text, frozenset({text}), where, rule, types), (text,), named[text].spec)
    first, _, rest = text.partition(".")
    path: tuple[str, ...] = ()
    if first in ("row", "prev") and each is not None and re.fullmatch(r"\w+(\.\w+)*", rest):
        path = (first, *rest.split("."))
        if spec := _column(path[1:], types, each):
            return Hole(Compiled(text, frozenset({first}), where, rule, types), path, spec)
    kind = fields.cel_type(limit) if limit else None
    compiled = compile_expression(text, types, where, rule=rule, each=each, limit=kind, condition=False)
    return Hole(compiled, path)


def _column(path: Sequence[str], types: Types, table: str) -> fields.Spec | None:
    """Return the spec of a column, references followed; None for a part of a value, such as a period."""
    spec = None
    for index, name in enumerate(path):
        spec = types.tables[table].spec.column(name) if table in types.tables else None
        if spec is None:
            return None
        if index < len(path) - 1:
            table = spec.to or ""
    return spec


def shown(value: Any, missing: str) -> str:
    """Show what an expression gave."""
    if isinstance(value, Blocked | Failed) or value is None:
        return missing
    if isinstance(value, bool):
        return fields.show(value, fields.Spec(kind="boolean"))
    if isinstance(value, int | float):
        number = round(float(value), 2)
        return fields.show(int(number) if number.is_integer() else number, _NUMBER)
    if isinstance(value, dt.timedelta):
        length = dt.timedelta(seconds=round(value.total_seconds())) if value.total_seconds() > 1 else value
        return duration.show(duration.from_timedelta(abs(length)))
    if isinstance(value, dt.datetime):
        return fields.show(value.date().isoformat(), fields.Spec(kind="date"))
    if isinstance(value, list):
        return fields.ENGLISH.listing.join(shown(each, missing) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("text") or next(iter(value.values()), missing))
    return str(value)
