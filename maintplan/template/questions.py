"""Questions, considerations and fields, made of a template's words and the entries of ``fields.yaml``.

A consideration without fields there gets one, for free text. Everything wrong is gathered, each with the
file and line of its entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from maintplan import fields
from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.template import files
from maintplan.template.asking import AskedQuestion
from maintplan.template.layered import KeyPath, Layered, Sources
from maintplan.template.markdown import Words
from maintplan.template.model import RESERVED, Asked, Consideration, Field, Link, Question
from maintplan.template.nodes import Point
from maintplan.template.slugs import slug, unique

FREE_TEXT = "text"
"""Id of the one field that a consideration has when ``fields.yaml`` gives it none."""

ADDED = frozenset({"guidance", "more"})
"""What a layer adds to, where its other entries replace."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_NEEDS_OPTIONS = ("choice", "several")

Entries = Layered[files.FieldsFile]


def read(sources: Sources) -> Entries | None:
    """Read ``fields.yaml`` with its layers; None where there is none."""
    return sources.layered("fields.yaml", files.FieldsFile, refuse=_refuse, added=ADDED)


def _refuse(path: KeyPath, base: Any, where: Where) -> None:
    """Refuse a layer's entry for a field or column that nothing below it has."""
    if len(path) == 4 and path[-1] == "fields":  # noqa: PLR2004 - in question, `considerations`, consideration
        what = f"{path[2]} has no fields that a layer could change"
        raise InputError(what, where, "a layer adds guidance; a new field belongs into the template")
    kind = {5: "field", 7: "column"}.get(len(path))
    if kind is not None and path[-2] == f"{kind}s":
        raise unknown(kind, str(path[-1]), base, where)


class Building:
    """One pass over the questions.

    Parameters
    ----------
    entries
        What ``fields.yaml`` says, if there is one.
    problems
        Takes what is wrong.
    """

    def __init__(self, entries: Entries | None, problems: list[MaintplanError]) -> None:
        self.entries = entries
        self.problems = problems

    def where(self, *path: str | int) -> Where:
        """Return file and line of an entry."""
        return self.entries.where(*path) if self.entries else Where()

    def questions(self, words: Words) -> Iterator[Question]:
        """Yield the questions in their order."""
        slugs = unique(slug(question.heading) for question in words.questions)
        matched = self._matched(words.questions, slugs)
        taken: dict[str, str] = {}
        for asked, each in zip(words.questions, slugs, strict=True):
            name, entry = matched.get(each, (each, files.QuestionEntry()))
            if name in taken:
                what = f"{name} is the id of {taken[name]!r} already"
                self.problems.append(InputError(what, self.where(name), "choose another id"))
            taken[name] = asked.heading
            yield self._question(asked, each, name, entry)

    def _matched(
        self, questions: Iterable[AskedQuestion], slugs: Sequence[str]
    ) -> dict[str, tuple[str, files.QuestionEntry]]:
        """Match the entries with the questions: by heading, or by the heading's slug."""
        headings = {question.heading: each for question, each in zip(questions, slugs, strict=True)}
        found: dict[str, tuple[str, files.QuestionEntry]] = {}
        for name, entry in (self.entries.entries.root if self.entries else {}).items():
            if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
                what = f"{name!r} can't be the id of a question"
                self.problems.append(InputError(what, self.where(name), "use lower case, digits and hyphens"))
            elif entry.heading is not None and entry.heading not in headings:
                where = self.where(name, "heading")
                self.problems.append(unknown("heading", entry.heading, headings, where))
            elif entry.heading is None and name not in slugs:
                self.problems.append(unknown("question", name, slugs, self.where(name)))
            else:
                each = name if entry.heading is None else headings[entry.heading]
                if each in found:
                    what = f"{found[each][0]} and {name} are the same question"
                    self.problems.append(InputError(what, self.where(name), "keep one"))
                found[each] = (name, entry)
        return found

    def _question(self, asked: AskedQuestion, each: str, name: str, entry: files.QuestionEntry) -> Question:
        points = unique(slug(point.words) for point in asked.points)
        for key in entry.considerations:
            if key not in points:
                where = self.where(name, "considerations", key)
                self.problems.append(unknown("consideration", key, points, where))
        considerations = tuple(
            self._consideration(name, key, point, entry.considerations.get(key, files.ConsiderationEntry()))
            for key, point in zip(points, asked.points, strict=True)
        )
        self._check_unique(considerations)
        return Question(name, each, asked.number, asked.heading, asked.asks, asked.considers, considerations)

    def _consideration(
        self, question: str, key: str, point: Point, entry: files.ConsiderationEntry
    ) -> Consideration:
        path = (question, "considerations", key)
        nested = "\n".join(f"- {words}" for words in point.nested)
        found = [self._field(question, key, name, each, entry) for name, each in entry.fields.items()]
        if not entry.fields:
            spec = fields.Spec(kind="markdown", id=FREE_TEXT, label=point.words)
            found = [
                Field(spec, question, key, Asked(), retiring=True, required=entry.require, hidden=entry.hide)
            ]
        return Consideration(
            id=key,
            question=question,
            words=point.words,
            fields=tuple(each for each in found if each is not None),
            guidance="\n\n".join(part for part in (entry.guidance, nested) if part),
            good=entry.good,
            more=tuple(Link(link.title, link.url) for link in entry.more),
            when=entry.when,
            hidden=entry.hide,
            where=self.where(*path),
        )

    def _field(
        self, question: str, key: str, name: str, entry: files.FieldEntry, within: files.ConsiderationEntry
    ) -> Field | None:
        path = (question, "considerations", key, "fields", name)
        columns = entry.columns or {}
        specs = [self._spec(each, column, (*path, "columns", each)) for each, column in columns.items()]
        spec = self._spec(name, entry, path, tuple(each for each in specs if each is not None))
        if spec is None:
            return None
        self._check_says(entry, spec, path)
        return Field(
            spec=spec,
            question=question,
            consideration=key,
            asked=_asked(entry.asked) if entry.asked else None,
            when=entry.when,
            retiring=entry.retiring,
            help=entry.help,
            says=entry.says,
            mono=frozenset(each for each, column in ((name, entry), *columns.items()) if column.mono),
            columns_asked={each: _asked(column.asked) for each, column in columns.items() if column.asked},
            columns_when={each: column.when for each, column in columns.items() if column.when},
            required=within.require or entry.require,
            hidden=within.hide or entry.hide,
            where=self.where(*path),
        )

    def _spec(
        self, name: str, entry: files.ColumnEntry, path: KeyPath, columns: tuple[fields.Spec, ...] = ()
    ) -> fields.Spec | None:
        """Make what the kind has to know; None where it was refused."""
        problem = _wrong(name, entry, columns, lambda *inner: self.where(*path, *inner))
        if problem is not None:
            self.problems.append(problem)
            return None
        options = entry.options or {}
        table = entry if isinstance(entry, files.FieldEntry) and entry.kind == "table" else None
        return fields.Spec(
            kind=entry.kind,
            id=name,
            label=entry.label,
            options={each: each for each in options} if isinstance(options, list) else options,
            unit=entry.unit,
            min=entry.min,
            max=entry.max,
            key=(table.key or columns[0].id) if table else None,
            row=table.row if table else None,
            columns=columns,
            to=entry.to,
        )

    def _check_says(self, entry: files.FieldEntry, spec: fields.Spec, path: KeyPath) -> None:
        """Refuse a sentence per value for a value that the field can't have."""
        if isinstance(entry.says, str):
            return
        known = spec.options or {"true": "", "false": ""}
        for value in entry.says:
            if value not in known:
                self.problems.append(unknown("option", value, known, self.where(*path, "says", value)))

    def _check_unique(self, considerations: Sequence[Consideration]) -> None:
        seen: dict[str, Field] = {}
        for each in (each for consideration in considerations for each in consideration.fields):
            # Free texts may share their id: they have no name of their own, only a place.
            if each.id in seen and each.id != FREE_TEXT:
                what = f"{each.id} stands twice in {each.question}"
                self.problems.append(
                    InputError(what, each.where, "a field's id is unique within its question")
                )
            seen[each.id] = each


