"""References between tables: each names a table that is there, and no table refers back in a circle.

Rules follow references from row to row, so a circle would never end; a table may refer to itself.
"""

from __future__ import annotations

import graphlib
from collections.abc import Iterator

from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.template.model import Template


def problems(template: Template) -> Iterator[MaintplanError]:
    """Yield what is wrong with a template's references."""
    tables = {name for name, each in template.named.items() if each.kind == "table"}
    graph: dict[str, set[str]] = {name: set() for name in tables}
    for each, column, to in template.referring:
        if to not in tables:
            path = f"{each.place}.{column}" if column else each.place
            yield unknown("table", to, tables, Where(each.where.file, each.where.line, path))
        elif column is not None and each.name in graph and each.name != to:
            graph[each.name].add(to)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = [str(name) for name in reversed(error.args[1])]
        what = f"tables refer to each other in a circle: {' -> '.join(circle)}"
        yield InputError(what, template.named[circle[0]].where, "take one of the references out")
