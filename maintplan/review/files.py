"""The shape of ``rules.yaml``, as pydantic checks it.

A layer's entry may name only what it changes, so nothing but the id is required here; `rules` checks that a
rule is whole once all files are laid over each other.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import RootModel

from maintplan.documents import Strict

Severity = Literal["high", "medium", "low"]
Stage = Literal["prototype", "beta", "production", "retiring"]
Tier = Annotated[int, Key(ge=1, le=3)]
Name = Annotated[str, Key(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]

Fragment = dict[str, Any]
"""Part of a plan in short names: ``{question: {field: value}}``."""


class RuleEntry(Strict):
    """One rule, or what a layer changes of one."""

    id: Name
    title: Annotated[str, Key(min_length=1, max_length=80)] | None = None
    severity: dict[Tier, Severity] | Severity | None = None
    applies: str | None = None
    stages: list[Stage] | None = None
    each: str | None = None
    require: str | None = None
    message: str | None = None
    fields: list[str] | None = None
    remedy: str | None = None
    source: str | None = None
    since: dt.date | None = Key(default=None, alias="from")
    limit: dict[Tier, str] | str | None = None
    off: Annotated[str, Key(min_length=1)] | None = None
    flags: list[Fragment] | None = None
    accepts: list[Fragment] | None = None


class RulesFile(RootModel[list[RuleEntry]]):
    """``rules.yaml``."""