def _asked(entry: files.AskedEntry) -> Asked:
    return Asked(entry.tier, entry.stage)


def _wrong(  # noqa: C901 - one line for each thing that can be wrong
    name: str, entry: files.ColumnEntry, columns: Sequence[fields.Spec], where: Callable[..., Where]
) -> MaintplanError | None:
    """Say what is wrong with the entry of a field or column, if anything."""
    if (name in RESERVED and isinstance(entry, files.FieldEntry)) or not _ID.fullmatch(name):
        mend = "use snake_case, and none of: " + ", ".join(sorted(RESERVED))
        return InputError(f"{name!r} can't be the id of a field", where(), mend)
    if entry.kind not in fields.KINDS:
        return unknown("kind", entry.kind, fields.KINDS, where("kind"))
    if entry.kind in _NEEDS_OPTIONS and not entry.options:
        return InputError(f"a {entry.kind} needs its options", where(), "add options: {id: Label}")
    if entry.kind == "reference" and not entry.to:
        return InputError("a reference needs its table", where(), "add to: question.table")
    if entry.to and entry.kind != "reference":
        return InputError(
            f"a {entry.kind} refers to no table", where("to"), "take `to` out, or make it a reference"
        )
    if entry.min is not None and entry.max is not None and entry.min > entry.max:
        return InputError(f"the smallest value {entry.min:g} is above the largest", where("min"), "swap them")
    if entry.kind != "table":
        return None
    if not isinstance(entry, files.FieldEntry):
        return InputError("a table can't stand in a table", where("kind"), "refer to a table of its own")
    ids = [column.id for column in columns]
    if not entry.columns:
        return InputError("a table needs columns", where(), "add columns: {name: {...}}")
    if ids and entry.key and entry.key not in ids:
        return unknown("column", entry.key, ids, where("key"))
    return None
