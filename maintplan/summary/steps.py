"""Tables of steps, laid out as steps: numbered, each with its command and how to see that it worked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from maintplan.fields import Spec
from maintplan.summary import values
from maintplan.summary.blocks import Block, Line, Paragraph, Span, Step, Steps, joined, line
from maintplan.template import Field
from maintplan.words import Words

Row = Mapping[str, Any]

_DO, _COMMAND, _VERIFY, _WHO, _MINUTES = "do", "command", "verify", "who", "minutes"
"""Columns that a table of steps may have, see ``deliverables.yaml``."""


def step(field: Field, row: Row, words: Words, *, named: bool = False) -> Step:
    """Make a step of a row.

    Parameters
    ----------
    field
        The table.
    row
        The row.
    words
        The word catalogue.
    named
        Whether the step's own name goes before what is done.
    """

    def cell(name: str) -> Line:
        column = field.spec.column(name)
        given = row.get(name)
        return values.value(given, column) if column is not None and given is not None else ()

    key = field.spec.key or ""
    text = cell(_DO) or cell(key)
    if named and row.get(_DO) is not None and row.get(key) is not None:
        text = line(Span(text=f"{row[key]}.", tone="strong"), " ", *text)
    minutes = cell(_MINUTES)
    lasts = joined([minutes, line(words("document.minutes"))], "\N{NO-BREAK SPACE}") if minutes else ()
    if aside := joined([each for each in (cell(_WHO), lasts) if each], ", "):
        text = (*text, *line(" (", *aside, ")"))
    check = cell(_VERIFY)
    return Step(
        line=text,
        code=str(row.get(_COMMAND) or ""),
        check=(*line(words("document.worked"), " "), *check) if check else (),
    )


def of_procedures(field: Field) -> Spec | None:
    """Return the column that names each step's procedure, where the table is one of such steps."""
    if field.spec.kind != "table" or field.spec.column(_DO) is None:
        return None
    return next((column for column in field.spec.columns if column.kind == "reference"), None)


def by_procedure(field: Field, rows: Iterable[Row], of: Spec, words: Words) -> Iterator[Block]:
    """Lay steps out under the names of their procedures, which come in the order of their first steps."""
    found: dict[str, list[Step]] = {}
    for row in rows:
        name = str(row.get(of.id) or field.label)
        found.setdefault(name, []).append(step(field, row, words, named=True))
    for name, steps in found.items():
        yield Paragraph(line=(Span(text=name[:1].upper() + name[1:], tone="strong"),))
        yield Steps(items=tuple(steps))
