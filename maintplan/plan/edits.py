"""Changes to a plan, each a pure function from a plan to a changed copy.

Clock and identity are arguments. A change that changes nothing returns the very same plan, so that
``changed is plan`` says whether there is anything to save. Answers are in `answering`, renaming rows in
`renaming`; all of them are called from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Literal, TypeVar

from maintplan.documents import Unwritten, check
from maintplan.errors import InputError, Where, unknown
from maintplan.plan import naming, places, risks, stances
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
    Offer,
    Plan,
    Service,
)
from maintplan.plan.renaming import rename_row
from maintplan.plan.standing import stand

__all__ = [
    "accept_risk",
    "answer",
    "clear",
    "comment",
    "cross_cut",
    "describe_service",
    "let_stand",
    "merge",
    "new_action_id",
    "not_applicable",
    "not_known_yet",
    "note_action",
    "own",
    "provide_input",
    "rename_row",
    "respond",
    "say",
    "say_none",
    "take_back_risk",
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


def accept_risk(plan: Plan, risk: AcceptedRisk, today: dt.date) -> Plan:
    """Accept a finding as a risk; one accepted before for the same rule and place is replaced.

    Parameters
    ----------
    plan
        The plan.
    risk
        The rule, the place, why, the two people, and until when.
    today
        The day on which it is accepted.

    Raises
    ------
    InputError
        When the place or its row is not there, when the reason or one of the people is missing, when both
        are the same person, and when it ends before today or more than a year ahead.
    """
    held = plan.accepted_risks
    risk = risk.model_copy(update={"at": _there(plan, risk.at, [each.at for each in held])})
    if why := risks.flaw(risk, today):
        what, key, mend = _FLAWS[why]
        raise InputError(what, Where(path=f"{risk.at}, {key}"), mend)
    if risk in held:
        return plan
    if any((each.rule, each.at) == (risk.rule, risk.at) for each in held):
        changed = tuple(risk if (each.rule, each.at) == (risk.rule, risk.at) else each for each in held)
    else:
        changed = (*held, risk)
    return replace(plan, accepted_risks=changed)


def take_back_risk(plan: Plan, rule: str, at: str) -> Plan:
    """Take back that a risk was accepted; its finding is open again."""
    at = naming.canonical(plan.template, at, plan.retired)
    kept = tuple(each for each in plan.accepted_risks if (each.rule, each.at) != (rule, at))
    return plan if kept == plan.accepted_risks else replace(plan, accepted_risks=kept)


def settle_offer(plan: Plan, offer: Offer, *, take: bool) -> Plan:
    """Take a value that stands beside an answer, with where it came from, or dismiss it."""
    left = replace(plan, offers=tuple(each for each in plan.offers if each != offer))
    return answer(left, offer.at, offer.value, source=offer.source, origin=offer.origin) if take else left


def note_action(plan: Plan, action: Action) -> Plan:
    """Add an action, or replace the one with its id; `new_action_id` gives an id that is free.

    Raises
    ------
    InputError
        When it has no id, says nothing of what it is about, or stands at a place or row that is not there.
    """
    for key in ("id", "about"):
        if not getattr(action, key).strip():
            raise InputError("the action lacks something", Where(path=f"actions, {key}"), f"give it an {key}")
    if action.at is not None:
        at = _there(plan, action.at, [each.at for each in plan.actions if each.id == action.id])
        action = action.model_copy(update={"at": at})
    actions = _with(plan, plan.actions, action)
    return plan if actions == plan.actions else replace(plan, actions=actions)


def new_action_id(plan: Plan) -> str:
    """Return the next id in the row ``a1``, ``a2`` that no action has."""
    taken = {each.id for each in plan.actions}
    return next(name for number in count(1) if (name := f"a{number}") not in taken)


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


_FLAWS: Mapping[risks.Flaw, tuple[str, str, str]] = {
    "no_reason": ("the reason is missing", "reason", "say why the risk can be borne"),
    "nobody": ("who accepts the risk is missing", "by", "give a name"),
    "not_agreed": ("who agrees to the risk is missing", "agreed_by", "give the name of a second person"),
    "same_person": ("the same person accepts the risk and agrees to it", "agreed_by", "ask a second person"),
    "past": ("the risk would be accepted until a day that is over", "until", "name a day within a year"),
    "too_long": ("the risk would be accepted for more than a year", "until", "name a day within a year"),
}
"""What is said of each flaw, at which key, and its mend."""


def _there(plan: Plan, place: str, held: Sequence[str | None]) -> str:
    """Write a place the one way; its row has to be there, unless an entry that is held names it."""
    at = naming.canonical(plan.template, place, plan.retired)
    if at in held or "[" not in at:
        return at
    found = places.parse(at)
    standing = stand(plan).fields.get(found.of_field)
    if standing is None:  # in a place that an earlier version of the template had
        return at
    rows, table = standing.value or [], standing.field.spec
    if places.row_index(rows, table, found) is None:
        keys = [key for row in rows if (key := places.key_of(row, table)) is not None]
        raise unknown("row", found.row or f"#{found.number}", keys, Where(path=at))
    return at


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
