"""How a plan stands: what is asked, which value counts, what is decided and what is missing.

Everything that says how far a plan is takes it from here: the rail of the app, the summary, the command
and the portfolio. `stand` computes it afresh from a plan; nothing is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from maintplan import fields
from maintplan.expressions import Expression, Missing
from maintplan.fields import Spec
from maintplan.plan import digest, references
from maintplan.plan.model import Answer, Given, NotApplicable, Nothing, NotKnownYet, Plan, Provenance
from maintplan.plan.references import Dangling
from maintplan.template import Consideration, Field

State = Literal[
    "decided",  # entered, imported, let stand, inherited from an approved plan, or none
    "not_applicable",
    "not_known_yet",
    "recommended",  # a recommendation that nobody looked at
    "inherited",  # from a plan that nobody approved
    "to_confirm",  # copied or proposed
    "missing",
    "not_asked",
    "set_aside",  # answered once, but its condition turned false
]

OPEN: tuple[State, ...] = ("not_known_yet", "recommended", "inherited", "to_confirm", "missing")
"""The states that count as open, in the order of how far they are."""


@dataclass(frozen=True)
class FieldStanding:
    """How one field stands.

    Attributes
    ----------
    field
        The field.
    state
        Where it stands.
    asked
        Whether tier, stage and condition ask it.
    answer
        The answer that counts: held by the plan, else inherited, else recommended; None when there is none.
    source
        Where that answer came from.
    origin
        The file and key, or the plan, that it came from.
    """

    field: Field
    state: State
    asked: bool
    answer: Answer | None = None
    source: str | None = None
    origin: str | None = None

    @property
    def value(self) -> Any:
        """The document value that counts, or None."""
        return self.answer.value if isinstance(self.answer, Given) else None

    @property
    def shown(self) -> bool:
        """Whether documents and rules see it: it has an answer, and its condition holds."""
        return self.answer is not None and self.state != "set_aside"


@dataclass(frozen=True)
class Count:
    """A count that a reader can count again.

    Attributes
    ----------
    asked
        Decided and open together; what does not apply is in neither.
    decided, not_applicable
        How many are.
    open
        How many are in each open state.
    """

    asked: int
    decided: int
    not_applicable: int
    open: Mapping[State, int]

    @property
    def left(self) -> int:
        """How many are still open."""
        return self.asked - self.decided

    @property
    def complete(self) -> bool:
        """Whether nothing is open but what is not known yet."""
        return all(count == 0 for state, count in self.open.items() if state != "not_known_yet")


@dataclass(frozen=True, eq=False)  # two are the same only where they are one: each stands for a whole plan
class Standing:
    """How a plan stands.

    Attributes
    ----------
    fields
        By place.
    considerations
        States by place.
    """

    plan: Plan
    fields: Mapping[str, FieldStanding]
    considerations: Mapping[str, State]

    def __repr__(self) -> str:
        """Say how far the plan is; what all of it holds would fill a notebook's page."""
        counted = self.count()
        return f"<Standing of {self.plan!r}: {counted.decided} of {counted.asked} decided>"

    def count(self, question: str | None = None) -> Count:
        """Count considerations, of one question or of the plan."""
        prefix = f"{question}." if question else ""
        return _count(state for place, state in self.considerations.items() if place.startswith(prefix))

    def count_fields(self, prefix: str = "") -> Count:
        """Count fields, of one question or consideration (by place), or of the plan."""
        dotted = f"{prefix}." if prefix else ""
        return _count(
            each.state for place, each in self.fields.items() if place.startswith(dotted) and each.asked
        )

    @property
    def unanswered_items(self) -> list[tuple[str, str]]:
        """The cross-cutting items that nobody answered, as list and item ids."""
        found: list[tuple[str, str]] = []
        for each in self.plan.template.cross_cutting:
            answered = self.plan.cross_cutting.get(each.id, {})
            if not isinstance(answered, NotApplicable):
                left = (
                    item for item in each.items if item.id not in answered or not answered[item.id].answered
                )
                found.extend((each.id, item.id) for item in left)
        return found

    @property
    def missing_inputs(self) -> list[str]:
        """The required inputs that are not provided."""
        given = self.plan.inputs
        return [
            each.id
            for each in self.plan.template.inputs
            if each.id not in given or given[each.id].status == "missing"
        ]

    @cached_property
    def dangling(self) -> list[Dangling]:
        """References to rows that are not there, in answers that count.

        A recommended row may name one of a table that nobody has filled yet: that is nobody's mistake.
        """

        def counted(place: str) -> Any:
            return self.fields[place].value if self.fields[place].shown else None

        return [
            each
            for each in references.dangling(self.plan.template, counted)
            if counted(each.table) is not None
            or self.fields[each.place.partition("[")[0]].source != "recommended"
        ]

    def values(self) -> dict[str, Any]:
        """Return what conditions and rules see: typed values by ``question.field``."""
        values = _service(self.plan)
        for each in self.fields.values():
            _add(values, each)
        return values

    def columns(self, place: str) -> tuple[Spec, ...]:
        """Return the columns of a table that are asked, conditions included; a row's own decide later."""
        field = self.fields[place].field
        conditions = self.plan.template.conditions.columns.get(place, {})
        asked = field.columns_for(self.plan.service.tier, self.plan.service.stage)
        if not conditions:
            return asked
        values = self.values()
        return tuple(
            each for each in asked if each.id not in conditions or _may_hold(conditions[each.id], values)
        )


