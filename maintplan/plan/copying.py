"""What a new plan can take over from another one.

Values come as copied, which somebody has yet to confirm. Nothing is taken over that names a person or a
date of the other service: no sign-off, no risk that somebody accepted, nothing that is not known yet. What
the other plan says of a whole consideration would count as decided at once, so it is only suggested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from maintplan import fields
from maintplan.errors import ValueProblem
from maintplan.plan import digest
from maintplan.plan.document import answer_data
from maintplan.plan.model import Answer, Given, NotKnownYet, Plan, Provenance


@dataclass(frozen=True)
class Copied:
    """A plan with what was taken over.

    Attributes
    ----------
    plan
        The new plan.
    suggested
        What the other plan says of whole considerations, by their places.
    unfit
        Places of answers that the new plan's template has no place for, or another kind of field.
    """

    plan: Plan
    suggested: Mapping[str, Mapping[str, Any]]
    unfit: tuple[str, ...]


def copied(plan: Plan, other: Plan, origin: str) -> Copied:
    """Return a plan with the responses, owners and answers of another one.

    Parameters
    ----------
    plan
        The new plan.
    other
        The plan to copy from.
    origin
        What its provenance calls that plan.
    """
    template = plan.template
    considerations = {each.place for each in template.considerations}
    answers: dict[str, Answer] = {}
    suggested: dict[str, Mapping[str, Any]] = {}
    unfit = []
    for place, answer in other.answers.items():
        if isinstance(answer, NotKnownYet):
            continue
        if place in considerations:
            suggested[place] = answer_data(answer)
        elif (fitting := _fitting(answer, place, plan)) is not None:
            answers[place] = fitting
        else:
            unfit.append(place)
    found = replace(
        plan,
        answers=answers,
        responses={name: each for name, each in other.responses.items() if template.question(name)},
        owners={place: each for place, each in other.owners.items() if place in considerations},
    )
    provenance = {
        place: Provenance.model_validate({"source": "copied", "from": origin, "of": digest.at(found, place)})
        for place in answers
    }
    return Copied(replace(found, provenance=provenance), suggested, tuple(unfit))


def _fitting(answer: Answer, place: str, plan: Plan) -> Answer | None:
    field = plan.template.fields.get(place)
    if field is None:
        return None
    if not isinstance(answer, Given):
        return answer
    try:
        value = fields.parse(answer.value, field.spec)
    except ValueProblem:
        return None
    return None if value is None else Given(value)
