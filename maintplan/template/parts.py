"""The parts of a template around its questions: lists, prompt, roles, documents, what changed.

Plain frozen data; the questions themselves are in `model`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
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
