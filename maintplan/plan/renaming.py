"""Renaming a row: its references and the places that name it go along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from maintplan import fields
from maintplan.errors import InputError, RefusedError, Where, unknown
from maintplan.plan import digest, places
from maintplan.plan.model import Given, Plan
from maintplan.template import Field


def follow(plan: Plan, field: Field, value: Any) -> Plan:
    """Let everything that names a row follow, where a new value changes its key and nothing else."""
    key = field.spec.key
    held = plan.answers.get(field.place)
    if field.kind != "table" or key is None or not isinstance(held, Given) or len(held.value) != len(value):
        return plan
    before = {places.key_of(row, field.spec) for row in held.value}
    after = {places.key_of(row, field.spec) for row in value}
    for old, new in zip(held.value, value, strict=True):
        was, now = places.key_of(old, field.spec), places.key_of(new, field.spec)
        same = {**old, key: None} == {**new, key: None}
        if same and was and now and was != now and was not in after and now not in before:
            plan = everywhere(plan, field, was, new[key])
    return plan


def rename_row(plan: Plan, table: str, old: str, new: str) -> Plan:
    """Rename a row: its key, every reference to it, and every place that names it.

    Raises
    ------
    InputError
        When there is no such table or row, or the new name is none.
    RefusedError
        When the table has a row of the new name already.
    """
    found = places.find(plan.template, table)
    field = found.field
    column = field.spec.column(field.spec.key) if field and field.spec.key else None
    if field is None or column is None or not found.place.is_field:
        raise InputError("this place is no table", Where(path=table), "name question.consideration.table")
    where = Where(path=field.place)
    held = plan.answers.get(field.place)
    rows = held.value if isinstance(held, Given) else []
    keys = [places.key_of(row, field.spec) for row in rows]
    if old not in keys:
        raise unknown("row", old, [key for key in keys if key], where)
    try:
        value = fields.parse(new, column)
    except InputError as error:
        raise error.at(Where(path=f"{field.place}{fields.row_selector(old, 0)}.{column.id}")) from None
    if value is None:
        raise InputError("the row's new name is missing", where, "give it a name")
    text = fields.text(value, column)
    if text == old:
        return plan
    if text in keys:
        raise RefusedError(f"there is a row {text!r} already", where=where, mend="choose another name")
    return everywhere(plan, field, old, value)


def everywhere(plan: Plan, table: Field, old: str, value: Any) -> Plan:
    """Give a row a new key, in its table and wherever it is named.

    Parameters
    ----------
    plan
        The plan, with the row still under its old key.
    table
        The table.
    old
        The text of the old key.
    value
        The document value of the new key.
    """
    key = table.spec.key or ""
    column = table.spec.column(key)
    new = fields.text(value, column) if column else str(value)
    answers = dict(plan.answers)
    own = answers.get(table.place)
    if isinstance(own, Given):
        rows = [{**row, key: value} if places.key_of(row, table.spec) == old else row for row in own.value]
        answers[table.place] = Given(rows)
    for field, referring, to in plan.template.referring:
        held = answers.get(field.place)
        if to != table.name or not isinstance(held, Given):
            continue
        if referring is None:
            answers[field.place] = Given(new) if held.value == old else held
        elif any(row.get(referring) == old for row in held.value):
            rows = [{**row, referring: new} if row.get(referring) == old else row for row in held.value]
            answers[field.place] = Given(rows)
    moved = replace(plan, answers=answers)

    def renamed(text: Any) -> Any:
        return text if text is None else places.rename_row(text, table.place, old, new)

    def along(entries: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            each if each.at == (at := renamed(each.at)) else each.model_copy(update={"at": at})
            for each in entries
        )

    provenance = {}
    for place, each in plan.provenance.items():
        # What was true of the value stays true of it under its new name.
        valid = each.of is not None and digest.is_valid(plan, place, each)
        at = renamed(place)
        provenance[at] = each.model_copy(update={"of": digest.at(moved, at)}) if valid else each
    return replace(
        moved,
        provenance=provenance,
        accepted_risks=along(plan.accepted_risks),
        actions=along(plan.actions),
        comments=along(plan.comments),
        offers=along(plan.offers),
    )
