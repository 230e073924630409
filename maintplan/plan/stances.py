"""What can be said instead of a value: there is none, it does not apply, it is not known yet.

A plan file writes each as a mapping with one key, for a field or for a whole consideration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from maintplan import fields
from maintplan.documents import Lines, check
from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.plan.model import NotApplicable, Nothing, NotKnownYet, Stance

STANCES: Mapping[str, type[Nothing | NotApplicable | NotKnownYet]] = {
    "none": Nothing,
    "not_applicable": NotApplicable,
    "not_known_yet": NotKnownYet,
}


def is_stance(raw: object) -> bool:
    """Say whether data is meant as a stance: a mapping with one of its keys."""
    return isinstance(raw, Mapping) and any(name in raw for name in STANCES)


def read(data: Mapping[str, object], lines: Lines, path: Sequence[str | int], place: str) -> Stance:
    """Read a stance.

    Parameters
    ----------
    data
        The mapping, such as ``{"none": "We have none."}``.
    lines, path
        Where it stands, for errors.
    place
        The place that it is said of.

    Raises
    ------
    InputError
        For another key, for two of them, and for one without its reason.
    """

    def where(*inner: str) -> Where:
        return Where(lines.name, lines.line((*path, *inner)), place)

    for name in data:
        if name not in STANCES:
            raise unknown("key", str(name), STANCES, where(str(name)))
    if len(data) > 1:
        raise InputError("more than one of them is given", where(), f"keep one of {', '.join(data)}")
    ((name, value),) = data.items()
    if name == "not_known_yet":
        # Nothing at all is open with neither person nor date.
        return check(NotKnownYet, {name: {} if value is None else value}, lines, path)
    return check(STANCES[name], {name: reason(value, name, where(name))}, lines, path)


def reason(value: object, name: str, where: Where) -> str:
    """Return a reason as text; without one there is no stance."""
    text = free_text(value, where)
    if text is None:
        raise InputError("the reason is missing", where, f"write {name}: and the reason")
    return text


def free_text(value: object, where: Where) -> str | None:
    """Return Markdown as its kind reads it, or None when it is empty."""
    try:
        text = fields.parse(value, fields.Spec(kind="markdown", id="text"))
    except MaintplanError as error:
        raise InputError(error.what, where, error.mend) from None
    return None if text is None else str(text)
