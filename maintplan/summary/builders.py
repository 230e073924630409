"""Sections that other packages build.

A package brings one by the entry point ``maintplan.sections``, named by the id of a question::

    [project.entry-points."maintplan.sections"]
    rollout = "acme.plans:rollout"

The entry is called with the plan's standing and the part that the kit would show, and returns the part to
show, which may hold the kit's own blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from maintplan.errors import InputError, Where
from maintplan.plan import Standing
from maintplan.summary.blocks import Part

GROUP = "maintplan.sections"

Builder = Callable[[Standing, Part], Part]


@lru_cache(maxsize=1)
def builders() -> Mapping[str, EntryPoint]:
    """Return what other packages bring, by the question's id."""
    return {each.name: each for each in entry_points(group=GROUP)}


def built(standing: Standing, part: Part) -> Part:
    """Return a section as another package builds it; where none does, as it is.

    Raises
    ------
    InputError
        When the package's function can't be loaded, fails, or returns something else.
    MemoryError
        When it wants more memory than there is.
    """
    entry = builders().get(part.id)
    if entry is None:
        return part
    where, mend = Where(path=f"{GROUP}, {part.id}"), "mend the package that brings it, or uninstall it"
    try:
        builder: Builder = entry.load()
        found = builder(standing, part)
    except MemoryError:  # a limit's, which is told apart
        raise
    except Exception as error:
        what = f"the builder of the section {part.id} failed: {type(error).__name__}: {error}"
        raise InputError(what, where, mend) from error
    if not isinstance(found, Part):
        raise InputError(
            f"the builder of the section {part.id} returned a {type(found).__name__}", where, mend
        )
    return found
