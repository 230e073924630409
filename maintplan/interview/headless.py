"""The walk without a screen: the same steps, with everything that is to be said given beforehand.

The same call twice changes nothing the second time. Clock and names are arguments; who is at the keyboard
can't be checked here, so what is said at the prompt has the identity ``file``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from maintplan import yamltext
from maintplan.documents import Unwritten
from maintplan.errors import InputError, Where
from maintplan.interview.steps import Step
from maintplan.interview.walk import Interview
from maintplan.plan import approval, document, edits
from maintplan.plan.model import Plan


def drive(
    plan: Plan,
    *,
    service: str | None = None,
    tier: int | None = None,
    stage: str | None = None,
    answers: Mapping[str, Any] | str | Path | None = None,
    let_stand: Sequence[str] | str = (),
    by: str = "",
    when: dt.datetime,
) -> Plan:
    """Walk through a plan with what is given.

    Parameters
    ----------
    plan
        The plan.
    service, tier, stage
        Set on the plan's service.
    answers
        Shaped like a plan's ``answers:``, or the path of a YAML file with them.
    let_stand
        Places, or ``"*"``, whose recommended or inherited values `by` lets stand.
    by, when
        Who does, and the moment that is recorded with it.

    Returns
    -------
    Plan
        The very same plan when nothing changed.

    Raises
    ------
    InputError
        For everything that is wrong in what is given, with its place; a file's errors with their line.
    """
    given = {"name": service, "tier": tier, "stage": stage}
    known = {name: value for name, value in given.items() if value is not None}
    answered = _answers(plan, answers)
    interview = Interview(plan)
    for step in interview.steps:
        interview = interview.go_to(step.id)
        if step.kind == "service":
            interview = interview.apply(lambda held: edits.describe_service(held, **known))
        elif step.kind == "question" and answered is not None:
            interview = interview.apply(partial(edits.merge, other=_of(answered, step)))
        elif step.kind == "summary" and let_stand:
            places = [let_stand] if isinstance(let_stand, str) else list(let_stand)
            interview = interview.apply(partial(edits.let_stand, chosen=places, by=by, when=when))
    return plan if document.to_data(interview.plan) == document.to_data(plan) else interview.plan


def confirm(
    plan: Plan,
    *,
    yes: bool | None,
    by: str = "",
    role: str = "",
    feedback: str = "",
    reopen: Sequence[str] | str = (),
    when: dt.datetime,
) -> Plan:
    """Answer the validation prompt; nothing is said when `yes` is None.

    The same person who says the same to the same content in the same role has said it once.

    Raises
    ------
    InputError
        When a name, role or feedback is missing or unknown.
    RefusedError
        When a Yes is refused, with everything that is missing and every high finding.
    """
    if yes is None:
        return plan
    if not isinstance(yes, bool):
        raise InputError(f"confirm is {yes!r}", Where(path="confirm"), "write True, False or None")
    if yes:
        blocking = Interview(plan, "confirm").review(when.date()).blocking
        say = partial(
            approval.say_yes,
            by=by,
            role=role,
            when=when,
            blocking=blocking,
            identity="file",
            feedback=feedback,
        )
    else:
        questions = [reopen] if isinstance(reopen, str) else list(reopen)
        questions = [each for each in questions if each]
        say = partial(
            approval.say_no, by=by, role=role, when=when, identity="file", feedback=feedback, reopen=questions
        )
    return Interview(plan, "confirm").apply(say).plan


def _answers(plan: Plan, answers: Mapping[str, Any] | str | Path | None) -> Plan | None:
    """Read the answers; the result is a plan with nothing but those."""
    if answers is None or answers in ("", {}):
        return None
    if isinstance(answers, Mapping):
        return document.read_answers(dict(answers), plan.template, Unwritten("answers"))
    if not isinstance(answers, str | Path):
        mend = "give a mapping shaped like a plan's answers, or the path of a YAML file"
        raise InputError("these are no answers", Where(path="answers"), mend)
    text = yamltext.read_file(answers)
    return document.read_answers(text.data, plan.template, text)


def _of(answered: Plan, step: Step) -> Plan:
    """Return the answers that belong to one question."""
    prefix = f"{step.about}."
    return replace(
        answered,
        responses={name: text for name, text in answered.responses.items() if name == step.about},
        owners={place: owner for place, owner in answered.owners.items() if place.startswith(prefix)},
        answers={place: each for place, each in answered.answers.items() if place.startswith(prefix)},
    )
