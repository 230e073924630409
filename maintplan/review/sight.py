"""What rules look at: which columns of which tables, and which references they follow.

Only that is handed to CEL, which has to translate every row anew for every review. A reference that no rule
follows is handed over as the bare key: there, ``has(row.alert)`` is all that rules ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from maintplan.template import Field

_HAS = re.compile(r"\bhas\s*\(\s*(\w+(?:\s*\.\s*\w+)*)\s*\.\s*(\w+)\s*\)")
_COLUMN = re.compile(r"\.\s*([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Sight:
    """What is looked at of one table.

    Attributes
    ----------
    columns
        The columns whose cells are read.
    followed
        Those of them whose rows are read: of references.
    """

    columns: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()


def of(seen: Iterable[tuple[Iterable[str], str]], named: Mapping[str, Field]) -> dict[str, Sight]:
    """Work out what is looked at.

    Parameters
    ----------
    seen
        For each rule the names that it looks at and the text of its expressions.
    named
        The fields of the template, by name.
    """
    sights: dict[str, Sight] = {}
    for names, text in seen:
        # ``.window`` may be a column of any of the tables that the rule reaches; more is harmless.
        asked = frozenset(found[2] for found in _HAS.finditer(text))
        followed = frozenset(_COLUMN.findall(_HAS.sub(r"\1", text)))
        columns = asked | followed
        for table in _reached(names, named):
            before = sights.get(table, Sight())
            sights[table] = Sight(before.columns | columns, before.followed | followed)
    return sights


def _reached(names: Iterable[str], named: Mapping[str, Field]) -> set[str]:
    """Return the tables among the names, and those that references lead to from them."""
    reached: set[str] = set()
    open_ = [name for name in names if name in named]
    while open_:
        name = open_.pop()
        if name in reached:
            continue
        if named[name].kind == "table":
            reached.add(name)
        open_.extend(_referred(named[name], named))
    return reached


def _referred(field: Field, named: Mapping[str, Field]) -> Iterator[str]:
    for spec in (field.spec, *field.spec.columns):
        if spec.to is not None and spec.to in named:
            yield spec.to
