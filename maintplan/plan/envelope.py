"""A plan file without a look into its answers: its template, its service, what is around the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field as Key

from maintplan.documents import Lines, Strict, check
from maintplan.errors import InputError, Where
from maintplan.plan.model import (
    FORMAT,
    AcceptedRisk,
    Action,
    Approved,
    Comment,
    Input,
    Offer,
    Provenance,
    Round,
    Service,
    Status,
)


class TemplateRef(Strict):
    """Which template, and which version of it, a plan was written against."""

    name: Annotated[str, Key(min_length=1, max_length=1000)]
    version: Annotated[str, Key(max_length=100)] = "1"


class Envelope(Strict):
    """A plan file, without a look into its answers."""

    maintplan: int = FORMAT
    template: TemplateRef
    layers: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    service: Service
    revision: Annotated[int, Key(ge=0)] = 0
    inputs: dict[str, Input] = Key(default={})
    answers: dict[str, Any] = Key(default={})
    cross_cutting: dict[str, dict[str, Any] | None] = Key(default={})
    accepted_risks: tuple[AcceptedRisk, ...] = ()
    actions: tuple[Action, ...] = ()
    comments: tuple[Comment, ...] = ()
    provenance: dict[str, Provenance] = Key(default={})
    offers: tuple[Offer, ...] = ()
    retired: dict[str, Any] = Key(default={})
    rounds: tuple[Round, ...] = ()
    approved: Approved | None = None
    status: Status | None = None


def envelope(data: Any, lines: Lines) -> Envelope:
    """Check everything but the answers.

    Raises
    ------
    InputError
        With every problem's line.
    """
    if not isinstance(data, Mapping):
        raise InputError(
            "this is no plan", Where(lines.name, lines.line(())), "write a mapping of keys to values"
        )
    data = {key: value for key, value in data.items() if value is not None}
    number = str(data.get("maintplan", FORMAT))
    if number != str(FORMAT):
        where = Where(lines.name, lines.line(("maintplan",)), "maintplan")
        if number.isdecimal() and number.isascii() and len(number) <= 6 and int(number) > FORMAT:  # noqa: PLR2004
            what = f"the plan has format {number}; this version of maintplan reads {FORMAT}"
            raise InputError(what, where, "update maintplan")
        raise InputError(f"there is no plan format {number[:40]!r}", where, f"write maintplan: {FORMAT}")
    return check(Envelope, data, lines)
