"""Pictures among a document's blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from maintplan.figures import Picture, sheets
from maintplan.plan import Standing
from maintplan.summary.blocks import Figure

NONE: Mapping[str, Picture] = MappingProxyType({})
"""No pictures: what is shown while somebody answers draws none."""


def figure(picture: Picture) -> Figure:
    """Return a picture as a block."""
    return Figure(svg=picture.svg, alt=picture.alt, caption=picture.caption, name=picture.id)


def at(standing: Standing, drawn: Mapping[str, Picture], place: str) -> Iterator[Figure]:
    """Yield the pictures that stand at a consideration, or in a part of the report."""
    for each in standing.plan.template.pictures:
        if each.at == place:
            yield from named(drawn, each.id)


def named(drawn: Mapping[str, Picture], name: str | None) -> Iterator[Figure]:
    """Yield a picture by its name, all sheets of it; nothing where there was nothing to draw."""
    for each in sheets(drawn, name) if name else ():
        yield figure(each)
