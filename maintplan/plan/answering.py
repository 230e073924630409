"""Answers: given, taken back, let stand; each a pure function from a plan to a changed copy.

Clock and identity are arguments. A change that changes nothing returns the very same plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from maintplan import fields
from maintplan.documents import Unwritten
from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.plan import digest, places, renaming, stances
from maintplan.plan.model import (
    Answer,
    Given,
    LetStand,
    NotApplicable,
    Nothing,
    NotKnownYet,
    Plan,
    Provenance,
    Source,
    Stance,
    Unknown,
)
from maintplan.plan.standing import FieldStanding, is_settled, stand
from maintplan.template import Field

WAITING = ("recommended", "inherited", "to_confirm")
"""The states of a value that nobody has let stand yet."""


def answer(
    plan: Plan, place: str, raw: object, *, source: Source = "entered", origin: str | None = None
) -> Plan:
    """Answer a field, or change one row or cell of a table.

    Parameters
    ----------
    plan
        The plan.
    place
        A field's place, a row's or a cell's; ``question.field`` is understood as well.
    raw
        The value, as text or data; the field's kind parses it. Nothing (None, empty text, no rows) clears. A
        mapping such as ``{"none": "reason"}`` is understood for a field, as in a plan file.
    source, origin
        Where it comes from; an entered value needs no provenance.

    Raises
    ------
    InputError
        For a place that does not exist, and for a value that the field's kind refuses.
    """
    found = places.find(plan.template, place)
    field = found.field
    if field is None:
        mend = "name a field: question.consideration.field"
        raise InputError("this place is no field", Where(path=place), mend)
    if not found.place.is_field:
        return _answer_part(plan, field, found.place, raw, source, origin)
    if isinstance(raw, Mapping) and stances.is_stance(raw):
        return hold(plan, field.place, stances.read(raw, Unwritten(), (), field.place), source, origin)
    value = _parsed(raw, field)
    if value is None:
        return clear(plan, field.place)
    followed = renaming.follow(plan, field, value)
    if followed is not plan and followed.answers[field.place] == Given(value):
        return _without_whole(followed, field.place)
    return hold(followed, field.place, Given(value), source, origin)


def _parsed(raw: object, field: Field) -> Any:
    try:
        return fields.parse(raw, field.spec)
    except MaintplanError as error:
        error.where = Where(path=field.place + (error.where.path or ""))
        raise


def _answer_part(
    plan: Plan, field: Field, place: places.Place, raw: object, source: Source, origin: str | None
) -> Plan:
    """Change one row or cell."""
    held = plan.answers.get(field.place)
    rows: list[Any] = list(held.value) if isinstance(held, Given) else []
    index = places.row_index(rows, field.spec, place)
    if index is None:
        keys = (places.key_of(row, field.spec) for row in rows)
        raise unknown(
            "row", place.row or f"#{place.number}", [key for key in keys if key], Where(path=str(place))
        )
    key = field.spec.key or ""
    if place.column is not None:
        rows[index] = {**rows[index], place.column: raw}
    elif isinstance(raw, str) and raw.strip():
        rows[index] = _parsed(f"[{raw}]", field)[0]
    elif isinstance(raw, Mapping) and raw:
        rows[index] = {key: rows[index].get(key), **raw}
    else:
        del rows[index]
    changed = answer(plan, field.place, rows)
    after = changed.answers.get(field.place)
    there = isinstance(after, Given) and index < len(after.value) and raw is not None
    if source == "entered" or not isinstance(after, Given) or not there:
        return changed
    column = f".{place.column}" if place.column else ""
    at = f"{field.place}{places.selector(after.value[index], index, field.spec)}{column}"
    provenance = Provenance(source=source, origin=origin, of=digest.at(changed, at))
    if changed.provenance.get(at) == provenance:
        return changed
    return replace(changed, provenance={**changed.provenance, at: provenance})


def hold(
    plan: Plan, place: str, given: Answer, source: Source = "entered", origin: str | None = None
) -> Plan:
    """Let a field hold an answer, with where it came from; what was said of the whole is taken back.

    Who enters what stands there already stands behind it: that it was imported or let stand is kept.
    """
    same = plan.answers.get(place) == given
    changed = plan if same else replace(plan, answers={**plan.answers, place: given})
    changed = _without_whole(changed, place)
    kept = {
        at: each
        for at, each in digest.within(changed, place)
        if (same and is_settled(each)) or (not same and at != place and each.of is not None)
    }
    if source != "entered":
        kept[place] = Provenance(source=source, origin=origin, of=digest.at(changed, place))
    return _with_provenance(changed, place, kept)


def _without_whole(plan: Plan, place: str) -> Plan:
    whole = place.rpartition(".")[0]
    if whole not in plan.answers:
        return plan
    return replace(plan, answers={key: each for key, each in plan.answers.items() if key != whole})


def _with_provenance(plan: Plan, place: str, kept: Mapping[str, Provenance]) -> Plan:
    """Return the plan with this provenance for a field and no other."""
    others = {at: each for at, each in plan.provenance.items() if at.partition("[")[0] != place}
    provenance = {**others, **kept}
    return plan if provenance == plan.provenance else replace(plan, provenance=provenance)


def clear(plan: Plan, place: str) -> Plan:
    """Take an answer back: a field's, a row or cell, or what was said of a consideration as a whole."""
    found = places.find(plan.template, place)
    if found.field is not None and not found.place.is_field:
        return _answer_part(plan, found.field, found.place, None, "entered", None)
    at = str(found.place)
    if at not in plan.answers:
        return plan
    changed = replace(plan, answers={key: each for key, each in plan.answers.items() if key != at})
    return _with_provenance(changed, at, {})


