"""Places that a plan names: checked against the template, and written the one way."""

from __future__ import annotations

from collections.abc import Iterable

from maintplan.errors import MaintplanError, Where
from maintplan.plan import places
from maintplan.template import Template


def canonical(template: Template, text: str, retired: Iterable[str] = ()) -> str:
    """Return a place as it is written by the tools.

    Parameters
    ----------
    template
        What the plan is written against.
    text
        A question, consideration, field, row or cell, or an item of a cross-cutting list; a row
        need not be there.
    retired
        Places that an earlier version of the template had; what lies in one of them is left as it is.

    Raises
    ------
    InputError
        For anything else, with the closest valid name.
    """
    if any(text == old or text.startswith((f"{old}.", f"{old}[")) for old in retired):
        return text
    listed = template.item(text)
    if listed is not None and template.question(listed[0].id) is None:
        return text
    try:
        return str(places.find(template, text).place)
    except MaintplanError as error:
        raise error.at(Where(path=text)) from None
