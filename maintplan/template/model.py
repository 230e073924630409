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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.errors import Where
from maintplan.template.parts import (
    Approvals,
    Change,
    CrossCutting,
    Dates,
    Deliverable,
    Drawing,
    Item,
    Next,
    Prompt,
    Section,
)

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
        stages = STAGES[STAGES.index(self.stage) : STAGES.index("retiring")]
        return tier <= self.tier and stage in stages


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
    laid_over
        Source and reason of the tiers whose value a layer changed.
    """

    by_tier: Mapping[int, Any]
    source: str
    why: str = ""
    laid_over: Mapping[int, tuple[str, str]] = dataclasses.field(default_factory=dict)

    def source_for(self, tier: int) -> str:
        """Return who recommends the value of a tier."""
        return self.laid_over.get(tier, (self.source, self.why))[0]

    def why_for(self, tier: int) -> str:
        """Return why that value is recommended to a tier."""
        return self.laid_over.get(tier, (self.source, self.why))[1]


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
        For a table: from which tier and stage a column is asked, and its condition.
    required, hidden
        What a layer decided over `asked`, for it or for the whole consideration.
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

    @cached_property
    def name(self) -> str:
        """``question.field``, as template files and CEL name it."""
        return f"{self.question}.{self.id}"

    @cached_property
    def place(self) -> str:
        """``question.consideration.field``, as plan files name it."""
        return f"{self.question}.{self.consideration}.{self.id}"

    def asks(self, tier: int, stage: str) -> bool:
        """Say whether a service of this tier and stage is asked, conditions left aside."""
        if self.hidden or self.required:
            return not self.hidden
        if stage == "retiring":
            return self.retiring
        return self.asked is not None and self.asked.of(tier, stage)

    def columns_for(self, tier: int, stage: str) -> tuple[fields.Spec, ...]:
        """Return the columns of a table that are asked of this tier and stage, its key first among them.

        A retiring service is asked what one in production is. The other columns wait under *more detail*.
        """
        reached = "production" if stage == "retiring" else stage
        return tuple(
            column
            for column in self.spec.columns
            if column.id == self.spec.key
            or ((asked := self.columns_asked.get(column.id)) is not None and asked.of(tier, reached))
        )


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

    @cached_property
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
class Template:
    """A whole planning template, layers included.

    `sources` are the folders that it was read from, its own first, then those of its layers; none for a
    template that is a Markdown file alone.
    """

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
    pictures: tuple[Drawing, ...] = ()
    next: Next = dataclasses.field(default_factory=Next)
    dates: Dates = dataclasses.field(default_factory=Dates)
    changes: Mapping[str, tuple[Change, ...]] = dataclasses.field(default_factory=dict)
    layers: tuple[str, ...] = ()
    sources: tuple[Path, ...] = dataclasses.field(default=(), compare=False)

    def item(self, place: str) -> tuple[CrossCutting, Item | None] | None:
        """Return the cross-cutting list that a place names, and its item where it names one."""
        list_id, _, item_id = place.partition(".")
        found = next((each for each in self.cross_cutting if each.id == list_id), None)
        if found is None:
            return None
        item = next((each for each in found.items if each.id == item_id), None)
        return (found, item) if item is not None or not item_id else None

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
            found.extend(
                (each, column.id, to) for column in each.spec.columns if (to := column.to) is not None
            )
        return tuple(found)
