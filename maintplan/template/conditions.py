"""The conditions of a template, compiled once, in the order in which they can be decided.

A field's condition looks at other fields, which may hang on conditions themselves. The order puts each
after all that it looks at; a circle is refused.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from maintplan.documents import gathered
from maintplan.errors import InputError, MaintplanError, Where
from maintplan.expressions import Expression, Scope
from maintplan.template.model import Field, Template


@dataclass(frozen=True)
class Conditions:
    """Compiled conditions.

    Attributes
    ----------
    scope
        The names that conditions and rules of this template may use.
    by_place
        Conditions by place of the field that they decide on, those of its consideration included.
    order
        All fields, each after those that its conditions look at.
    columns
        Conditions of columns, by place of the table and id of the column; ``row`` is the row.
    looked_at
        The fields that any of them looks at, by name.
    """

    scope: Scope
    by_place: Mapping[str, tuple[Expression, ...]]
    order: tuple[Field, ...]
    columns: Mapping[str, Mapping[str, Expression]] = field(default_factory=dict)
    looked_at: frozenset[str] = frozenset()


def compile_conditions(template: Template) -> Conditions:
    """Compile every condition of a template.

    Raises
    ------
    InputError
        For a condition that does not compile, and for conditions that wait for each other.
    """
    specs = {name: field.spec for name, field in template.named.items()}
    scope, rows = Scope(specs), Scope(specs, {"row": "row"})
    problems: list[MaintplanError] = []
    by_place: dict[str, tuple[Expression, ...]] = {}
    columns: dict[str, dict[str, Expression]] = {}
    for consideration in template.considerations:
        outer = tuple(_compiled(scope, consideration.when, consideration.where, problems))
        for each in consideration.fields:
            if found := (*outer, *_compiled(scope, each.when, each.where, problems)):
                by_place[each.place] = found
            for name, when in each.columns_when.items():
                where = Where(each.where.file, each.where.line, f"{each.place}.{name}")
                for expression in _compiled(rows, when, where, problems):
                    columns.setdefault(each.place, {})[name] = expression
    if problems:
        raise gathered(problems)
    names = (name for found in by_place.values() for each in found for name in each.names)
    looked_at = frozenset(name.removesuffix(".given") for name in names)
    return Conditions(scope, by_place, _ordered(template, by_place), columns, looked_at)


def _compiled(
    scope: Scope, text: str | None, where: Where, problems: list[MaintplanError]
) -> Iterator[Expression]:
    if text is None:
        return
    try:
        yield scope.compile(text, where)
    except MaintplanError as error:
        problems.append(error)


def _ordered(template: Template, conditions: Mapping[str, tuple[Expression, ...]]) -> tuple[Field, ...]:
    graph: dict[str, set[str]] = {place: set() for place in template.fields}
    for place, expressions in conditions.items():
        looked_at = (name.removesuffix(".given") for each in expressions for name in each.names)
        graph[place].update(
            found.place for name in looked_at if (found := template.named.get(name)) is not None
        )
    try:
        return tuple(template.fields[place] for place in graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        # graphlib names each before the one that waits for it; a person reads it the other way round.
        circle = [str(place) for place in reversed(error.args[1])]
        where = template.fields[circle[0]].where
        what = f"conditions wait for each other: {' -> '.join(circle)}"
        raise InputError(what, where, "drop one of them") from None
