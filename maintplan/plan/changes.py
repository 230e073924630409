"""Answers that were written under an earlier version of the template.

A template says in ``changes.yaml`` what was renamed or dropped since an earlier version. Renamed fields
move, and what a newer template has no place for goes to ``retired:``, under its old place, so that nothing
that somebody wrote is ever lost. Under the same version nothing is changed: there an unknown field is an
error.
"""

from __future__ import annotations

import copy
from typing import Any

from maintplan.documents import Lines
from maintplan.errors import InputError, Where
from maintplan.template import Template

_KEYS = {"owner", "none", "not_applicable", "not_known_yet"}


def apply(answers: dict[str, Any], written_for: str, template: Template, lines: Lines) -> tuple[dict[str, Any], dict[str, Any]]:
    """Bring answers up to the template's version.

    Parameters
    ----------
    answers
        The plan's ``answers:``, as they were read.
    written_for
        The version that the plan names.
    template
        The template as it is now.
    lines
        Where the plan stands, for errors.

    Returns
    -------
    answers, retired
        The answers that have a place, and the others by their old place.

    Raises
    ------
    InputError
        When the plan was written for a newer version than the template has.
    """
    if written_for == template.version:
        return answers, {}
    versions = [version for version in template.changes if _number(version) > _number(written_for)]
    if _number(written_for) > _number(template.version):
        what = f"the plan is written for version {written_for} of {template.name}; version {template.version} is here"
        where = Where(lines.name, lines.line(("template", "version")), "template.version")
        raise InputError(what, where, "update the template")
    moved = copy.deepcopy(answers)
    retired: dict[str, Any] = {}
    for version in sorted(versions, key=_number):
        for change in template.changes[version]:
            if change.action == "renamed" and change.to is not None:
                _rename(moved, change.name.split("."), change.to.split("."), template)
    _retire(moved, template, retired)
    return moved, retired


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def _rename(answers: dict[str, Any], old: list[str], new: list[str], template: Template) -> None:
    """Rename ``question.field`` or ``question.table.column``, wherever the old consideration was."""
    question, field = old[0], old[1]
    considerations = (answers.get(question) or {}).get("considerations") or {}
    for values in list(considerations.values()):
        if not isinstance(values, dict) or field not in values:
            continue
        if len(old) == 3 and len(new) == 3:  # noqa: PLR2004 - question, table and column
            rows = values[field] if isinstance(values[field], list) else []
            for row in rows:
                if isinstance(row, dict) and old[2] in row:
                    row[new[2]] = row.pop(old[2])
            continue
        target = template.named.get(".".join(new[:2]))
        if target is None:
            continue
        value = values.pop(field)
        entry = answers.setdefault(target.question, {})
        entry.setdefault("considerations", {}).setdefault(target.consideration, {})[target.id] = value


def _retire(answers: dict[str, Any], template: Template, retired: dict[str, Any]) -> None:
    """Move everything without a place out of the answers."""
    for question_id in list(answers):
        question = template.question(question_id)
        entry = answers[question_id]
        if question is None:
            retired[question_id] = answers.pop(question_id)
            continue
        considerations = (entry.get("considerations") if isinstance(entry, dict) else None) or {}
        for slug in list(considerations):
            consideration = question.consideration(slug)
            values = considerations[slug]
            if consideration is None:
                retired[f"{question_id}.{slug}"] = considerations.pop(slug)
                continue
            known = {field.id: field for field in consideration.fields}
            for name in list(values) if isinstance(values, dict) else []:
                place = f"{question_id}.{slug}.{name}"
                if name not in known and name not in _KEYS:
                    retired[place] = values.pop(name)
                elif name in known and isinstance(values[name], list) and known[name].kind == "table":
                    _retire_columns(values[name], {column.id for column in known[name].spec.columns}, place, retired)


def _retire_columns(rows: list[Any], columns: set[str], place: str, retired: dict[str, Any]) -> None:
    for index, row in enumerate(rows):
        for name in list(row) if isinstance(row, dict) else []:
            if name not in columns:
                retired[f"{place}[#{index + 1}].{name}"] = row.pop(name)
