"""The shapes of a template's YAML files, as pydantic checks them.

Everything optional here is optional in the file. What a key means is said in `model`, which these shapes
are turned into by `load`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import RootModel

from maintplan.documents import Boolean, Strict
from maintplan.template.parts import Kind

Stage = Literal["prototype", "beta", "production", "retiring"]
Tier = Annotated[int, Key(ge=1, le=3)]
Finite = Annotated[float, Key(allow_inf_nan=False)]


class TemplateFile(Strict):
    """``template.yaml``."""

    name: str
    version: str = "1"
    language: str = "en"
    layer_for: dict[str, str] | None = Key(default=None, alias="for")


class AskedEntry(Strict):
    """``asked: {tier: 2, stage: production}``."""

    tier: Tier = 3
    stage: Stage = "prototype"


class LinkEntry(Strict):
    """A place to read more."""

    title: str
    url: str


class ColumnEntry(Strict):
    """A column of a table."""

    kind: str
    label: str
    help: str = ""
    asked: AskedEntry | None = None
    when: str | None = None
    options: dict[str, str] | list[str] | None = None
    unit: str | None = None
    min: Finite | None = None
    max: Finite | None = None
    to: str | None = None
    mono: Boolean = False


class FieldEntry(ColumnEntry):
    """A field of a consideration."""

    key: str | None = None
    row: str | None = None
    columns: dict[str, ColumnEntry] | None = None
    says: str | dict[str, str] = ""
    retiring: Boolean = False
    require: Boolean = False
    hide: Boolean = False


class ConsiderationEntry(Strict):
    """One follow-up consideration."""

    guidance: str = ""
    good: str = ""
    more: list[LinkEntry] = Key(default=[])
    when: str | None = None
    require: Boolean = False
    hide: Boolean = False
    fields: dict[str, FieldEntry] = Key(default={})


class QuestionEntry(Strict):
    """One question."""

    heading: str | None = None
    considerations: dict[str, ConsiderationEntry] = Key(default={})


class FieldsFile(RootModel[dict[str, QuestionEntry]]):
    """``fields.yaml``."""


class RecommendationEntry(Strict):
    """One entry of ``recommendations.yaml``."""

    at: str
    by_tier: dict[Tier, Any] | None = None
    value: Any = None
    source: str
    why: str = ""


class RecommendationsFile(RootModel[list[RecommendationEntry]]):
    """``recommendations.yaml``."""


class ApprovalsFile(Strict):
    """``approvals.yaml``."""

    roles: dict[str, str]
    by_tier: dict[Tier, list[str]]
    lapses_after: dict[Tier, str] = Key(default={})


class ShowEntry(Strict):
    """One section of a deliverable."""

    show: str
    title: str = ""
    names: list[str] = Key(default=[], alias="from")
    steps: str | None = None
    where: str | None = None
    each: bool = False
    columns: dict[str, list[str]] = Key(default={})
    address: str = ""
    leads_to: str | None = None
    picture: str | None = None
    see: list[str] = Key(default=[])


class DeliverableEntry(Strict):
    """One deliverable."""

    title: str
    heading: str = ""
    reader: str = ""
    purpose: str = ""
    contents_after: str = ""
    side_by_side: list[str] = Key(default=[])
    sections: list[ShowEntry] | Literal["all"] = "all"


class DeliverablesFile(RootModel[dict[str, DeliverableEntry]]):
    """``deliverables.yaml``."""


class PictureEntry(Strict):
    """One picture: what it draws, where it stands, what it is drawn from."""

    draw: str
    at: str = ""
    roles: dict[str, str] = Key(default={}, alias="from")
    kinds: list[Kind] = Key(default=[])


class PicturesFile(RootModel[dict[str, PictureEntry]]):
    """``pictures.yaml``."""


class DatedEntry(Strict):
    """One schedule or date in the calendar."""

    kind: Kind = "review"
    title: str = ""
    who: str = ""
    lasts: str = ""
    until: str = ""
    ahead: str = ""
    off: str = ""


class CalendarFile(Strict):
    """``calendar.yaml``."""

    remind: dict[Kind | Literal["action", "risk", "open", "approval"], list[str]] = Key(default={})
    items: dict[str, DatedEntry] = Key(default={})


class NeedEntry(Strict):
    """One thing that the next step asks for."""

    need: str
    inputs: list[str] = Key(default=[])
    answers: list[str] = Key(default=[])
    shows: Literal["planning", "state", ""] = ""


class HandoverFile(Strict):
    """``handover.yaml``."""

    next: str
    needs: list[NeedEntry] = Key(default=[])


class Renamed(Strict):
    """A field's or column's new name."""

    source: str = Key(alias="from")
    to: str


class ChangeEntry(Strict):
    """One change since an earlier version."""

    renamed: Renamed | None = None
    dropped: str | None = None
    why: str = ""


class ChangesFile(RootModel[dict[str, list[ChangeEntry]]]):
    """``changes.yaml``."""
