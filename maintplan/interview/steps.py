"""The steps of the walk, in order, as a template gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from maintplan.interview.words import ENGLISH, Titles
from maintplan.template import Template

Kind = Literal["service", "inputs", "question", "cross_cutting", "summary", "confirm"]

FIXED = ("service", "inputs", "summary", "confirm")
"""Ids of the steps that every walk has; a question that is named like one of them is ``question:summary``."""


@dataclass(frozen=True)
class Step:
    """One step of the walk.

    Attributes
    ----------
    id
        ``service``, ``inputs``, a question's id, a cross-cutting list's id, ``summary`` or ``confirm``.
    kind
        What is shown there.
    title
        Its title, in the template's words where it has some.
    number
        Counted from 1.
    about
        The id of the question or list; the step's own id elsewhere.
    """

    id: str
    kind: Kind
    title: str
    number: int
    about: str


def steps(template: Template, titles: Titles = ENGLISH) -> tuple[Step, ...]:
    """Return the steps of a walk through a template's questions."""
    return tuple(
        Step(_free(kind, about), kind, title, number, about)
        for number, (kind, about, title) in enumerate(_listed(template, titles), start=1)
    )


def _listed(template: Template, titles: Titles) -> Iterator[tuple[Kind, str, str]]:
    yield "service", "service", titles.service
    yield "inputs", "inputs", titles.inputs
    for question in template.questions:
        yield "question", question.id, question.heading
    for each in template.cross_cutting:
        yield "cross_cutting", each.id, each.heading
    yield "summary", "summary", titles.summary
    yield "confirm", "confirm", titles.confirm


def _free(kind: Kind, about: str) -> str:
    return f"{kind}:{about}" if kind in ("question", "cross_cutting") and about in FIXED else about
