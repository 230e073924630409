"""The conditions of a template, compiled once, in the order in which they can be decided.

A field's condition looks at other fields, which may hang on conditions themselves. The order puts each
after all that it looks at; a circle is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maintplan.errors import InputError, MaintplanError, Problems, Where
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
        Conditions by place of the field or consideration that they decide on.
    order
        All fields, each after those that its conditions look at.
    """

    scope: Scope
    by_place: Mapping[str, tuple[Expression, ...]]
    order: tuple[Field, ...]


def compile_conditions(template: Template) -> Conditions:
    """Compile every condition of a template.

    Raises
    ------
    InputError
        For a condition that does not compile, and for conditions that wait for each other.
    """
    scope = Scope({name: field.spec for name, field in template.named.items()})
    problems: list[MaintplanError] = []
    by_place: dict[str, tuple[Expression, ...]] = {}
    for consideration in template.considerations:
        outer = tuple(_compiled(scope, consideration.when, consideration.where, problems))
        for field in consideration.fields:
            found = (*outer, *_compiled(scope, field.when, field.where, problems))
            if found:
                by_place[field.place] = found
    if problems:
        raise Problems(problems) if len(problems) > 1 else problems[0]
    return Conditions(scope, by_place, tuple(_ordered(template, by_place)))


def _compiled(scope: Scope, text: str | None, where: Where, problems: list[MaintplanError]) -> Iterator[Expression]:
    if text is None:
        return
    try:
        yield scope.compile(text, where)
    except MaintplanError as error:
        problems.append(error)


def _ordered(template: Template, conditions: Mapping[str, tuple[Expression, ...]]) -> Iterator[Field]:
    done: set[str] = set()
    open_: list[str] = []

    def visit(field: Field) -> Iterator[Field]:
        if field.place in done:
            return
        if field.place in open_:
            circle = " -> ".join([*open_[open_.index(field.place) :], field.place])
            raise InputError(f"conditions wait for each other: {circle}", field.where, "drop one of them")
        open_.append(field.place)
        for expression in conditions.get(field.place, ()):
            for name in sorted(expression.names):
                looked_at = template.named.get(name.removesuffix(".given"))
                if looked_at is not None:
                    yield from visit(looked_at)
        open_.pop()
        done.add(field.place)
        yield field

    for field in template.fields.values():
        yield from visit(field)
