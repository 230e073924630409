"""What a review found: findings, rules that wait, and what the team decided to live with."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from maintplan import fields
from maintplan.errors import Reason
from maintplan.plan import AcceptedRisk, Standing, risks
from maintplan.review import showing
from maintplan.words import Words, words

Severity = Literal["high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")

_PLACES = 3
"""Places at which a rule found the same that a line names."""

DANGLING = "dangling-reference"
"""The rule that every template has: what a cell names has to be there."""


@dataclass(frozen=True)
class Finding:
    """What one rule found at one place.

    Attributes
    ----------
    rule, severity
        The rule's id, and how grave it is for a service of this tier.
    at, places
        The place that it stands at, and all that are involved, `at` first.
    message, remedy, source
        What is wrong, with the plan's values; what to do about it; who says so.
    accepted
        The risk that the team accepted, when that counts.
    refused
        Why an acceptance of it does not count.
    announced
        The day from which it counts, while that lies ahead.
    error
        Whether the rule could not be judged on these values.
    title
        What its rule is called.
    rank
        Where it stands among the findings of a review.
    language
        The language of its words.
    """

    rule: str
    severity: Severity
    at: str
    message: str
    remedy: str = ""
    source: str = ""
    places: tuple[str, ...] = ()
    accepted: AcceptedRisk | None = None
    refused: str | None = None
    announced: dt.date | None = None
    error: bool = False
    title: str = field(default="", compare=False)
    rank: tuple[int, ...] = field(default=(), compare=False, repr=False)
    language: str = field(default="en", compare=False, repr=False)

    @property
    def id(self) -> str:
        """A stable id: the same rule at the same places has the same."""
        return hashlib.sha256("\n".join((self.rule, self.at, *self.places)).encode()).hexdigest()[:16]

    @property
    def open(self) -> bool:
        """Whether it counts: it is neither accepted nor only announced."""
        return self.accepted is None and self.announced is None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the finding in a notebook."""
        del include, exclude
        return showing.finding(self)


@dataclass(frozen=True)
class Waiting:
    """A rule that can't be judged yet.

    Attributes
    ----------
    at
        Where its finding would stand.
    for_, places
        What it waits for: labels, and their places.
    """

    rule: str
    severity: Severity
    at: str
    for_: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """What a review found.

    Attributes
    ----------
    findings
        The findings that nobody accepted, announced ones included, the gravest first.
    waiting
        The rules that wait for an answer, the gravest first.
    accepted
        The findings that the team decided to live with.
    off
        The rules that are switched off, each with its reason.
    judged
        The rules that could be judged.
    rules
        How many rules there are, switched off or not.
    day
        The day on which the plan was judged.
    titles
        What the rules are called, by id.
    language
        The language of its words.
    """

    findings: tuple[Finding, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    accepted: tuple[Finding, ...] = ()
    off: tuple[tuple[str, str], ...] = ()
    judged: frozenset[str] = frozenset()
    rules: int = 0
    day: dt.date | None = None
    titles: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    language: str = "en"

    def title(self, rule: str) -> str:
        """Return what a rule is called: what it finds, or else its id as words."""
        return self.titles.get(rule) or showing.as_words(rule, words(self.language))

    def open(self, *severities: Severity) -> tuple[Finding, ...]:
        """Return the findings that count, of these severities or of all."""
        return tuple(
            each for each in self.findings if each.open and each.severity in (severities or SEVERITIES)
        )

    @property
    def blocking(self) -> tuple[Reason, ...]:
        """What stands between the plan and a Yes: the open high findings, with what to do, a line each rule.

        The lines are `Reason`s: each says of how many findings it speaks. Names that lead nowhere are left
        out: a Yes is refused for them in any case.
        """
        by_rule: dict[str, list[Finding]] = {}
        for each in self.open("high"):
            if each.rule != DANGLING:
                by_rule.setdefault(each.rule, []).append(each)
        return tuple(Reason(self._blocking(found), len(found)) for found in by_rule.values())

    def _blocking(self, found: Sequence[Finding]) -> str:
        first, *others = found
        what = f"{first.at}: {first.message}"
        if others:
            field = first.at.partition("[")[0]
            told = [first.at, *(each.at.removeprefix(field) for each in others[: _PLACES - 1])]
            say = words(self.language)
            left = len(found) - len(told)
            named = ", ".join(told) + (say("findings.and_others", count=left) if left else "")
            what = say("findings.at_places", title=first.title, count=len(found), places=named)
        return " ".join(part for part in (what, first.remedy, f"({first.rule})") if part)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the findings as a table in a notebook."""
        del include, exclude
        return showing.review(self)


def by_field(found: Review, question: str | None = None) -> dict[str, tuple[Finding, ...]]:
    """Return the findings by the field that they stand at, as a margin shows them.

    Parameters
    ----------
    found
        A review.
    question
        Only the fields of this question.

    Returns
    -------
    dict
        By place of a field, the gravest first, accepted ones last; fields without a finding are absent. What
        stands at a row or a cell is with its table.
    """
    gathered: dict[str, list[Finding]] = {}
    for each in (*found.findings, *found.accepted):
        at = each.at.partition("[")[0]
        if question is None or at.partition(".")[0] == question:
            gathered.setdefault(at, []).append(each)
    return {at: tuple(findings) for at, findings in gathered.items()}


def awaited(waiting: Waiting, standing: Standing) -> Iterator[str]:
    """Yield what a rule waits for; the same column of several rows is said once, with their number."""
    say = words(standing.plan.template.language)
    named: dict[tuple[str, str], list[str]] = {}
    for place, label in zip(waiting.places, waiting.for_, strict=True):
        field, _, row = place.partition("[")
        named.setdefault((field, row.rpartition("].")[2] if row else ""), []).append(label)
    for (field, column), labels in named.items():
        found = standing.fields.get(field)
        spec = found.field.spec.column(column) if found is not None and column else None
        if len(labels) == 1 or found is None or spec is None:
            yield from labels
            continue
        rows = say("findings.rows", count=len(labels))
        yield say("findings.cell", table=found.field.label, row=rows, column=spec.label)


def acceptance(
    rule: str, places: Sequence[str], accepted: Sequence[AcceptedRisk], today: dt.date, say: Words
) -> tuple[AcceptedRisk | None, str | None]:
    """Find the accepted risk that covers a finding, or why the one that is there does not count.

    Parameters
    ----------
    rule, places
        The finding's rule, and the places at which a risk covers it.
    accepted
        The risks that the plan holds.
    today
        The day on which they are judged.
    say
        The words of the plan's language.
    """
    refused = None
    for risk in accepted:
        if risk.rule != rule or risk.at not in places:
            continue
        why = risks.flaw(risk, today)
        if why is None:
            return risk, None
        refused = refusal(risk, why, say)
    return None, refused


def refusal(risk: AcceptedRisk, why: risks.Flaw, say: Words) -> str:
    """Say why an acceptance does not count."""
    until = fields.show(risk.until.isoformat(), fields.Spec(kind="date"))
    return say(f"risks.{why}", by=risk.by, until=until)
