"""Digests of a plan's values and content, and where a value came from, as long as its digest fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from maintplan.plan import hashing, places
from maintplan.plan.model import Given, Plan, Provenance

of = hashing.short
content = hashing.whole


def at(plan: Plan, text: str) -> str | None:
    """Return the short digest of the value at a place, or None when there is none."""
    answer = plan.answers.get(text)
    if isinstance(answer, Given):
        return answer.digest
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
        return answer.model_dump(mode="json", exclude_none=True) if place.is_field else None
    if place.is_field:
        return answer.value
    field = plan.template.fields.get(place.of_field)
    if field is None or field.kind != "table":
        return None
    index = places.row_index(answer.value, field.spec, place)
    if index is None:
        return None
    row = answer.value[index]
    return row if place.column is None else row.get(place.column)


def is_valid(plan: Plan, place: str, provenance: Provenance) -> bool:
    """Say whether a value is still the one that its provenance is about."""
    return provenance.of is None or provenance.of == at(plan, place)


def valid(plan: Plan) -> Mapping[str, Mapping[str, Provenance]]:
    """Return all provenance that still fits, by place of the field and then by its own place."""
    found: dict[str, dict[str, Provenance]] = {}
    for place, provenance in plan.provenance.items():
        if is_valid(plan, place, provenance):
            found.setdefault(_of_field(place), {})[place] = provenance
    return found


def within(plan: Plan, field: str) -> Iterator[tuple[str, Provenance]]:
    """Yield the provenance of a field and of its rows and cells that still fits."""
    for place, provenance in plan.provenance.items():
        if _of_field(place) == field and is_valid(plan, place, provenance):
            yield place, provenance


def _of_field(place: str) -> str:
    return place.partition("[")[0]