def say_none(plan: Plan, place: str, reason: str) -> Plan:
    """Answer that there is none, with the reason."""
    return say(plan, place, Nothing(none=stances.reason(reason, "none", Where(path=place))))


def not_applicable(plan: Plan, place: str, reason: str) -> Plan:
    """Mark a field or consideration as not applicable, with the reason."""
    text = stances.reason(reason, "not_applicable", Where(path=place))
    return say(plan, place, NotApplicable(not_applicable=text))


def not_known_yet(
    plan: Plan, place: str, *, who: str | None = None, due: dt.date | None = None, note: str | None = None
) -> Plan:
    """Mark a field or consideration as open, with who finds it out and by when."""
    said = {
        "who": stances.free_text(who, Where(path=place)),
        "note": stances.free_text(note, Where(path=place)),
    }
    return say(plan, place, NotKnownYet(not_known_yet=Unknown(due=due, **said)))


def say(plan: Plan, place: str, stance: Stance) -> Plan:
    """Say a stance of a field or of a whole consideration, whose fields keep what they hold."""
    found = places.find(plan.template, place)
    if found.consideration is None or (found.field is not None and not found.place.is_field):
        mend = "name question.consideration or question.consideration.field"
        raise InputError("this place is neither a consideration nor a field", Where(path=place), mend)
    if found.field is not None:
        return hold(plan, found.field.place, stance)
    at = found.consideration.place
    return plan if plan.answers.get(at) == stance else replace(plan, answers={**plan.answers, at: stance})


def let_stand(plan: Plan, chosen: Iterable[str], *, by: str, when: dt.datetime) -> Plan:
    """Let recommended, inherited, copied or proposed values stand.

    Parameters
    ----------
    plan
        The plan.
    chosen
        Places of questions, considerations, fields or rows, or ``"*"`` for all that wait to be looked at.
    by, when
        Who lets them stand, and when.

    Raises
    ------
    InputError
        For a place that does not exist, and when nobody is named.
    """
    if not by.strip():
        raise InputError("who lets the values stand is missing", mend="give a name")
    standing = stand(plan)
    waiting = {place: each for place, each in standing.fields.items() if each.state in WAITING}
    stood = LetStand(by=by, when=when)
    answers, provenance = dict(plan.answers), dict(plan.provenance)
    for text in chosen:
        found = None if text == "*" else places.find(plan.template, text)
        prefix = "" if found is None else str(found.place)
        if found is not None and found.field is not None and not found.place.is_field:
            _check_row(waiting.get(found.field.place), plan, text)
            provenance.update(_stood(plan, found.field.place, prefix, stood))
            continue
        for place, each in waiting.items():
            if not _within(place, prefix) or each.answer is None:
                continue
            if place in plan.answers:  # copied or proposed, as a whole or row by row
                provenance.update(_stood(plan, place, place, stood))
            else:
                answers[place] = each.answer
                provenance[place] = _first_stood(each, stood)
    if answers == plan.answers and provenance == plan.provenance:
        return plan
    return replace(plan, answers=answers, provenance=provenance)


def _check_row(each: FieldStanding | None, plan: Plan, text: str) -> None:
    if each is not None and each.field.place not in plan.answers:
        mend = f"name the table: {each.field.place}"
        raise InputError(f"one row of what is {each.source} can't stand alone", Where(path=text), mend)


def _stood(plan: Plan, field: str, prefix: str, stood: LetStand) -> dict[str, Provenance]:
    return {
        at: each.model_copy(update={"of": digest.at(plan, at), "let_stand": stood})
        for at, each in digest.within(plan, field)
        if _within(at, prefix) and not is_settled(each)
    }


def _first_stood(each: FieldStanding, stood: LetStand) -> Provenance:
    """Make the provenance of a value that was only computed so far."""
    given = each.answer
    if isinstance(given, Given):
        of = given.digest
    else:
        of = digest.of(given.model_dump(mode="json", exclude_none=True) if given else None)
    inherited = each.source == "inherited"
    source: Source = "inherited" if inherited else "recommended"
    return Provenance(source=source, origin=each.origin if inherited else None, of=of, let_stand=stood)


def _within(place: str, whole: str) -> bool:
    return not whole or place == whole or place.startswith((f"{whole}.", f"{whole}["))
