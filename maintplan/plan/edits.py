"""Changes to a plan, each a pure function from a plan to a changed copy.

Clock and identity are arguments. A change that changes nothing returns the very same plan, so that
``changed is plan`` says whether there is anything to save.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from maintplan import fields
from maintplan.documents import Unwritten, check
from maintplan.errors import InputError, MaintplanError, RefusedError, Where, unknown
from maintplan.plan import digest, places
from maintplan.plan.model import (
    AcceptedRisk,
    Action,
    Answer,
    Comment,
    CrossItem,
    Given,
    Input,
    LetStand,
    NotApplicable,
    Nothing,
    NotKnownYet,
    Plan,
    Provenance,
    Service,
    Source,
    Unknown,
)
from maintplan.plan.standing import is_settled, stand, valid_provenance
from maintplan.template import Field

Stance = Nothing | NotApplicable | NotKnownYet


def answer(
    plan: Plan, place: str, raw: object, *, source: Source = "entered", origin: str | None = None
) -> Plan:
    """Answer a field, or change one row's cell.

    Parameters
    ----------
    plan
        The plan.
    place
        A field's place, or a cell's; ``question.field`` is understood as well.
    raw
        The value, as text or data; the field's kind parses it. Nothing (None, empty text, no rows) clears.
    source, origin
        Where it comes from; an entered value needs no provenance.

    Raises
    ------
    InputError
        For a place that does not exist, and for a value that the field's kind refuses.
    """
    found = places.find(plan.template, place)
    if found.field is None:
        mend = "name a field: question.consideration.field"
        raise InputError("this place is no field", Where(path=place), mend)
    field = found.field
    if found.place.row is not None or found.place.number is not None:
        return _answer_cell(plan, field, found.place, raw)
    try:
        value = fields.parse(raw, field.spec)
    except MaintplanError as error:
        suffix = error.where.path or ""
        error.where = Where(path=field.place + suffix)
        raise
    if value is None:
        return clear(plan, field.place)
    plan = _follow_renames(plan, field, value)
    changed = _put(plan, field.place, Given(value))
    return _with_source(changed, field, source, origin)


def _answer_cell(plan: Plan, field: Field, place: places.Place, raw: object) -> Plan:
    held = plan.answers.get(field.place)
    rows = list(held.value) if isinstance(held, Given) and isinstance(held.value, list) else []
    index = places.row_index(rows, field.spec.key or "", place)
    if index is None or place.column is None:
        keys = [str(row.get(field.spec.key)) for row in rows]
        raise unknown("row", place.row or f"#{place.number}", keys, Where(path=str(place)))
    row = {**rows[index], place.column: raw}
    if raw is None:
        del row[place.column]
    rows[index] = row
    return answer(plan, field.place, rows)


def clear(plan: Plan, place: str) -> Plan:
    """Take an answer back: a field's, or what was said of a consideration as a whole."""
    if place not in plan.answers:
        return plan
    answers = {key: value for key, value in plan.answers.items() if key != place}
    provenance = {key: value for key, value in plan.provenance.items() if not _within(key, place)}
    return replace(plan, answers=answers, provenance=provenance)


def say_none(plan: Plan, place: str, reason: str) -> Plan:
    """Answer that there is none, with the reason."""
    return _stance(plan, place, Nothing(none=_reason(reason, place)))


def not_applicable(plan: Plan, place: str, reason: str) -> Plan:
    """Mark a field or consideration as not applicable, with the reason."""
    return _stance(plan, place, NotApplicable(not_applicable=_reason(reason, place)))


def not_known_yet(
    plan: Plan, place: str, *, who: str | None = None, due: dt.date | None = None, note: str | None = None
) -> Plan:
    """Mark a field or consideration as open, with who finds it out and by when."""
    return _stance(plan, place, NotKnownYet(not_known_yet=Unknown(who=who, due=due, note=note)))


def let_stand(plan: Plan, chosen: Iterable[str], *, by: str, when: dt.datetime) -> Plan:
    """Let recommended, inherited, copied or proposed values stand.

    Parameters
    ----------
    plan
        The plan.
    chosen
        Places of fields or considerations, or ``"*"`` for all that wait to be looked at.
    by, when
        Who lets them stand, and when.
    """
    if not by.strip():
        raise InputError("who lets the values stand is missing", mend="give a name")
    standing = stand(plan)
    waiting = [
        each for each in standing.fields.values() if each.state in ("recommended", "inherited", "to_confirm")
    ]
    wanted: list[str] = []
    for text in chosen:
        if text == "*":
            wanted.extend(each.field.place for each in waiting)
            continue
        found = places.find(plan.template, text)
        prefix = str(found.place) if found.field is None else found.field.place
        wanted.extend(each.field.place for each in waiting if _within(each.field.place, prefix))
    answers, provenance = dict(plan.answers), dict(plan.provenance)
    for place in dict.fromkeys(wanted):
        each = standing.fields[place]
        if each.answer is None:
            continue
        stood = LetStand(by=by, when=when)
        if place in plan.answers:  # copied or proposed, as a whole or row by row
            for at, held in _unsettled(plan, place):
                provenance[at] = held.model_copy(update={"of": digest.at(plan, at), "let_stand": stood})
            continue
        answers[place] = each.answer
        source: Source = "inherited" if each.source == "inherited" else "recommended"
        given = each.answer
        value = given.value if isinstance(given, Given) else given.model_dump(mode="json", exclude_none=True)
        origin = each.origin if source == "inherited" else None
        provenance[place] = Provenance(source=source, origin=origin, of=digest.of(value), let_stand=stood)
    if not wanted:
        return plan
    return replace(plan, answers=answers, provenance=provenance)


