"""Pictures of a plan: SVG, drawn from its answers as the template's ``pictures.yaml`` says.

A picture says the same each time, reads in grey, and has a text that says what it shows. Where there is
nothing to draw, there is no picture. matplotlib is imported when the first one is drawn, not before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from importlib import import_module

from maintplan.figures.model import Picture, Source
from maintplan.plan import Standing

__all__ = ["Picture", "Source", "draw"]


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
        picture = _drawing(each.kind)(Source(standing, each, today))
        if picture is not None:
            found[each.id] = picture
    return found


def _drawing(kind: str) -> Callable[[Source], Picture | None]:
    made: Callable[[Source], Picture | None] = import_module(f"maintplan.figures.{kind}").draw
    return made
