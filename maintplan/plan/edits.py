"""Changes to a plan, each a pure function from a plan to a changed copy.

Clock and identity are arguments. A change that changes nothing returns the very same plan, so that
``changed is plan`` says whether there is anything to save. Answers are in `answering`, renaming rows in
`renaming`; all of them are called from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, TypeVar

from maintplan.documents import Unwritten, check
from maintplan.errors import InputError, Where, unknown
from maintplan.plan import naming, places, stances
from maintplan.plan.answering import (
    answer,
    clear,
    let_stand,
    not_applicable,
    not_known_yet,
    say,
    say_none,
)
from maintplan.plan.model import (
    AcceptedRisk,
    Action,
    Comment,
    CrossItem,
    Given,
    Input,
    NotApplicable,
    Plan,
    Service,
)
from maintplan.plan.renaming import rename_row

__all__ = [
    "accept_risk",
    "answer",
    "clear",
    "comment",
    "cross_cut",
    "describe_service",
    "let_stand",
    "merge",
    "not_applicable",
    "not_known_yet",
    "note_action",
    "own",
    "provide_input",
    "rename_row",
    "respond",
    "say",
    "say_none",
]

E = TypeVar("E", Action, Comment)


def respond(plan: Plan, question: str, text: str | None) -> Plan:
    """Write the narrative of a question; nothing clears it."""
    if plan.template.question(question) is None:
        raise unknown("question", question, [each.id for each in plan.template.questions])
    value = stances.free_text(text, Where(path=question))
    return _keyed(plan, "responses", question, value)


def own(plan: Plan, place: str, owner: str | None) -> Plan:
    """Say who owns a consideration; nothing clears it."""
    found = places.find(plan.template, place)
    if found.consideration is None:
        raise InputError("this place is no consideration", Where(path=place), "name question.consideration")
    return _keyed(plan, "owners", found.consideration.place, stances.free_text(owner, Where(path=place)))


def provide_input(plan: Plan, name: str, given: Input | None) -> Plan:
    """Say of a required input that it is provided or missing."""
    known = [each.id for each in plan.template.inputs]
    if name not in known:
        raise unknown("input", name, known)
    return _keyed(plan, "inputs", name, given)


def cross_cut(plan: Plan, list_id: str, item_id: str | None, given: CrossItem | NotApplicable | None) -> Plan:
    """Answer one item of a cross-cutting list, or (with no item) say that the whole list does not apply."""
    lists = {each.id: each for each in plan.template.cross_cutting}
    if list_id not in lists:
        raise unknown("list", list_id, lists)
    held = plan.cross_cutting.get(list_id, {})
    if item_id is None:
        if isinstance(given, CrossItem):
            raise InputError("this is an answer to one item", Where(path=list_id), "name the item as well")
        # Taking back that the list does not apply leaves answers to its items alone.
        return (
            plan
            if given is None and not isinstance(held, NotApplicable)
            else _keyed(plan, "cross_cutting", list_id, given)
        )
    items = [each.id for each in lists[list_id].items]
    if item_id not in items:
        raise unknown("item", item_id, items, Where(path=list_id))
    answered: dict[str, CrossItem] = {} if isinstance(held, NotApplicable) else dict(held)
    if isinstance(given, NotApplicable):
        given = CrossItem(not_applicable=given.not_applicable)
    if given is None:
        answered.pop(item_id, None)
    else:
        answered[item_id] = given
    if given is None and isinstance(held, NotApplicable):
        return plan
    return _keyed(plan, "cross_cutting", list_id, answered or None)


def describe_service(plan: Plan, **changes: Any) -> Plan:
    """Change what the plan says of the service: name, tier, stage, owner, description, runbook_base."""
    service = check(Service, {**plan.service.model_dump(), **changes}, Unwritten("service"))
    return plan if service == plan.service else replace(plan, service=service)


def accept_risk(plan: Plan, risk: AcceptedRisk) -> Plan:
    """Accept a finding as a risk; one accepted before for the same rule and place is replaced."""
    risk = risk.model_copy(update={"at": naming.canonical(plan.template, risk.at, plan.retired)})
    held = plan.accepted_risks
    if risk in held:
        return plan
    if any((each.rule, each.at) == (risk.rule, risk.at) for each in held):
        risks = tuple(risk if (each.rule, each.at) == (risk.rule, risk.at) else each for each in held)
    else:
        risks = (*held, risk)
    return replace(plan, accepted_risks=risks)


def note_action(plan: Plan, action: Action) -> Plan:
    """Add an action, or replace the one with its id."""
    actions = _with(plan, plan.actions, action)
    return plan if actions == plan.actions else replace(plan, actions=actions)


def comment(plan: Plan, remark: Comment) -> Plan:
    """Add a comment, or replace the one with its id.

    Raises
    ------
    InputError
        For a remark that stands at no place and answers no other.
    """
    if remark.re is None and remark.at is None:
        raise InputError("the comment stands nowhere", mend="give it a place, or the comment that it answers")
    known = [each.id for each in plan.comments if each.id != remark.id]
    if remark.re is not None and remark.re not in known:
        raise unknown("comment", remark.re, known)
    comments = _with(plan, plan.comments, remark)
    return plan if comments == plan.comments else replace(plan, comments=comments)


def _with(plan: Plan, held: tuple[E, ...], entry: E) -> tuple[E, ...]:
    """Add an entry, or put it where the one of its id stands."""
    if entry.at is not None:
        entry = entry.model_copy(update={"at": naming.canonical(plan.template, entry.at, plan.retired)})
    there = any(each.id == entry.id for each in held)
    changed: list[E] = [entry if each.id == entry.id else each for each in held]
    if not there:
        changed.append(entry)
    return tuple(changed)


def merge(plan: Plan, other: Plan) -> Plan:
    """Lay the answers, responses and owners of another plan over this one's."""
    merged = plan
    for question, text in other.responses.items():
        merged = respond(merged, question, text)
    for place, owner in other.owners.items():
        merged = own(merged, place, owner)
    # What is said of a consideration as a whole comes last: an answer to one of its fields takes it back.
    for place, given in sorted(other.answers.items(), key=lambda each: -each[0].count(".")):
        merged = answer(merged, place, given.value) if isinstance(given, Given) else say(merged, place, given)
    return plan if merged == plan else merged


def _keyed(
    plan: Plan,
    attribute: Literal["responses", "owners", "inputs", "cross_cutting"],
    key: str,
    value: Any,
) -> Plan:
    held: Mapping[str, Any] = getattr(plan, attribute)
    if held.get(key) == value:
        return plan
    changed = {name: each for name, each in held.items() if name != key or value is not None}
    if value is not None:
        changed[key] = value
    changes: dict[str, Any] = {attribute: changed}
    return replace(plan, **changes)