def _unsettled(plan: Plan, place: str) -> Iterator[tuple[str, Provenance]]:
    for at, held in plan.provenance.items():
        if _within(at, place) and valid_provenance(plan, at) is not None and not is_settled(held):
            yield at, held


def respond(plan: Plan, question: str, text: str | None) -> Plan:
    """Write the narrative of a question; nothing clears it."""
    if plan.template.question(question) is None:
        raise unknown("question", question, [each.id for each in plan.template.questions])
    value = _text(text, question)
    return _keyed(plan, "responses", question, value)


def own(plan: Plan, place: str, owner: str | None) -> Plan:
    """Say who owns a consideration; nothing clears it."""
    found = places.find(plan.template, place)
    if found.consideration is None:
        raise InputError("this place is no consideration", Where(path=place), "name question.consideration")
    return _keyed(plan, "owners", found.consideration.place, _text(owner, place))


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
    if item_id is None:
        whole = given if isinstance(given, NotApplicable) else None
        return _keyed(plan, "cross_cutting", list_id, whole)
    items = [each.id for each in lists[list_id].items]
    if item_id not in items:
        raise unknown("item", item_id, items, Where(path=list_id))
    held = plan.cross_cutting.get(list_id, {})
    answered: dict[str, CrossItem] = {} if isinstance(held, NotApplicable) else dict(held)
    if isinstance(given, CrossItem):
        answered[item_id] = given
    else:
        answered.pop(item_id, None)
    return _keyed(plan, "cross_cutting", list_id, answered or None)


def describe_service(plan: Plan, **changes: Any) -> Plan:
    """Change what the plan says of the service: name, tier, stage, owner, description, runbook_base."""
    service = check(Service, {**plan.service.model_dump(), **changes}, Unwritten("service"))
    return plan if service == plan.service else replace(plan, service=service)


def accept_risk(plan: Plan, risk: AcceptedRisk) -> Plan:
    """Accept a finding as a risk; one accepted before for the same rule and place is replaced."""
    others = tuple(each for each in plan.accepted_risks if (each.rule, each.at) != (risk.rule, risk.at))
    risks = (*others, risk)
    return plan if risks == plan.accepted_risks else replace(plan, accepted_risks=risks)


def note_action(plan: Plan, action: Action) -> Plan:
    """Add an action, or replace the one with its id."""
    if action in plan.actions:
        return plan
    if any(each.id == action.id for each in plan.actions):
        return replace(plan, actions=tuple(action if each.id == action.id else each for each in plan.actions))
    return replace(plan, actions=(*plan.actions, action))


def comment(plan: Plan, remark: Comment) -> Plan:
    """Add a comment, or replace the one with its id."""
    if remark in plan.comments:
        return plan
    if any(each.id == remark.id for each in plan.comments):
        return replace(plan, comments=tuple(remark if each.id == remark.id else each for each in plan.comments))
    return replace(plan, comments=(*plan.comments, remark))


def merge(plan: Plan, other: Plan) -> Plan:
    """Lay the answers, responses and owners of another plan over this one's."""
    for question, text in other.responses.items():
        plan = respond(plan, question, text)
    for place, owner in other.owners.items():
        plan = own(plan, place, owner)
    # What is said of a consideration as a whole comes last: an answer to one of its fields takes it back.
    for place, given in sorted(other.answers.items(), key=lambda each: -each[0].count(".")):
        plan = answer(plan, place, given.value) if isinstance(given, Given) else _stance(plan, place, given)
    return plan


def rename_row(plan: Plan, table: str, old: str, new: str) -> Plan:
    """Rename a row: its key, every reference to it, and every place that names it.

    Raises
    ------
    RefusedError
        When the table has a row of the new name already, or none of the old.
    """
    found = places.find(plan.template, table)
    field = found.field
    if field is None or field.spec.key is None:
        raise InputError("this place is no table", Where(path=table), "name question.consideration.table")
    held = plan.answers.get(field.place)
    rows = list(held.value) if isinstance(held, Given) else []
    keys = [row.get(field.spec.key) for row in rows]
    if old not in keys:
        raise unknown("row", old, [str(key) for key in keys if key], Where(path=field.place))
    if new in keys:
        raise RefusedError(f"there is a row {new!r} already", where=Where(path=field.place), mend="choose another name")
    rows[keys.index(old)] = {**rows[keys.index(old)], field.spec.key: new}
    return answer(plan, field.place, rows)


