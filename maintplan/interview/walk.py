"""The interview: a plan, and where one is in it.

Frozen like the plan itself: every move and every change returns another `Interview`. Moving about never
changes the plan, so going back never discards anything. How far a step is comes from
`maintplan.plan.standing`, the one place that counts.

>>> interview = Interview(plan).go_to("rollout")                                       # doctest: +SKIP
>>> interview = interview.apply(lambda plan: edits.answer(plan, place, "2h")).next()   # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from maintplan.errors import ConflictError, unknown
from maintplan.interview.known import Known, Missing
from maintplan.interview.steps import Step
from maintplan.plan.approval import SignOff
from maintplan.plan.model import Plan, Status
from maintplan.plan.rebasing import rebase
from maintplan.plan.standing import FieldStanding, Standing, State
from maintplan.review import Review, load, review, review_again
from maintplan.template import Consideration, Question

KEPT = 100
"""How many changes can be taken back."""


@dataclass(frozen=True)
class Asked:
    """One consideration of the question that is being asked.

    Attributes
    ----------
    consideration
        What it is.
    state
        Where it stands as a whole.
    fields
        The fields that are asked.
    more
        The fields under *more detail*: those that this tier and stage is not asked, and answers that were
        set aside. None of them is ever missing.
    """

    consideration: Consideration
    state: State
    fields: tuple[FieldStanding, ...]
    more: tuple[FieldStanding, ...]


@dataclass(frozen=True)
class Progress:
    """How far one step is.

    Attributes
    ----------
    step
        The step.
    state
        ``reopened`` by the last No; ``open`` while something is left, for the summary anywhere before it.
    left
        What is left, counted by state; nothing where nothing is.
    """

    step: Step
    state: Literal["done", "open", "reopened"]
    left: Mapping[str, int]


@dataclass(frozen=True)
class Interview:
    """A plan and where one is in it.

    Parameters
    ----------
    plan
        The plan as it is now.
    at
        The id of the current step.
    focus
        The place in it that one came for; see `next_missing`.

    All that come from one another by moves and changes share the last review, so that the next one judges
    only what a change touches.
    """

    plan: Plan
    at: str = "service"
    focus: str | None = None
    _past: tuple[Plan, ...] = field(default=(), repr=False)
    _future: tuple[Plan, ...] = field(default=(), repr=False)
    _reviewed: dict[dt.date, tuple[Standing, Review]] = field(default_factory=dict, compare=False, repr=False)

    _known: Known = field(default=None, compare=False, repr=False)  # type: ignore[assignment]  # below

    def __post_init__(self) -> None:
        if getattr(self._known, "plan", None) is not self.plan:
            object.__setattr__(self, "_known", Known(self.plan))  # a move takes it along, a change does not
        if not any(each.id == self.at for each in self.steps):
            raise unknown("step", self.at, [each.id for each in self.steps])

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return self._known.steps

    @property
    def standing(self) -> Standing:
        """How the plan stands."""
        return self._known.standing

    @property
    def signed(self) -> tuple[SignOff, ...]:
        """What each role that the tier needs has said to this very content."""
        return self._known.signed

    @property
    def status(self) -> Status:
        """The plan's status."""
        return self._known.status

    @property
    def needed(self) -> frozenset[str]:
        """The considerations and the items of lists that a Yes still waits for."""
        return self._known.needed

    def review(self, today: dt.date) -> Review:
        """Hold the plan's answers against each other by its template's rules, once for each change and day.

        `maintplan.review.by_field` tells which finding stands at which field.
        """
        was, found = self._reviewed.get(today, (None, None))
        if was is None or found is None:
            found = review(self.standing, load(self.plan.template), today)
        elif was.plan is not self.plan:
            found = review_again(self.standing, load(self.plan.template), today, was, found)
        if was is None or was.plan is not self.plan:
            self._reviewed.clear()
            self._reviewed[today] = (self.standing, found)
        return found

    @property
    def step(self) -> Step:
        """The current step."""
        return next(each for each in self.steps if each.id == self.at)

    @property
    def question(self) -> Question | None:
        """The question of the current step, if it is one."""
        return self.plan.template.question(self.step.about) if self.step.kind == "question" else None

    def next(self) -> Interview:
        """Go one step on; at the last step, stay."""
        return self._at(self.step.number)

    def back(self) -> Interview:
        """Go one step back; at the first step, stay."""
        return self._at(self.step.number - 2)

    def _at(self, index: int) -> Interview:
        index = min(max(index, 0), len(self.steps) - 1)
        return self.go_to(self.steps[index].id)

    def go_to(self, step: str, focus: str | None = None) -> Interview:
        """Go to a step, and there to a place.

        Raises
        ------
        InputError
            For a step that does not exist, with the closest one.
        """
        return replace(self, at=step, focus=focus)

    def next_missing(self) -> Missing | None:
        """Return what needs an answer next, from where one is and around; None when nothing does.

        From a step, that is the first thing missing in it or after it; from a place in the step (its
        `focus`), the first one after that place. *Not known yet* with a date needs no answer now.
        """
        missing = list(self.missing())
        if not missing:
            return None
        order = {place: index for index, (_, place) in enumerate(self._known.places())}
        here = self.step.number
        past = order.get((here, self.focus)) if self.focus is not None else None

        def is_after(each: Missing) -> bool:
            if each.step.number != here:
                return each.step.number > here
            return past is None or order[here, each.place] > past

        return next(filter(is_after, missing), missing[0])

    def to_next_missing(self) -> Interview:
        """Go to what needs an answer next; stay when nothing does."""
        found = self.next_missing()
        return self if found is None else self.go_to(found.step.id, found.place)

    def missing(self) -> Iterator[Missing]:
        """Yield everything that needs an answer, in the order of the walk."""
        yield from self._known.missing

    def left(self) -> dict[str, Mapping[str, int]]:
        """Return what is left in each step, by its id: counts by state, nothing where nothing is left."""
        return {each.id: self._left(each) for each in self.steps}

    def _left(self, step: Step) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        if step.kind == "inputs":
            counts["missing"] = sum(each.id not in self.plan.inputs for each in self.plan.template.inputs)
        elif step.kind == "question":
            counted = self.standing.count(step.about)
            counts.update({str(state): count for state, count in counted.open.items()})
        elif step.kind == "cross_cutting":
            counts["missing"] = sum(name == step.about for name, _ in self.standing.unanswered_items)
        elif step.kind == "confirm":
            counts["missing"] = sum(not each.counts for each in self.signed)
        return {state: count for state, count in counts.items() if count}

    def progress(self) -> tuple[Progress, ...]:
        """Return how far each step is, as a rail shows it."""
        found: list[Progress] = []
        for step in self.steps:
            left = self._left(step)
            before = step.kind == "summary" and any(each.state != "done" for each in found)
            is_open = bool(left) or before
            reopened = step.kind == "question" and step.about in self._known.reopened
            found.append(Progress(step, "reopened" if reopened else "open" if is_open else "done", left))
        return tuple(found)

    def asked_now(self) -> tuple[Asked, ...]:
        """Return what the current step's question asks; nothing at any other step."""
        return self._asked

    @cached_property
    def _asked(self) -> tuple[Asked, ...]:
        question = self.question
        if question is None:
            return ()
        found = []
        for consideration in question.considerations:
            standings = [self.standing.fields[each.place] for each in consideration.fields]
            asked = tuple(each for each in standings if each.asked)
            rest = (each for each in standings if not each.asked)
            more = tuple(each for each in rest if self._is_detail(consideration, each))
            if asked or more:
                state = self.standing.considerations[consideration.place]
                found.append(Asked(consideration, state, asked, more))
        return tuple(found)

    def _is_detail(self, consideration: Consideration, each: FieldStanding) -> bool:
        if consideration.hidden or each.field.hidden:
            return False
        if each.state == "set_aside":
            return True
        conditions = self.plan.template.conditions.by_place.get(each.field.place, ())
        return all(condition.holds(self._known.values) is True for condition in conditions)

    def apply(self, edit: Callable[[Plan], Plan]) -> Interview:
        """Change the plan by an edit, such as those of `maintplan.plan.edits`.

        What was said at the prompt can't be taken back by `undo`: a round is a record.
        """
        changed = edit(self.plan)
        if changed is self.plan or changed == self.plan:
            return self
        past = (*self._past, self.plan)[-KEPT:]
        if changed.rounds != self.plan.rounds:
            past = ()
        return replace(self, plan=changed, _past=past, _future=())

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._future)

    def undo(self) -> Interview:
        """Take the last change back; without one, stay."""
        if not self._past:
            return self
        *past, plan = self._past
        return self._instead(plan, tuple(past), (*self._future, self.plan))

    def redo(self) -> Interview:
        """Make the change again that was taken back last; without one, stay."""
        if not self._future:
            return self
        *future, plan = self._future
        return self._instead(plan, (*self._past, self.plan), tuple(future))

    def _instead(self, plan: Plan, past: tuple[Plan, ...], future: tuple[Plan, ...]) -> Interview:
        # Saves in between have counted the revision on; that is no change to take back.
        plan = replace(plan, revision=self.plan.revision, approved=self.plan.approved)
        return replace(self, plan=plan, _past=past, _future=future)

    def saved(self, plan: Plan) -> Interview:
        """Go on with the plan as the store returned it.

        What somebody else has changed in it stays when a change of one's own is taken back.
        """
        if replace(plan, revision=self.plan.revision, approved=self.plan.approved) == self.plan:
            return replace(self, plan=plan)
        past, future = (self._carried(each, plan) for each in (self._past, self._future))
        return replace(self, plan=plan, _past=past, _future=future)

    def _carried(self, kept: tuple[Plan, ...], theirs: Plan) -> tuple[Plan, ...]:
        """Carry kept plans over onto somebody else's changes, as far back as none of these is in the way."""
        found: list[Plan] = []
        for each in reversed(kept):
            try:
                found.insert(0, rebase(self.plan, each, theirs))
            except ConflictError:
                break
        return tuple(found)
