"""What documents bring beside their text, as data: which pictures are drawn, and from which answers."""

from __future__ import annotations

from collections.abc import Iterator

from maintplan.errors import MaintplanError, unknown
from maintplan.template import files
from maintplan.template.layered import Sources
from maintplan.template.model import Template
from maintplan.template.parts import DRAWINGS, Drawing


def pictures(sources: Sources, template: Template, problems: list[MaintplanError]) -> Iterator[Drawing]:
    """Yield the pictures of ``pictures.yaml``; what they are drawn from is the template's."""
    found = sources.layered("pictures.yaml", files.PicturesFile)
    if found is None:
        return
    places = {each.place for each in template.considerations}
    for name, entry in found.entries.root.items():
        if entry.draw not in DRAWINGS:
            problems.append(unknown("drawing", entry.draw, DRAWINGS, found.where(name, "draw")))
            continue
        if "." in entry.at and entry.at not in places:
            problems.append(unknown("consideration", entry.at, places, found.where(name, "at")))
        for role, source in entry.roles.items():
            where = found.where(name, "from", role)
            if role not in DRAWINGS[entry.draw]:
                problems.append(unknown("role", role, DRAWINGS[entry.draw], where))
            elif (wrong := not_there(template, source)) is not None:
                problems.append(wrong.at(where))
        yield Drawing(name, entry.draw, entry.at, entry.roles, tuple(entry.kinds))


def not_there(template: Template, source: str) -> MaintplanError | None:
    """Say what is wrong with ``question.field`` or ``question.table.column``; None when it is there."""
    field = template.named.get(".".join(source.split(".")[:2]))
    if field is None:
        return unknown("field", source, template.named)
    column = ".".join(source.split(".")[2:])
    if column and field.spec.column(column) is None:
        return unknown("column", column, [each.id for each in field.spec.columns])
    return None