def _follow_renames(plan: Plan, field: Field, value: Any) -> Plan:
    """Where a row's key was changed and nothing else of it, let everything that names the row follow."""
    key = field.spec.key
    held = plan.answers.get(field.place)
    if field.kind != "table" or key is None or not isinstance(held, Given) or len(held.value) != len(value):
        return plan
    before = {row.get(key) for row in held.value}
    after = {row.get(key) for row in value}
    for old, new in zip(held.value, value, strict=True):
        was, is_ = old.get(key), new.get(key)
        same = {**old, key: None} == {**new, key: None}
        if same and was and is_ and was != is_ and was not in after and is_ not in before:
            plan = _rename_everywhere(plan, field, was, is_)
    return plan


def _rename_everywhere(plan: Plan, table: Field, old: str, new: str) -> Plan:
    answers = dict(plan.answers)
    key, own = table.spec.key or "", answers.get(table.place)
    if isinstance(own, Given):
        answers[table.place] = Given([{**row, key: new} if row.get(key) == old else row for row in own.value])
    for field, column, to in plan.template.referring:
        held = answers.get(field.place)
        if to != table.name or not isinstance(held, Given):
            continue
        if column is None:
            answers[field.place] = Given(new) if held.value == old else held
        else:
            rows = [{**row, column: new} if row.get(column) == old else row for row in held.value]
            answers[field.place] = Given(rows)

    def renamed(text: str | None) -> Any:
        return None if text is None else places.rename_row(text, table.place, old, new)

    provenance = {}
    moved = replace(plan, answers=answers)
    for place, each in plan.provenance.items():
        target = renamed(place)
        valid = each.of is not None and each.of == digest.at(plan, place)
        provenance[target] = each.model_copy(update={"of": digest.at(moved, target)}) if valid else each
    return replace(
        plan,
        answers=answers,
        provenance=provenance,
        accepted_risks=tuple(each.model_copy(update={"at": renamed(each.at)}) for each in plan.accepted_risks),
        actions=tuple(each.model_copy(update={"at": renamed(each.at)}) for each in plan.actions),
        comments=tuple(each.model_copy(update={"at": renamed(each.at)}) for each in plan.comments),
        offers=tuple(each.model_copy(update={"at": renamed(each.at)}) for each in plan.offers),
    )


def _put(plan: Plan, place: str, value: Answer) -> Plan:
    whole = place.rpartition(".")[0]
    if plan.answers.get(place) == value and whole not in plan.answers:
        return plan
    answers = {**plan.answers, place: value}
    # An answer to one field takes back what was said of the consideration as a whole.
    answers.pop(whole, None)
    return replace(plan, answers=answers)


def _with_source(plan: Plan, field: Field, source: Source, origin: str | None) -> Plan:
    """Record where a value came from, and drop records that no longer fit their value."""
    provenance = {
        place: each
        for place, each in plan.provenance.items()
        if not _within(place, field.place) or (each.of is not None and each.of == digest.at(plan, place))
    }
    if source != "entered":
        of = digest.at(plan, field.place)
        provenance[field.place] = Provenance(source=source, origin=origin, of=of)
    else:
        provenance.pop(field.place, None)
    return plan if provenance == plan.provenance else replace(plan, provenance=provenance)


def _stance(plan: Plan, place: str, stance: Stance) -> Plan:
    found = places.find(plan.template, place)
    if found.consideration is None or found.place.row is not None or found.place.number is not None:
        mend = "name question.consideration or question.consideration.field"
        raise InputError("this place is neither a consideration nor a field", Where(path=place), mend)
    at = found.field.place if found.field else found.consideration.place
    changed = _put(plan, at, stance)
    provenance = {key: value for key, value in changed.provenance.items() if not _within(key, at) or found.field is None}
    return changed if provenance == changed.provenance else replace(changed, provenance=provenance)


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


def _text(text: str | None, place: str) -> str | None:
    try:
        value = fields.parse(text, fields.Spec(kind="markdown", id="text"))
    except MaintplanError as error:
        raise error.at(Where(path=place)) from None
    return None if value is None else str(value)


def _reason(reason: str, place: str) -> str:
    text = _text(reason, place)
    if text is None:
        raise InputError("the reason is missing", Where(path=place), "say why in a few words")
    return text


def _within(place: str, whole: str) -> bool:
    return place == whole or place.startswith((f"{whole}.", f"{whole}["))


