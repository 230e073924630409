"""Digests of values and of a plan's content (SHA-256 over RFC 8785 JSON)."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from maintplan.plan import places
from maintplan.plan.model import Given, Plan

VALUE_DIGITS = 8
"""A value's digest notices a change by hand; it guards against nobody, so eight digits do."""


def of(value: Any) -> str:
    """Return the short digest of a document value."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()[:VALUE_DIGITS]


def at(plan: Plan, text: str) -> str | None:
    """Return the short digest of the value at a place, or None when there is none."""
    value = value_at(plan, text)
    return None if value is None else of(value)


def value_at(plan: Plan, text: str) -> Any:
    """Return the document value that the plan holds at a place: a field's, a row or a cell."""
    place = places.parse(text)
    if place.field is None:
        return None
    answer = plan.answers.get(place.of_field)
    if answer is None:
        return None
    if not isinstance(answer, Given):
        return answer.model_dump(mode="json", exclude_none=True)
    value = answer.value
    if place.row is None and place.number is None:
        return value
    field = plan.template.fields.get(place.of_field)
    if field is None or field.spec.key is None or not isinstance(value, list):
        return None
    index = places.row_index(value, field.spec.key, place)
    if index is None:
        return None
    row = value[index]
    return row if place.column is None else row.get(place.column)


def content(data: Any) -> str:
    """Return the full digest of a plan's content, as rounds and sign-offs name it."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(data)).hexdigest()
