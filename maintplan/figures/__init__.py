"""Pictures of a plan: SVG, drawn from its answers as the template's ``pictures.yaml`` says.

A picture says the same each time, reads in grey, and has a text that says what it shows. Where there is
nothing to draw, there is no picture.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module

from maintplan.figures.model import Picture, Source
from maintplan.plan import Standing

__all__ = ["Picture", "Source", "draw", "sheets"]


def draw(standing: Standing, today: dt.date) -> Mapping[str, Picture]:
    """Draw all pictures of a plan that there is something to draw for, by their names.

    Parameters
    ----------
    standing
        How the plan stands.
    today
        The day that they are drawn on.
    """
    found: dict[str, Picture] = {}
    for each in standing.plan.template.pictures:
        drawn = _drawing(each.kind)(Source(standing, each, today))
        for picture in () if drawn is None else [drawn] if isinstance(drawn, Picture) else drawn:
            found[picture.id] = picture
    return found


def sheets(drawn: Mapping[str, Picture], name: str) -> Iterator[Picture]:
    """Yield all sheets of a picture; nothing where there was nothing to draw."""
    number, sheet = 1, name
    while sheet in drawn:
        yield drawn[sheet]
        number += 1
        sheet = f"{name}-{number}"


def _drawing(kind: str) -> Callable[[Source], Picture | Iterable[Picture] | None]:
    made: Callable[[Source], Picture | Iterable[Picture] | None]
    made = import_module(f"maintplan.figures.{kind}").draw
    return made
