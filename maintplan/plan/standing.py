"""How a plan stands: what is asked, which value counts, what is decided and what is missing.

Everything that says how far a plan is takes it from here: the rail of the app, the summary, the command
and the portfolio. `stand` computes it afresh from a plan; nothing is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from maintplan import fields
from maintplan.plan import digest
from maintplan.plan.model import Answer, Given, NotApplicable, NotKnownYet, Nothing, Plan, Provenance
from maintplan.template import Consideration, Field, Recommendation

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


@dataclass(frozen=True)
class Dangling:
    """A reference to a row that is not there.

    Attributes
    ----------
    place
        Where the reference stands.
    key
        The row that it names.
    table
        The place of the table that has no such row.
    """

    place: str
    key: str
    table: str


@dataclass(frozen=True)
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

    def count(self, question: str | None = None) -> Count:
        """Count considerations, of one question or of the plan."""
        prefix = f"{question}." if question else ""
        return _count(state for place, state in self.considerations.items() if place.startswith(prefix))

    def count_fields(self, prefix: str = "") -> Count:
        """Count fields, of one question or consideration (by place), or of the plan."""
        dotted = f"{prefix}." if prefix else ""
        return _count(each.state for place, each in self.fields.items() if place.startswith(dotted) and each.asked)

    @property
    def unanswered_items(self) -> list[tuple[str, str]]:
        """The cross-cutting items that nobody answered, as list and item ids."""
        found: list[tuple[str, str]] = []
        for each in self.plan.template.cross_cutting:
            answered = self.plan.cross_cutting.get(each.id, {})
            if not isinstance(answered, NotApplicable):
                left = (item for item in each.items if item.id not in answered or not answered[item.id].answered)
                found.extend((each.id, item.id) for item in left)
        return found

    @property
    def missing_inputs(self) -> list[str]:
        """The required inputs that are not provided."""
        given = self.plan.inputs
        return [
            each.id for each in self.plan.template.inputs if each.id not in given or given[each.id].status == "missing"
        ]

    @property
    def dangling(self) -> list[Dangling]:
        """References to rows that are not there, in answers that count."""
        return list(_dangling(self))

    def values(self) -> dict[str, Any]:
        """Return what conditions and rules see: typed values by ``question.field``."""
        return _values(self.plan, self.fields.values())


def stand(plan: Plan) -> Standing:
    """Work out how a plan stands."""
    standings: dict[str, FieldStanding] = {}
    conditions = plan.template.conditions
    values = _service(plan)
    for field in conditions.order:
        expressions = conditions.by_place.get(field.place, ())
        holds = all(expression.holds(values) is True for expression in expressions)
        standing = _field(plan, field, holds=holds)
        standings[field.place] = standing
        _add(values, standing)
    ordered = {place: standings[place] for place in plan.template.fields}
    considerations = {
        each.place: _consideration(plan, each, [ordered[field.place] for field in each.fields])
        for each in plan.template.considerations
    }
    return Standing(plan, ordered, considerations)


def _field(plan: Plan, field: Field, *, holds: bool) -> FieldStanding:
    asked = holds and _is_asked(plan, field)
    answer, source, origin, settled = _effective(plan, field, asked=asked)
    if not holds and answer is not None:
        return FieldStanding(field, "set_aside", asked=False, answer=answer, source=source, origin=origin)
    stance = plan.answers.get(f"{field.question}.{field.consideration}")
    if stance is not None:
        state: State = _stance_state(stance) if asked else "not_asked"
        own = answer if field.place in plan.answers else None
        # What the consideration as a whole says goes for its fields; what is recommended or flows in from
        # another plan has no say then.
        if own is None:
            return FieldStanding(field, state, asked, stance, "entered")
        return FieldStanding(field, state, asked, own, source, origin)
    if not asked:
        return FieldStanding(field, "not_asked", asked=False, answer=answer, source=source, origin=origin)
    return FieldStanding(field, _state(answer, source, settled=settled), True, answer, source, origin)


def _is_asked(plan: Plan, field: Field) -> bool:
    consideration = plan.template.question(field.question)
    point = consideration.consideration(field.consideration) if consideration else None
    if field.hidden or (point is not None and point.hidden):
        return False
    if field.required:
        return True
    if plan.service.stage == "retiring":
        return field.retiring
    return field.asked is not None and field.asked.of(plan.service.tier, plan.service.stage)


def _effective(plan: Plan, field: Field, *, asked: bool) -> tuple[Answer | None, str | None, str | None, bool]:
    """Return the answer that counts, its source, its origin, and whether somebody stands behind it."""
    held = plan.answers.get(field.place)
    if held is not None:
        provenance = valid_provenance(plan, field.place)
        source = provenance.source if provenance else "entered"
        origin = provenance.origin if provenance else None
        return held, source, origin, all(is_settled(each) for each in _all_provenance(plan, field))
    inherited = plan.inherited.get(field.place)
    if inherited is not None:
        return inherited.answer, "inherited", f"{inherited.plan}, {inherited.origin}", inherited.approved
    recommended = recommended_value(plan, field)
    if asked and recommended is not None:
        recommendation = field.recommendation
        return Given(recommended), "recommended", recommendation.source if recommendation else None, False
    return None, None, None, False


def recommended_value(plan: Plan, field: Field) -> Any:
    """Return the document value that is recommended for the plan's tier, or None."""
    recommendation: Recommendation | None = field.recommendation
    return recommendation.by_tier.get(plan.service.tier) if recommendation else None


