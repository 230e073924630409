"""A picture, and what it is drawn from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from maintplan import fields
from maintplan.fields import Spec
from maintplan.plan import Standing
from maintplan.template import Drawing
from maintplan.words import Words, words


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes
    ----------
    id
        Its name in the template.
    svg
        What it looks like.
    alt
        What it shows, in words, for who does not see it.
    caption
        What stands under it.
    """

    id: str
    svg: str
    alt: str
    caption: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the picture in a notebook, in the colours of its theme."""
        from maintplan.figures.inline import inline  # noqa: PLC0415 - a notebook alone needs it

        del include, exclude
        shown = inline(self.svg, self.alt, styled=False)
        return {"text/plain": self.alt, **({"text/html": shown} if shown else {"image/svg+xml": self.svg})}


@dataclass(frozen=True)
class Source:
    """The answers that a picture is drawn from, by role, whatever fields a template has for them.

    Attributes
    ----------
    standing
        How the plan stands.
    drawing
        Which picture.
    today
        The day that it is drawn on.
    """

    standing: Standing
    drawing: Drawing
    today: dt.date

    @cached_property
    def say(self) -> Words:
        """The words around the answers."""
        return words(self.standing.plan.template.language)

    def value(self, role: str) -> Any:
        """Return the value of a field that counts, or None."""
        name = self.drawing.roles.get(role, "")
        return self._value(name)

    def rows(self, role: str) -> list[Mapping[str, Any]]:
        """Return the rows of the table that a role's column stands in: values by role."""
        table = self._table(role)
        columns = {
            each: name.rpartition(".")[2]
            for each, name in self.drawing.roles.items()
            if name.rpartition(".")[0] == table
        }
        return [
            {each: row.get(column) for each, column in columns.items()} for row in self._value(table) or ()
        ]

    def shown(self, role: str, value: Any) -> str:
        """Show a value as documents do; nothing for None."""
        spec = self.spec(role)
        return "" if value is None or spec is None else fields.show(value, spec)

    def recommended(self, role: str) -> bool:
        """Whether nobody has looked at a role's table or value yet."""
        named = self.standing.plan.template.named
        field = named.get(self.drawing.roles.get(role, "")) or named.get(self._table(role))
        return field is not None and self.standing.fields[field.place].state == "recommended"

    def label(self, role: str) -> str:
        """Return what a role's field or column is called."""
        spec = self.spec(role)
        return spec.label if spec else ""

    def spec(self, role: str) -> Spec | None:
        """Return the kind of a role's value."""
        name = self.drawing.roles.get(role, "")
        named = self.standing.plan.template.named
        if name in named:
            return named[name].spec
        table, _, column = name.rpartition(".")
        return named[table].spec.column(column) if table in named else None

    def _table(self, role: str) -> str:
        return self.drawing.roles.get(role, "").rpartition(".")[0]

    def _value(self, name: str) -> Any:
        field = self.standing.plan.template.named.get(name)
        each = self.standing.fields.get(field.place) if field else None
        return each.value if each is not None and each.shown else None
