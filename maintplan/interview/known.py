"""What is worked out from a plan alone, once: wherever one goes in it, it stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from maintplan.interview.steps import Step, steps
from maintplan.plan import approval
from maintplan.plan.approval import SignOff
from maintplan.plan.model import Plan, Status
from maintplan.plan.standing import OPEN, Standing, stand


@dataclass(frozen=True)
class Missing:
    """Something that still needs an answer.

    Attributes
    ----------
    step
        Where it is asked.
    place
        What it is: an input's id, a consideration's place, ``list.item``, or the id of a reopened question.
    """

    step: Step
    place: str


class Known:
    """What a plan alone says; each part is worked out when it is first asked for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return steps(self.plan.template)

    @cached_property
    def standing(self) -> Standing:
        """How the plan stands."""
        return stand(self.plan)

    @cached_property
    def signed(self) -> tuple[SignOff, ...]:
        """What each role that the tier needs has said to this very content."""
        return tuple(approval.sign_offs(self.plan, self.standing))

    @cached_property
    def status(self) -> Status:
        """The plan's status."""
        return approval.status(self.plan, self.standing)

    @cached_property
    def values(self) -> Mapping[str, object]:
        """The values that conditions look at."""
        return self.standing.values()

    @cached_property
    def reopened(self) -> frozenset[str]:
        """The questions that the last No has reopened."""
        return frozenset(approval.reopened(self.plan))

    @cached_property
    def needed(self) -> frozenset[str]:
        """The considerations and the items of lists that a Yes still waits for."""
        return frozenset(approval.needed(self.plan, self.standing))

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """Everything that needs an answer, in the order of the walk."""
        return tuple(self._find_missing())

    def places(self) -> Iterator[tuple[Step, tuple[int, str]]]:
        """Yield every place that may need an answer, with its step."""
        template = self.plan.template
        lists = {each.id: each for each in template.cross_cutting}
        for step in self.steps:
            found: list[str] = []
            if step.kind == "inputs":
                found = [each.id for each in template.inputs]
            elif step.kind == "question" and (question := template.question(step.about)) is not None:
                found = [question.id, *(each.place for each in question.considerations)]
            elif step.kind == "cross_cutting":
                found = [f"{step.about}.{item.id}" for item in lists[step.about].items]
            for place in found:
                yield step, (step.number, place)

    def _find_missing(self) -> Iterator[Missing]:
        unanswered = {f"{name}.{item}" for name, item in self.standing.unanswered_items}
        for step, (_, place) in self.places():
            if step.kind == "inputs":
                needs = place not in self.plan.inputs
            elif step.kind == "cross_cutting":
                needs = place in unanswered
            elif place == step.about:
                needs = place in self.reopened
            else:
                needs = self._needs_answer(place)
            if needs:
                yield Missing(step, place)

    def _needs_answer(self, consideration: str) -> bool:
        state = self.standing.considerations[consideration]
        if state == "not_known_yet":
            return consideration in self._undated
        return state in OPEN

    @cached_property
    def _undated(self) -> frozenset[str]:
        states = self.standing.considerations.items()
        open_ = (place for place, state in states if state == "not_known_yet")
        return frozenset(place for place in open_ if approval.is_undated(self.plan, self.standing, place))
