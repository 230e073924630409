"""A planning template as data: what is asked, in which words, and what recommends which value.

Nothing here reads files (`load` does) or knows a plan. A `Template` is what a plan is written against:
questions with considerations, considerations with typed fields, the words around them, the roles that
must say Yes, and the documents that a plan becomes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from maintplan import fields
from maintplan.errors import Where

if TYPE_CHECKING:
    from maintplan.template.conditions import Conditions

STAGES = ("prototype", "beta", "production", "retiring")
TIERS = (1, 2, 3)

RESERVED = frozenset({"owner", "none", "not_applicable", "not_known_yet"})
"""Keys of a consideration in a plan file; no field can have one as its id."""


@dataclass(frozen=True)
class Asked:
    """From which tier and stage on something is asked.

    Attributes
    ----------
    tier
        The least critical tier that is asked (1 is the most critical, 3 the least).
    stage
        The first stage that is asked.
    """

    tier: int = 3
    stage: str = "prototype"

    def of(self, tier: int, stage: str) -> bool:
        """Say whether a service of this tier and stage is asked (a retiring one never is, by this alone)."""
        return tier <= self.tier and STAGES.index(self.stage) <= STAGES.index(stage) < STAGES.index("retiring")


@dataclass(frozen=True)
class Link:
    """Where to read more."""

    title: str
    url: str


@dataclass(frozen=True)
class Recommendation:
    """The value that a field starts from, with the source that recommends it.

    Attributes
    ----------
    by_tier
        Document values by service tier; a tier that is absent has no recommendation.
    source
        The publication by its short name, or ``own judgement``.
    why
        One sentence of reason.
    """

    by_tier: Mapping[int, Any]
    source: str
    why: str = ""


@dataclass(frozen=True)
class Field:
    """One typed value of a consideration.

    Attributes
    ----------
    spec
        What its kind needs to know: kind, label, options, unit, columns.
    question, consideration
        The ids of where it stands.
    asked
        From which tier and stage it is asked; None means only under *more detail*.
    when
        CEL condition that decides whether it is asked; None means always.
    retiring
        Whether a service that is being retired is asked.
    help
        One sentence beside the field.
    says
        How a document says the value: a sentence with ``{value}``, or a sentence per value.
    recommendation
        Where it starts from, if anywhere.
    mono
        The ids of the columns (or its own) that hold commands and addresses, to be set in a fixed width.
    columns_asked, columns_when
        For a table: from which tier a column is asked, and its condition.
    required, hidden
        What a layer decided over `asked`.
    where
        The line that declares it.
    """

    spec: fields.Spec
    question: str
    consideration: str
    asked: Asked | None = None
    when: str | None = None
    retiring: bool = False
    help: str = ""
    says: str | Mapping[str, str] = ""
    recommendation: Recommendation | None = None
    mono: frozenset[str] = frozenset()
    columns_asked: Mapping[str, Asked] = dataclasses.field(default_factory=dict)
    columns_when: Mapping[str, str] = dataclasses.field(default_factory=dict)
    required: bool = False
    hidden: bool = False
    where: Where = dataclasses.field(default=Where(), compare=False)

    @property
    def id(self) -> str:
        """The field's id, unique within its question."""
        return self.spec.id

    @property
    def label(self) -> str:
        """What it is called on a form."""
        return self.spec.label

    @property
    def kind(self) -> str:
        """The name of its kind of value."""
        return self.spec.kind

    @property
    def name(self) -> str:
        """``question.field``, as template files and CEL name it."""
        return f"{self.question}.{self.id}"

    @property
    def place(self) -> str:
        """``question.consideration.field``, as plan files name it."""
        return f"{self.question}.{self.consideration}.{self.id}"


