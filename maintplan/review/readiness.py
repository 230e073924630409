"""How ready a plan is: counts that a reader can count again, for each question and for the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from maintplan.plan import Standing
from maintplan.review.findings import SEVERITIES, Finding, Review, Severity


@dataclass(frozen=True)
class Part:
    """How ready a question is, or the plan as a whole. Nothing in it is weighted.

    Attributes
    ----------
    id, heading
        The question's; empty and the service's name for the plan.
    asked, decided
        Considerations; those that do not apply are in neither.
    open
        Findings that count, by severity.
    waiting
        Rules that can't be judged yet, counted where their finding would stand.
    not_applicable
        The considerations and fields that left the count, as places.
    accepted
        The findings that the team decided to live with; they left the count and never count as passed.
    """

    id: str
    heading: str
    asked: int
    decided: int
    open: Mapping[Severity, int]
    waiting: int
    not_applicable: tuple[str, ...]
    accepted: tuple[Finding, ...]


@dataclass(frozen=True)
class Readiness:
    """How ready a plan is: as a whole, and question by question; the questions sum up to the plan."""

    plan: Part
    questions: tuple[Part, ...]


def readiness(standing: Standing, found: Review) -> Readiness:
    """Count how ready a plan is.

    Parameters
    ----------
    standing
        How the plan stands.
    found
        Its review.
    """
    questions = standing.plan.template.questions
    return Readiness(
        plan=_part("", standing.plan.service.name, standing, found),
        questions=tuple(_part(each.id, each.heading, standing, found) for each in questions),
    )


def _part(question: str, heading: str, standing: Standing, found: Review) -> Part:
    def within(place: str) -> bool:
        return not question or place.startswith(f"{question}.")

    count = standing.count(question or None)
    open_ = Counter(each.severity for each in found.open() if within(each.at))
    whole = {place for place, state in standing.considerations.items() if state == "not_applicable"}
    fields = (
        place
        for place, each in standing.fields.items()
        if each.asked and each.state == "not_applicable" and place.rpartition(".")[0] not in whole
    )
    return Part(
        id=question,
        heading=heading,
        asked=count.asked,
        decided=count.decided,
        open={severity: open_[severity] for severity in SEVERITIES},
        waiting=sum(within(each.at) for each in found.waiting),
        not_applicable=tuple(place for place in (*sorted(whole), *fields) if within(place)),
        accepted=tuple(each for each in found.accepted if within(each.at)),
    )
