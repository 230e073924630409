"""The parts of a template around its questions: lists, prompt, roles, documents, what changed.

Plain frozen data; the questions themselves are in `model`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Item:
    """One point of a list: a required input, or a cross-cutting item."""

    id: str
    words: str


@dataclass(frozen=True)
class CrossCutting:
    """A list that goes across all questions, such as security and privacy."""

    id: str
    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Section:
    """One section of the summary: the question that it sums up, its title and what it holds."""

    question: str
    title: str
    words: str


@dataclass(frozen=True)
class Prompt:
    """The validation prompt and its two outcomes."""

    words: str
    if_no: str
    if_yes: str


@dataclass(frozen=True)
class Approvals:
    """Who must say Yes.

    Attributes
    ----------
    roles
        Label by role id.
    by_tier
        The role ids that must say Yes, by tier.
    lapses_after
        Duration after which a complete plan asks to be confirmed again, by tier.
    """

    roles: Mapping[str, str]
    by_tier: Mapping[int, tuple[str, ...]]
    lapses_after: Mapping[int, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """A picture that documents show.

    Attributes
    ----------
    id
        Its name, by which a document's section shows it.
    kind
        What it draws, such as ``stages``.
    at
        Where it stands in the whole plan: a consideration's place, or a part of the report by its id.
    roles
        What it is drawn from, by role: ``question.field`` or ``question.table.column``.
    kinds
        Of a calendar: which kinds of items it shows; none for all.
    """

    id: str
    kind: str
    at: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()


DRAWINGS: Mapping[str, tuple[str, ...]] = {
    "stages": ("start", "stage", "audience", "share", "watch", "gate"),
    "recovery": (
        "objective",
        "detect",
        "decide",
        "step",
        "minutes",
        "verify",
        "measured",
        "tested",
    ),
    "roadmap": ("item", "quarter", "status", "owner"),
    "readiness": (),
    "calendar": (),
}
"""What can be drawn, and the roles of what it is drawn from."""


Kind = Literal["task", "window", "drill", "review", "expiry", "due", "period"]
"""What an answer's item in the calendar is."""


@dataclass(frozen=True)
class Dated:
    """How a schedule or a date stands in the calendar.

    Attributes
    ----------
    kind
        What it is, which decides when it reminds.
    title
        What the item is called: ``{row}`` is its row's name, ``{label}`` its own; empty for those.
    who
        The column or field that names its owner.
    lasts
        The column or field that says how long it takes, where its schedule does not.
    until
        The column that holds the last day of a period that begins with it.
    ahead
        The column or field that says how long ahead it reminds as well.
    off
        Why it stands in no calendar; empty where it does.
    """

    kind: Kind = "review"
    title: str = ""
    who: str = ""
    lasts: str = ""
    until: str = ""
    ahead: str = ""
    off: str = ""


@dataclass(frozen=True)
class Dates:
    """What stands in the calendar of a plan.

    Attributes
    ----------
    items
        By ``question.field`` or ``question.table.column``; a schedule that is not among them is a review.
    remind
        How long ahead an item reminds, as durations, by its kind.
    """

    items: Mapping[str, Dated] = field(default_factory=dict)
    remind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """One thing that the step after the planning asks for.

    Attributes
    ----------
    title
        What it is called.
    inputs
        Required inputs of the planning that answer to it.
    answers
        Fields that describe it, as ``question.field``.
    shows
        ``planning`` for the documents and the plan, ``state`` for findings, risks and open points.
    """

    title: str
    inputs: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    shows: Literal["planning", "state", ""] = ""


@dataclass(frozen=True)
class Next:
    """The step after the planning, and what it needs of it."""

    title: str = ""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Show:
    """One section of a deliverable.

    Attributes
    ----------
    id, title
        Its anchor and its heading.
    names
        The fields that it shows, as ``question.field``.
    steps
        A table of steps: of the procedures in `names` that its reference names, or one procedure by itself.
    where
        A condition on ``row``: which procedures it shows.
    each
        Whether each row of its tables gets a heading of its own, with an anchor, in place of a table.
    columns
        By table: which columns it shows, in which order; ``reference.column`` is one of the row referred to.
    address
        The label under which each row says the address that leads to it (``service.runbook_base``).
    leads_to
        A table whose rows a text may name; the text then leads there.
    picture
        A picture that it ends with, from ``pictures.yaml``.
    see
        Sections of the same document that it leads to.
    """

    id: str
    title: str
    names: tuple[str, ...]
    steps: str | None = None
    where: str | None = None
    each: bool = False
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    address: str = ""
    leads_to: str | None = None
    picture: str | None = None
    see: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deliverable:
    """One of the documents that a plan produces.

    Attributes
    ----------
    id, title
        Its name and what it is called.
    heading
        Its heading, with ``{service}`` for the service's name; empty for service and title.
    reader, purpose
        Who it is for, and what it is good for.
    contents_after
        The section that its contents follow, where the first page is needed for more urgent things.
    sections
        What it shows; none for the whole plan.
    side_by_side
        Two sections, one after the other, that stand side by side on a page where both are small.
    """

    id: str
    title: str
    heading: str = ""
    reader: str = ""
    purpose: str = ""
    contents_after: str = ""
    sections: tuple[Show, ...] = ()
    side_by_side: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The fields that it shows, as ``question.field``."""
        steps = {each.steps for each in self.sections if each.steps}
        return frozenset(steps.union(*(each.names for each in self.sections)))


@dataclass(frozen=True)
class Change:
    """What became of a field since an earlier version of the template."""

    action: Literal["renamed", "dropped"]
    name: str
    to: str | None = None
    why: str = ""