@dataclass(frozen=True)
class Consideration:
    """One follow-up point of a question."""

    id: str
    question: str
    words: str
    fields: tuple[Field, ...]
    guidance: str = ""
    good: str = ""
    more: tuple[Link, ...] = ()
    when: str | None = None
    hidden: bool = False
    where: Where = dataclasses.field(default=Where(), compare=False)

    @property
    def place(self) -> str:
        """``question.consideration``."""
        return f"{self.question}.{self.id}"

    def field(self, field_id: str) -> Field | None:
        """Return the field of that id, or None."""
        return next((each for each in self.fields if each.id == field_id), None)


@dataclass(frozen=True)
class Question:
    """One of the questions, asked one at a time.

    Attributes
    ----------
    number
        As in the template's words, from 1.
    heading
        The heading that it stands under.
    asks, considers
        Its first sentence, and what follows it (``Consider ...``).
    """

    id: str
    slug: str
    number: int
    heading: str
    asks: str
    considers: str
    considerations: tuple[Consideration, ...]

    def consideration(self, slug: str) -> Consideration | None:
        """Return the consideration of that slug, or None."""
        return next((each for each in self.considerations if each.id == slug), None)

    @property
    def fields(self) -> Iterator[Field]:
        """All fields of all its considerations."""
        for consideration in self.considerations:
            yield from consideration.fields


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
class Show:
    """One section of a deliverable: which fields, under which heading."""

    id: str
    title: str
    names: tuple[str, ...]
    steps: str | None = None
    where: str | None = None


@dataclass(frozen=True)
class Deliverable:
    """One of the documents that a plan produces; no sections means the whole plan."""

    id: str
    title: str
    reader: str = ""
    purpose: str = ""
    sections: tuple[Show, ...] = ()


@dataclass(frozen=True)
class Change:
    """What became of a field since an earlier version of the template."""

    action: Literal["renamed", "dropped"]
    name: str
    to: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Template:
    """A whole planning template, layers included."""

    name: str
    version: str
    language: str
    title: str
    description: str
    produces: tuple[str, ...]
    inputs: tuple[Item, ...]
    questions: tuple[Question, ...]
    sections: tuple[Section, ...]
    prompt: Prompt
    cross_cutting: tuple[CrossCutting, ...]
    approvals: Approvals
    deliverables: tuple[Deliverable, ...] = ()
    changes: Mapping[str, tuple[Change, ...]] = dataclasses.field(default_factory=dict)
    layers: tuple[str, ...] = ()

    def question(self, question_id: str) -> Question | None:
        """Return the question of that id, or None."""
        return next((each for each in self.questions if each.id == question_id), None)

    def section_title(self, question_id: str) -> str:
        """Return the title of the summary section of a question, or else the question's heading."""
        found = next((each.title for each in self.sections if each.question == question_id), None)
        question = self.question(question_id)
        return found or (question.heading if question else question_id)

    @property
    def considerations(self) -> Iterator[Consideration]:
        """All considerations, in the order in which they are asked."""
        for question in self.questions:
            yield from question.considerations

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """All fields by place, in the order in which they are asked."""
        return {each.place: each for question in self.questions for each in question.fields}

    @cached_property
    def named(self) -> Mapping[str, Field]:
        """All fields by ``question.field``; a name that two fields share is left out."""
        counted: dict[str, list[Field]] = {}
        for each in self.fields.values():
            counted.setdefault(each.name, []).append(each)
        return {name: found[0] for name, found in counted.items() if len(found) == 1}

    @cached_property
    def conditions(self) -> Conditions:
        """The compiled conditions."""
        from maintplan.template.conditions import compile_conditions  # noqa: PLC0415 - it needs this module

        return compile_conditions(self)

    @cached_property
    def referring(self) -> tuple[tuple[Field, str | None, str], ...]:
        """Every reference: its field, the column that holds it (None: the field itself), the table's name."""
        found: list[tuple[Field, str | None, str]] = []
        for each in self.fields.values():
            if each.spec.to is not None:
                found.append((each, None, each.spec.to))
            found.extend((each, column.id, column.to) for column in each.spec.columns if column.to is not None)
        return tuple(found)
