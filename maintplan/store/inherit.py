"""The answers that flow in from the plans that a plan inherits from.

Each of them is read from its last approved snapshot where it has one, else as it stands. The first plan in
the list wins. Its recommendations stay where they are: they were computed for its own tier.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from maintplan import fields
from maintplan.documents import Lines
from maintplan.errors import InputError, ValueProblem, Where
from maintplan.plan.model import Answer, Given, Inherited, Plan
from maintplan.plan.standing import stand
from maintplan.store.loading import Banks
from maintplan.store.sources import Source
from maintplan.template import Template


def resolve(plan: Plan, source: Source, lines: Lines, banks: Banks) -> Mapping[str, Inherited]:
    """Return what flows into a plan, by place.

    Parameters
    ----------
    plan
        The plan.
    source
        Where it is kept; its `inherits` are read from there.
    lines
        Where the plan stands, for errors.
    banks
        Templates loaded so far.

    Raises
    ------
    InputError
        For a plan that is not there or can't be read, and for plans that inherit from each other.
    """
    if not plan.inherits:
        return {}
    return _Resolving(banks).into(plan, source, lines, [source])


class _Resolving:
    """One walk through the plans that inherit from each other; each is read once."""

    def __init__(self, banks: Banks) -> None:
        self.banks = banks
        self.done: dict[Hashable, tuple[Plan, bool]] = {}

    def into(self, plan: Plan, source: Source, lines: Lines, chain: Sequence[Source]) -> dict[str, Inherited]:
        flowing: dict[str, Inherited] = {}
        for index, written in enumerate(plan.inherits):
            where = Where(lines.name, lines.line(("inherits", index)), f"inherits[#{index + 1}]")
            try:
                there = source.beside(written)
            except InputError as error:
                raise InputError(error.what, where, error.mend) from None
            other, approved = self.read(there, where, chain)
            for place, answer in _held(other):
                if (fitting := _fitting(answer, place, other.template, plan.template)) is not None:
                    inherited = Inherited(fitting, other.service.name, there.seen, approved)
                    flowing.setdefault(place, inherited)
            for place, inherited in other.inherited.items():
                fitting = _fitting(inherited.answer, place, other.template, plan.template)
                if fitting is not None:
                    flowing.setdefault(place, replace(inherited, answer=fitting))
        return flowing

    def read(self, source: Source, where: Where, chain: Sequence[Source]) -> tuple[Plan, bool]:
        """Return another plan with what flows into it, and whether it is an approved snapshot."""
        known = [each.key for each in chain]
        if source.key in known:
            names = [each.name for each in chain[known.index(source.key) :]]
            what = f"the plans inherit from each other: {' -> '.join([*names, names[0]])}"
            raise InputError(what, where, "take one of them out of inherits")
        if source.key not in self.done:
            loaded = source.load(self.banks)
            if loaded is None:
                mend = "check the path"
                raise InputError(f"there is no plan {source.name!r} to inherit from", where, mend)
            plan, lines = loaded
            approved, origin = plan.approved, source
            if approved is not None:
                origin = source.snapshot(approved)
                loaded = origin.load(self.banks)
                if loaded is None:
                    line = lines.line(("approved", "snapshot"))
                    what = f"the approved snapshot {approved.snapshot!r} is not there"
                    mend = "bring it back, or take `approved` out to inherit from the plan as it stands"
                    raise InputError(what, Where(source.name, line, "approved.snapshot"), mend)
                plan, lines = loaded
            flowing = self.into(plan, origin, lines, [*chain, source])
            self.done[source.key] = replace(plan, inherited=flowing), approved is not None
        return self.done[source.key]


def _held(plan: Plan) -> Iterator[tuple[str, Answer]]:
    """Yield the answers that a plan holds itself and that count, by place of a field."""
    for place, standing in stand(plan).fields.items():
        held = place in plan.answers or place.rpartition(".")[0] in plan.answers
        if held and standing.shown and standing.answer is not None:
            yield place, standing.answer


def _fitting(answer: Answer, place: str, source: Template, target: Template) -> Answer | None:
    """Return an answer as this template's field reads it, or None where the field is another one."""
    if source is target:
        return answer
    mine, theirs = target.fields.get(place), source.fields.get(place)
    if mine is None or theirs is None or mine.kind != theirs.kind:
        return None
    if not isinstance(answer, Given) or mine.spec == theirs.spec:
        return answer
    try:
        value = fields.parse(answer.value, mine.spec)
    except ValueProblem:
        return None
    return None if value is None else Given(value)
