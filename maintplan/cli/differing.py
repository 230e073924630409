"""How a difference between two plans is said to a reader: labels for places, shown values for data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maintplan import fields
from maintplan.errors import InputError
from maintplan.plan import Plan, places
from maintplan.plan.diff import Difference
from maintplan.template import Field, Template

SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~", "reordered": "~"}
_PARTS = {
    "plan": "Plan",
    "service": "Service",
    "inputs": "Inputs required",
    "accepted_risks": "Accepted risks",
    "actions": "Actions",
    "comments": "Comments",
    "offers": "Offers",
    "retired": "Retired answers",
    "rounds": "Validation prompt",
    "sources": "Where values came from",
}
_STANCES = {"none": "none", "not_applicable": "not applicable", "not_known_yet": "not known yet"}


@dataclass(frozen=True)
class Said:
    """A difference in words.

    Attributes
    ----------
    heading, under
        The headings that it stands under: the question and the consideration, or the part of the plan.
    label
        What is different.
    old, new
        The shown values; None where there is none.
    """

    heading: str
    under: str
    label: str
    old: str | None
    new: str | None


def said(difference: Difference, a: Plan, b: Plan) -> Said:
    """Say a difference between two plans in words."""
    place, part = difference.place, difference.part
    if part == "answers":
        return _answer(difference, a, b)
    if part == "cross_cutting":
        return _item(difference, b.template)
    heading = _PARTS[part]
    label = place
    if part == "inputs":
        _, slug, *rest = place.split(".")
        label = ", ".join([next((each.words for each in b.template.inputs if each.id == slug), slug), *rest])
    elif part == "sources":
        label = _label(place, b.template)
    elif part == "service":
        label = _words(place.removeprefix("service."))
    elif part != "plan":
        label = place.removeprefix(part).removeprefix(".")
    return Said(heading, "", label, _shown(difference.old), _shown(difference.new))


def _item(difference: Difference, template: Template) -> Said:
    _, list_id, *rest = difference.place.split(".")
    listed = template.item(list_id)
    words = {item.id: item.words for item in listed[0].items} if listed else {}
    label = ", ".join(words.get(each, _words(each)) for each in rest) or "the whole list"
    heading = listed[0].heading if listed else list_id
    return Said(heading, "", label, _shown(difference.old), _shown(difference.new))


def _answer(difference: Difference, a: Plan, b: Plan) -> Said:
    place = difference.place
    template = b.template if _known(place, b.template) else a.template
    question_id, _, rest = place.partition(".")
    question = template.question(question_id)
    heading = question.heading if question else question_id
    if rest == "response":
        return Said(heading, "", "The answer in words", difference.old, difference.new)
    consideration = question.consideration(rest.partition(".")[0]) if question else None
    under = consideration.words if consideration else ""
    if consideration is not None and place == f"{consideration.place}.owner":
        return Said(heading, under, "Owner", difference.old, difference.new)
    if consideration is not None and place == consideration.place:
        return Said(heading, under, "As a whole", _shown(difference.old), _shown(difference.new))
    values = (
        _value(difference, value, plan.template.fields.get(places.parse(place).of_field))
        for value, plan in ((difference.old, a), (difference.new, b))
    )
    return Said(heading, under, _label(place, template, alone=True), *values)


def _known(place: str, template: Template) -> bool:
    try:
        places.find(template, place.removesuffix(".response").removesuffix(".owner"))
    except InputError:
        return False
    return True


def _label(place: str, template: Template, *, alone: bool = False) -> str:
    try:
        found = places.find(template, place)
    except InputError:
        return place
    if found.field is None:
        return found.consideration.words if found.consideration else found.question.heading
    parts = [] if alone else [found.consideration.words if found.consideration else ""]
    parts.append(found.field.label)
    if found.place.row is not None or found.place.number is not None:
        number = found.place.number
        parts.append(found.place.row if found.place.row is not None else f"row {number}")
    column = found.field.spec.column(found.place.column) if found.place.column else None
    if column is not None:
        parts.append(column.label)
    return ", ".join(parts)


def _value(difference: Difference, value: Any, field: Field | None) -> str | None:
    if value is None:
        return None
    if field is None or difference.kind in ("renamed", "reordered"):
        return _shown(value)
    place = places.parse(difference.place)
    if place.column is not None:
        column = field.spec.column(place.column)
        return _field_value(value, column) if column else _shown(value)
    if place.row is not None or place.number is not None:
        return _row(value, field)
    if isinstance(value, dict) and set(value) <= set(_STANCES):
        return _stance(value)
    return _field_value(value, field.spec)


def _row(row: Any, field: Field) -> str:
    """Show the cells of a row, without its key, which names it already."""
    columns = [each for each in field.spec.columns if each.id in row and each.id != field.spec.key]
    return ", ".join(f"{each.label}: {_field_value(row[each.id], each)}" for each in columns)


def _field_value(value: Any, spec: fields.Spec) -> str:
    return str(value) if spec.kind == "markdown" else fields.show(value, spec)


def _stance(stance: Mapping[str, Any]) -> str:
    ((name, value),) = stance.items()
    if name != "not_known_yet":
        return f"{_STANCES[name]}: {value}"
    due = f"by {value['due']}" if value.get("due") else ""
    who = ", ".join(part for part in (value.get("who"), due) if part)
    said = _STANCES[name] + (f" ({who})" if who else "")
    return f"{said}: {value['note']}" if value.get("note") else said


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(_shown(each)) for each in value)
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in _STANCES:
            return _stance(value)
        return ", ".join(f"{_words(key)} {_shown(each)}" for key, each in value.items())
    return str(value)


def _words(key: str) -> str:
    return key.replace("_", " ")
