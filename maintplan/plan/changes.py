"""Answers that were written under an earlier version of the template.

A template says in ``changes.yaml`` what was renamed or dropped since an earlier version. Renamed fields
move, and what a newer template has no place for goes to ``retired:``, under its old place, so that nothing
that somebody wrote is ever lost. Under the same version nothing is changed: there an unknown field is an
error. What has not the shape of an answer is left for the reader to refuse.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from maintplan.documents import Lines
from maintplan.errors import InputError, Where
from maintplan.plan import places
from maintplan.plan.stances import STANCES
from maintplan.template import Change, Field, Template

_KEPT = {"owner", *STANCES}


def moves(template: Template, written_for: str, lines: Lines) -> Moves | None:
    """Return what has to move, or None for a plan that is written for this version.

    Raises
    ------
    InputError
        When the plan was written for a newer version than the template has.
    """
    if written_for == template.version:
        return None
    if _number(written_for) > _number(template.version):
        what = f"the plan is for version {written_for} of {template.name}; version {template.version} is here"
        where = Where(lines.name, lines.line(("template", "version")), "template.version")
        raise InputError(what, where, "update the template")
    since = [version for version in template.changes if _number(version) > _number(written_for)]
    listed = [change for version in sorted(since, key=_number) for change in template.changes[version]]
    return Moves(template, listed)


def _number(version: str) -> tuple[int, ...]:
    parts = [int(part) if part.isdecimal() and len(part) <= 9 else 0 for part in version.split(".")]  # noqa: PLR2004
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


class Moves:
    """Where things went since the version that a plan was written for.

    Parameters
    ----------
    template
        The template as it is now.
    changes
        What happened since, oldest first.
    """

    def __init__(self, template: Template, changes: list[Change]) -> None:
        self.template = template
        self.changes = changes
        self.retired: dict[str, Any] = {}

    def name(self, old: str) -> str:
        """Return what became of ``question.field`` or ``question.table.column``."""
        for change in self.changes:
            if change.to is None:
                continue
            if old == change.name:
                old = change.to
            elif old.startswith(f"{change.name}."):
                old = change.to + old[len(change.name) :]
        return old

    def place(self, text: str) -> str:
        """Return what became of a place; one that the template has no place for stays as it is."""
        try:
            place = places.parse(text)
        except InputError:
            return text
        target = self.template.named.get(self.name(f"{place.question}.{place.field}"))
        if place.field is None or place.of_field in self.template.fields or target is None:
            target = self.template.fields.get(place.of_field)
        if target is None:
            return text
        column = place.column
        if column is not None:
            column = self.name(f"{place.question}.{place.field}.{column}").rpartition(".")[2]
        moved = replace(place, question=target.question, consideration=target.consideration, field=target.id)
        return str(replace(moved, column=column))

    def answers(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the answers at their new places; what has none is in `retired` afterwards."""
        moved = copy.deepcopy(data)
        for question, entry in list(moved.items()):
            parts = entry.get("considerations") if isinstance(entry, dict) else None
            for slug, values in list(parts.items()) if isinstance(parts, dict) else []:
                for field in list(values) if isinstance(values, dict) else []:
                    self._move(moved, question, str(slug), values, str(field))
        for question in list(moved):
            self._retire(moved, question)
        return moved

    def _move(
        self, answers: dict[str, Any], question: str, slug: str, values: dict[str, Any], field: str
    ) -> None:
        here = f"{question}.{slug}.{field}"
        if field in _KEPT:
            return
        for row in values[field] if isinstance(values[field], list) else []:
            for column in list(row) if isinstance(row, dict) else []:
                now = self.name(f"{question}.{field}.{column}").rpartition(".")[2]
                if now != column and now not in row:
                    row[now] = row.pop(column)
        target = self.template.named.get(self.name(f"{question}.{field}"))
        if target is None or target.place == here or here in self.template.fields:
            return
        place = _opened(answers, target)
        if place is not None and place.get(target.id) is None:
            place[target.id] = values.pop(field)

    def _retire(self, answers: dict[str, Any], question_id: str) -> None:
        """Move everything without a place out of one question's answers."""
        question = self.template.question(question_id)
        entry = answers[question_id]
        if question is None:
            self.retired[question_id] = answers.pop(question_id)
            return
        parts = entry.get("considerations") if isinstance(entry, dict) else None
        if not isinstance(parts, dict):
            return
        for slug in list(parts):
            consideration = question.consideration(slug)
            if consideration is None:
                self._keep(f"{question_id}.{slug}", parts.pop(slug))
                continue
            values = parts[slug]
            for name in list(values) if isinstance(values, dict) else []:
                field = consideration.field(name)
                if field is None and name not in _KEPT:
                    self._keep(f"{question_id}.{slug}.{name}", values.pop(name))
                elif field is not None and field.kind == "table" and isinstance(values[name], list):
                    self._retire_columns(values[name], field)

    def _retire_columns(self, rows: list[Any], field: Field) -> None:
        for index, row in enumerate(rows):
            for name in list(row) if isinstance(row, dict) else []:
                if field.spec.column(name) is None:
                    self._keep(f"{field.place}[#{index + 1}].{name}", row.pop(name))

    def _keep(self, place: str, value: Any) -> None:
        if value not in (None, "", [], {}):
            self.retired[place] = value


def _opened(answers: dict[str, Any], field: Field) -> dict[str, Any] | None:
    """Return the consideration's entry that a field belongs to, made where it is missing."""
    entry = answers.setdefault(field.question, {})
    for key in ("considerations", field.consideration):
        if not isinstance(entry, dict):
            return None
        if entry.get(key) is None:
            entry[key] = {}
        entry = entry[key]
    return entry if isinstance(entry, dict) else None