def stand(plan: Plan) -> Standing:
    """Work out how a plan stands."""
    conditions = plan.template.conditions
    provenance = digest.valid(plan)
    standings: dict[str, FieldStanding] = {}
    values = _service(plan)
    for field in conditions.order:
        expressions = conditions.by_place.get(field.place, ())
        held = [expression.holds(values) for expression in expressions]
        # One that turned false sets the answer aside; one that can't be decided yet only asks nothing.
        off = field.hidden or any(each is False for each in held)
        asked = not off and all(each is True for each in held) and _is_asked(plan, field)
        standing = _field(plan, field, provenance.get(field.place, {}), asked=asked, off=off)
        standings[field.place] = standing
        if field.name in conditions.looked_at:
            _add(values, standing)
    ordered = {place: standings[place] for place in plan.template.fields}
    considerations = {
        each.place: _consideration(plan, each, [ordered[field.place] for field in each.fields])
        for each in plan.template.considerations
    }
    return Standing(plan, ordered, considerations)


def _is_asked(plan: Plan, field: Field) -> bool:
    return field.asks(plan.service.tier, plan.service.stage)


def _field(
    plan: Plan, field: Field, provenance: Mapping[str, Provenance], *, asked: bool, off: bool
) -> FieldStanding:
    stance = plan.answers.get(f"{field.question}.{field.consideration}")
    held = plan.answers.get(field.place)
    # None and not applicable go for all fields of a consideration, whatever stands at one; what is open as a
    # whole may have fields that are answered already.
    whole = stance if held is None or not isinstance(stance, NotKnownYet) else None
    if isinstance(whole, Nothing | NotApplicable | NotKnownYet):
        state: State = "set_aside" if off else _stance_state(whole) if asked else "not_asked"
        return FieldStanding(field, state, asked, whole, "entered")
    answer, source, origin, settled = _effective(plan, field, held, provenance, asked=asked)
    if off and answer is not None:
        return FieldStanding(field, "set_aside", asked=False, answer=answer, source=source, origin=origin)
    state = _state(answer, source, settled=settled) if asked else "not_asked"
    return FieldStanding(field, state, asked, answer, source, origin)


def _effective(
    plan: Plan, field: Field, held: Answer | None, provenance: Mapping[str, Provenance], *, asked: bool
) -> tuple[Answer | None, str | None, str | None, bool]:
    """Return the answer that counts, its source, its origin, and whether somebody stands behind it."""
    if held is not None:
        own = provenance.get(field.place)
        settled = all(is_settled(each) for each in provenance.values())
        return held, own.source if own else "entered", own.origin if own else None, settled
    inherited = plan.inherited.get(field.place)
    if inherited is not None:
        return inherited.answer, "inherited", f"{inherited.plan}, {inherited.origin}", inherited.approved
    if asked and field.recommendation is not None:
        recommended = recommended_value(plan, field)
        if recommended is not None:
            source = field.recommendation.source_for(plan.service.tier)
            return Given(recommended), "recommended", source, False
    return None, None, None, False


def recommended_value(plan: Plan, field: Field) -> Any:
    """Return the document value that is recommended for the plan's tier, or None."""
    return field.recommendation.by_tier.get(plan.service.tier) if field.recommendation else None


def is_settled(provenance: Provenance) -> bool:
    """Return whether somebody stands behind a value of this provenance."""
    return provenance.let_stand is not None or provenance.source in ("entered", "imported")


def _stance_state(stance: Answer) -> State:
    if isinstance(stance, NotApplicable):
        return "not_applicable"
    return "not_known_yet" if isinstance(stance, NotKnownYet) else "decided"


def _state(answer: Answer | None, source: str | None, *, settled: bool) -> State:
    if answer is None:
        return "missing"
    if isinstance(answer, NotKnownYet):
        return "not_known_yet"
    if not settled:
        if source == "recommended":
            return "recommended"
        return "inherited" if source == "inherited" else "to_confirm"
    return _stance_state(answer)


def _consideration(plan: Plan, consideration: Consideration, standings: Iterable[FieldStanding]) -> State:
    states = Counter(each.state for each in standings if each.asked)
    if not states:
        return "not_asked"
    stance = plan.answers.get(consideration.place)
    if stance is not None:
        return _stance_state(stance)
    for state in reversed(OPEN):
        if states[state]:
            return state
    return "decided" if states["decided"] else "not_applicable"


def _count(states: Iterable[State]) -> Count:
    counted = Counter(states)
    open_ = {state: counted[state] for state in OPEN}
    decided = counted["decided"]
    return Count(decided + sum(open_.values()), decided, counted["not_applicable"], open_)


def _service(plan: Plan) -> dict[str, Any]:
    service = plan.service
    return {"service.name": service.name, "service.tier": service.tier, "service.stage": service.stage}


def _may_hold(condition: Expression, values: Mapping[str, Any]) -> bool:
    """Whether a column is asked: what its row decides is not known for the table as a whole."""
    holds = condition.holds(values)
    return holds is True or (isinstance(holds, Missing) and "row" in condition.names)


def _add(values: dict[str, Any], standing: FieldStanding) -> None:
    if not standing.shown:
        return
    answer, name = standing.answer, standing.field.name
    if isinstance(answer, Given):
        values[name] = fields.to_cel(answer.value, standing.field.spec)
        values[f"{name}.given"] = True
    elif isinstance(answer, Nothing):
        values[f"{name}.given"] = False