def is_settled(provenance: Provenance) -> bool:
    """Return whether somebody stands behind a value of this provenance."""
    return provenance.let_stand is not None or provenance.source in ("entered", "imported")


def valid_provenance(plan: Plan, place: str) -> Provenance | None:
    """Return where the value at a place came from, unless the value was changed by hand since."""
    provenance = plan.provenance.get(place)
    if provenance is None or (provenance.of is not None and provenance.of != digest.at(plan, place)):
        return None
    return provenance


def _all_provenance(plan: Plan, field: Field) -> Iterator[Provenance]:
    for place in plan.provenance:
        if place == field.place or place.startswith(f"{field.place}["):
            provenance = valid_provenance(plan, place)
            if provenance is not None:
                yield provenance


def _stance_state(stance: Answer) -> State:
    if isinstance(stance, NotApplicable):
        return "not_applicable"
    return "not_known_yet" if isinstance(stance, NotKnownYet) else "decided"


def _state(answer: Answer | None, source: str | None, *, settled: bool) -> State:
    if answer is None:
        return "missing"
    if isinstance(answer, NotApplicable | NotKnownYet):
        return _stance_state(answer)
    if settled:
        return "decided"
    if source == "recommended":
        return "recommended"
    return "inherited" if source == "inherited" else "to_confirm"


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


def _add(values: dict[str, Any], standing: FieldStanding) -> None:
    if not standing.shown:
        return
    answer, name = standing.answer, standing.field.name
    if isinstance(answer, Given):
        values[name] = fields.to_cel(answer.value, standing.field.spec)
        values[f"{name}.given"] = True
    elif isinstance(answer, Nothing):
        values[f"{name}.given"] = False


def _values(plan: Plan, standings: Iterable[FieldStanding]) -> dict[str, Any]:
    values = _service(plan)
    for standing in standings:
        _add(values, standing)
    return values


def _dangling(standing: Standing) -> Iterator[Dangling]:
    template = standing.plan.template
    for field, column, to in template.referring:
        referring = standing.fields[field.place]
        table = template.named.get(to)
        if not referring.shown or table is None or referring.value is None:
            continue
        target = standing.fields[table.place]
        rows = target.value if target.shown and isinstance(target.value, list) else []
        keys = {row.get(table.spec.key) for row in rows}
        if column is None:
            if referring.value not in keys:
                yield Dangling(field.place, str(referring.value), table.place)
            continue
        for index, row in enumerate(referring.value):
            key = row.get(column)
            if key is not None and key not in keys:
                selector = fields.row_selector(row.get(field.spec.key), index)
                yield Dangling(f"{field.place}{selector}.{column}", str(key), table.place)
