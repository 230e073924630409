"""A plan: one service's document, as frozen data.

`Plan` is what a plan file says, checked against its template: answers by place, and the envelope around
them (inputs, rounds, accepted risks, provenance). It has no behaviour of its own. `edits` makes changed
copies, `standing` says how a plan stands, `approval` asks the prompt, `document` reads and writes it.

Values are *document values*: plain data in the canonical form of their field's kind (``"4h"``, ``5``,
``[{"name": "canary", ...}]``), so that a plan can be compared, hashed and written without conversion.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic import Field as Key

from maintplan import fields
from maintplan.documents import Boolean, Strict
from maintplan.errors import ValueProblem
from maintplan.fields.given import LONGEST_TEXT, clean
from maintplan.plan import hashing
from maintplan.template import Template

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""The number of the plan file's format (``maintplan: 1``)."""

Stage = Literal["prototype", "beta", "production", "retiring"]
Source = Literal["entered", "recommended", "imported", "inherited", "copied", "proposed"]
Status = Literal["draft", "in_review", "complete"]

_DATE = fields.Spec(kind="date", id="date")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _text(value: str) -> str:
    try:
        return clean(value)
    except ValueProblem as problem:
        raise ValueError(f"{problem.what}; {problem.mend}") from None


def _date(value: object) -> object:
    # pydantic alone would take a number for the seconds since 1970.
    try:
        text = fields.parse(value, _DATE)
    except ValueProblem as problem:
        raise ValueError(problem.mend) from None
    return None if text is None else dt.date.fromisoformat(str(text))


def _moment(value: object) -> object:
    if isinstance(value, dt.datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    message = "write a moment such as 2026-12-01T09:00:00Z"
    raise ValueError(message)


Text = Annotated[str, Key(max_length=LONGEST_TEXT), AfterValidator(_text)]
Date = Annotated[dt.date, BeforeValidator(_date)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class Service(Strict):
    """The service that the plan is for."""

    name: Annotated[Text, Key(min_length=1, max_length=200)]
    tier: Annotated[int, Key(ge=1, le=3)] = 2
    stage: Stage = "production"
    owner: Text | None = None
    description: Text | None = None
    runbook_base: Text | None = None


class Input(Strict):
    """One of the template's required inputs."""

    status: Literal["provided", "missing"]
    references: tuple[Text, ...] = ()
    note: Text | None = None


class Nothing(Strict):
    """*We have none*: an answer that rules can judge."""

    none: Text


class NotApplicable(Strict):
    """Does not apply, with the reason."""

    not_applicable: Text


class Unknown(Strict):
    """Who finds it out, and by when."""

    who: Text | None = None
    due: Date | None = None
    note: Text | None = None


class NotKnownYet(Strict):
    """Open, with a person and a date."""

    not_known_yet: Unknown


@dataclass(frozen=True)
class Given:
    """An answer with a value, in the document form of its field's kind."""

    value: Any

    @cached_property
    def digest(self) -> str:
        """The value's short digest, which its provenance names."""
        return hashing.short(self.value)


Stance = Nothing | NotApplicable | NotKnownYet
Answer = Given | Stance


class CrossItem(Strict):
    """What was answered to one cross-cutting item."""

    status: Literal["met", "planned", "not-met"] | None = None
    not_applicable: Text | None = None
    note: Text | None = None
    owner: Text | None = None
    due: Date | None = None

    @property
    def answered(self) -> bool:
        """Whether it has a status, or a reason why it does not apply."""
        return self.status is not None or bool(self.not_applicable)


class AcceptedRisk(Strict):
    """A finding that the team decided to live with."""

    rule: Text
    at: Text
    reason: Text
    by: Text
    agreed_by: Text | None = None
    until: Date


class Action(Strict):
    """What is still to be done about a finding, a gap or a risk."""

    id: Text
    about: Text
    at: Text | None = None
    owner: Text | None = None
    due: Date | None = None
    state: Literal["open", "doing", "done", "dropped"] = "open"
    ticket: Text | None = None
    note: Text | None = None


class Comment(Strict):
    """A remark at a place, or a reply to one."""

    id: Text
    at: Text | None = None
    re: Text | None = None
    by: Text
    when: Moment
    text: Text
    resolved: Boolean | None = None


class LetStand(Strict):
    """Who looked at a value and let it stand."""

    by: Text
    when: Moment


class Provenance(Strict):
    """Where a value came from; void when `of` is not the digest of the value."""

    source: Source
    origin: Text | None = Key(default=None, alias="from")
    of: Text | None = None
    let_stand: LetStand | None = None


class Offer(Strict):
    """A value that stands beside an answer until somebody takes or dismisses it."""

    at: Text
    value: Any
    source: Source
    origin: Text | None = Key(default=None, alias="from")


class Round(Strict):
    """One asking of the validation prompt."""

    confirmed: Boolean
    by: Text
    role: Text | None = None
    when: Moment
    identity: Literal["server", "typed", "file"] = "file"
    feedback: Text | None = None
    reopen: tuple[Text, ...] = ()
    content: Text | None = None
    seal: Text | None = None


class Approved(Strict):
    """The last approved revision, and where its snapshot lies."""

    revision: Annotated[int, Key(ge=1)]
    snapshot: Text


@dataclass(frozen=True)
class Inherited:
    """An answer that flows in from another plan.

    Attributes
    ----------
    answer
        What the other plan says.
    plan
        That plan's service.
    origin
        The file it stands in.
    approved
        Whether it comes from an approved snapshot, and so counts as decided.
    """

    answer: Answer
    plan: str
    origin: str
    approved: bool


@dataclass(frozen=True)
class Plan:
    """One service's plan.

    Attributes
    ----------
    template
        What it is written against, layers included.
    service
        The service.
    revision
        Counts saved revisions; 0 for a plan that was never saved.
    inputs
        Required inputs by id.
    responses
        Markdown narrative by question id.
    owners
        Free text by place of a consideration.
    answers
        By place: of a field, or of a consideration that as a whole is none, not applicable or not known yet.
    cross_cutting
        Items by list id and item id; a whole list that does not apply is `NotApplicable`.
    inherits, inherited
        The other plans' addresses as written, and the answers that flow in from them, by place.
    """

    template: Template = field(repr=False)
    service: Service
    revision: int = 0
    inherits: tuple[str, ...] = ()
    inputs: Mapping[str, Input] = field(default_factory=dict)
    responses: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    cross_cutting: Mapping[str, Mapping[str, CrossItem] | NotApplicable] = field(default_factory=dict)
    accepted_risks: tuple[AcceptedRisk, ...] = ()
    actions: tuple[Action, ...] = ()
    comments: tuple[Comment, ...] = ()
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    retired: Mapping[str, Any] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    approved: Approved | None = None
    inherited: Mapping[str, Inherited] = field(default_factory=dict, compare=False, repr=False)

    def __repr__(self) -> str:
        """Say which plan it is; what it holds would fill a notebook's page."""
        service = self.service
        about = f"{service.name}, tier {service.tier}, {service.stage}, revision {self.revision}"
        return f"<Plan {about}, {len(self.answers)} answers>"

    def table(self, name: str) -> pd.DataFrame:
        """Return one of its tables, such as ``rollout.stages``; see `maintplan.plan.frames`."""
        from maintplan.plan import frames  # noqa: PLC0415 - it needs this module

        return frames.table(self, name)
