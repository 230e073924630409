"""Recommendations: each field's value by tier, with its source; a layer's laid over the template's.

A layer changes the tiers that it names and leaves the others, each with the source of its own value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from maintplan import fields
from maintplan.documents import check, path_text
from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.template import files
from maintplan.template.layered import KeyPath, Sources
from maintplan.template.model import TIERS, Field, Question, Recommendation


@dataclass(frozen=True)
class _Entry:
    """One entry of one file."""

    said: files.RecommendationEntry
    layer: bool
    lines: Any
    index: int

    def where(self, *path: str | int) -> Where:
        inner: KeyPath = (self.index, *path)
        return Where(self.lines.name, self.lines.line(inner), path_text((self.said.at, *path)))


def recommending(
    questions: Sequence[Question], sources: Sources, problems: list[MaintplanError]
) -> Iterator[Question]:
    """Yield the questions with their fields' recommendations."""
    entries = _entries(sources, problems)
    names: dict[str, list[Field]] = {}
    for each in (each for question in questions for each in question.fields):
        names.setdefault(each.name, []).append(each)
    known = {name for name, found in names.items() if len(found) == 1}
    for name, found in entries.items():
        if name not in known:
            problems.append(unknown("field", name, known, found[-1].where()))
    recommended = {
        name: _recommendation(names[name][0].spec, found, problems)
        for name, found in entries.items()
        if name in known
    }
    for question in questions:
        considerations = tuple(
            replace(each, fields=tuple(_with(field, recommended) for field in each.fields))
            for each in question.considerations
        )
        yield replace(question, considerations=considerations)


def _with(field: Field, recommended: Mapping[str, Recommendation | None]) -> Field:
    found = recommended.get(field.name)
    return replace(field, recommendation=found) if found else field


def _entries(sources: Sources, problems: list[MaintplanError]) -> dict[str, list[_Entry]]:
    """Return the entries by the name of their field, a layer's after the template's."""
    found: dict[str, list[_Entry]] = {}
    for folder in sources.folders:
        document = sources.read(folder, "recommendations.yaml", "list")
        if document is None:
            continue
        here: dict[str, _Entry] = {}
        for index, said in enumerate(check(files.RecommendationsFile, document.data, document).root):
            entry = _Entry(said, folder != sources.folder, document, index)
            if said.at in here:
                what = f"{said.at} has two recommendations, first in line {here[said.at].where().line}"
                problems.append(InputError(what, entry.where(), "keep one"))
                continue
            if (said.by_tier is None) == (said.value is None):
                mend = "write by_tier: {1: ..., 2: ..., 3: ...}, or value: for all"
                problems.append(InputError("a recommendation needs its value", entry.where(), mend))
                continue
            here[said.at] = entry
        for name, entry in here.items():
            found.setdefault(name, []).append(entry)
    return found


def _recommendation(
    spec: fields.Spec, entries: Sequence[_Entry], problems: list[MaintplanError]
) -> Recommendation | None:
    by_tier: dict[int, Any] = {}
    laid_over: dict[int, tuple[str, str]] = {}
    for entry in entries:
        said = entry.said
        raw = said.by_tier if said.by_tier is not None else dict.fromkeys(TIERS, said.value)
        for tier, value in raw.items():
            path = ("by_tier", str(tier)) if said.by_tier is not None else ("value",)
            try:
                parsed = fields.parse(value, spec)
            except MaintplanError as error:
                problems.append(InputError(error.what, entry.where(*path), error.mend))
                continue
            if parsed is None:
                problems.append(
                    InputError("the recommended value is missing", entry.where(*path), "write it")
                )
                continue
            by_tier[tier] = parsed
            if entry is not entries[0]:
                laid_over[tier] = (said.source, said.why)
    first = entries[0].said
    return Recommendation(by_tier, first.source, first.why, laid_over) if by_tier else None
