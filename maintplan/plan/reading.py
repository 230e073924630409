"""Answers as a plan file writes them, read against the template; every problem with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maintplan import fields
from maintplan.documents import Lines, check, path_text
from maintplan.errors import InputError, MaintplanError, Problems, Where, unknown
from maintplan.plan import naming, places, stances
from maintplan.plan.model import Answer, CrossItem, Given, NotApplicable, Offer
from maintplan.plan.stances import STANCES
from maintplan.template import Consideration, CrossCutting, Field, Template


class Reading:
    """One pass over a plan's answers, gathering problems instead of stopping at the first.

    Parameters
    ----------
    template
        What the plan is written against.
    lines
        Where its data stands.
    root
        The path of the answers.
    """

    def __init__(self, template: Template, lines: Lines, root: Sequence[str] = ("answers",)) -> None:
        self.template = template
        self.lines = lines
        self.root = tuple(root)
        self.problems: list[MaintplanError] = []
        self.responses: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.answered: dict[str, Answer] = {}

    def where(self, path: Sequence[str | int], place: str | None = None) -> Where:
        """Return the line of a path, and how an error names it."""
        return Where(self.lines.name, self.lines.line(path), place or path_text(path) or None)

    def problem(self, error: MaintplanError) -> None:
        """Take a problem, or several in one."""
        self.problems.extend(error.problems if isinstance(error, Problems) else (error,))

    def mapping(self, data: Any, path: Sequence[str | int]) -> dict[str, Any]:
        """Return a mapping; anything else is a problem, and nothing is none."""
        if data is None:
            return {}
        if isinstance(data, Mapping) and all(isinstance(key, str) for key in data):
            return dict(data)
        mend = "write a mapping of keys to values"
        self.problem(InputError("a mapping is expected here", self.where(path), mend))
        return {}

    def known(self, kind: str, data: Any, names: set[str], path: Sequence[str]) -> dict[str, Any]:
        """Return the entries with a known name; the others are problems."""
        found = {}
        for name, value in self.mapping(data, path).items():
            if name in names:
                found[name] = value
            else:
                where = Where(self.lines.name, self.lines.line((*path, name)), path_text(path) or None)
                self.problem(unknown(kind, name, names, where))
        return found

    def text(self, data: Any, path: Sequence[str | int], place: str) -> str | None:
        """Return free text, or None when there is none."""
        try:
            return stances.free_text(data, self.where(path, place))
        except MaintplanError as error:
            self.problem(error)
            return None

    def answers(self, data: Any) -> None:
        """Read the answers to all questions."""
        questions = {each.id: each for each in self.template.questions}
        for question_id, entry in self.known("question", data, set(questions), self.root).items():
            path = (*self.root, question_id)
            parts = self.known("key", entry, {"response", "considerations"}, path)
            response = self.text(parts.get("response"), (*path, "response"), question_id)
            if response is not None:
                self.responses[question_id] = response
            path = (*path, "considerations")
            considerations = {each.id: each for each in questions[question_id].considerations}
            found = self.known("consideration", parts.get("considerations"), set(considerations), path)
            for slug, values in found.items():
                self.consideration(considerations[slug], values, (*path, slug))

    def consideration(self, consideration: Consideration, data: Any, path: tuple[str, ...]) -> None:
        """Read one consideration: its owner, what is said of it as a whole, and its fields."""
        names = {each.id for each in consideration.fields} | {"owner", *STANCES}
        values = self.known("field", data, names, path)
        owner = self.text(values.get("owner"), (*path, "owner"), consideration.place)
        if owner is not None:
            self.owners[consideration.place] = owner
        if said := {name: values[name] for name in STANCES if name in values}:
            self.stance(said, path, consideration.place)
        for field in consideration.fields:
            if field.id in values:
                self.field(field, values[field.id], (*path, field.id))

    def field(self, field: Field, raw: Any, path: tuple[str, ...]) -> None:
        """Read one field: a value, or a stance."""
        if stances.is_stance(raw):
            self.stance(raw, path, field.place)
            return
        try:
            value = fields.parse(raw, field.spec)
        except MaintplanError as error:
            suffix = error.where.path or ""
            inner = (*path, *_path_in_table(raw, field.spec, suffix))
            self.problem(InputError(error.what, self.where(inner, field.place + suffix), error.mend))
            return
        if value is not None:
            self.answered[field.place] = Given(value)

    def stance(self, data: Mapping[str, Any], path: tuple[str, ...], place: str) -> None:
        """Read what is said of a field or a whole consideration."""
        try:
            self.answered[place] = stances.read(data, self.lines, path, place)
        except MaintplanError as error:
            self.problem(error)

    def cross_cutting(self, data: Mapping[str, Any]) -> dict[str, Mapping[str, CrossItem] | NotApplicable]:
        """Read the lists that go across all questions."""
        lists = {each.id: each for each in self.template.cross_cutting}
        found: dict[str, Mapping[str, CrossItem] | NotApplicable] = {}
        for name, entry in self.known("list", data, set(lists), ("cross_cutting",)).items():
            try:
                if (answered := self._list(lists[name], entry, ("cross_cutting", name))) is not None:
                    found[name] = answered
            except MaintplanError as error:
                self.problem(error)
        return found

    def _list(
        self, of: CrossCutting, entry: Any, path: tuple[str, ...]
    ) -> Mapping[str, CrossItem] | NotApplicable | None:
        if isinstance(entry, Mapping) and "not_applicable" in entry:
            return check(NotApplicable, dict(entry), self.lines, path)
        items = self.known("item", entry, {item.id for item in of.items}, path)
        found: dict[str, CrossItem] = {}
        for key, value in items.items():
            if value is None:
                continue
            found[key] = check(CrossItem, value, self.lines, (*path, key))
            if found[key].status and found[key].not_applicable:
                mend = "keep status or not_applicable"
                self.problem(InputError("it has a status and does not apply", self.where((*path, key)), mend))
        return found or None

    def place(self, text: str, path: Sequence[str | int], retired: Mapping[str, Any]) -> str:
        """Return a place that the plan names, as the tools write it."""
        try:
            return naming.canonical(self.template, text, retired)
        except MaintplanError as error:
            self.problem(InputError(error.what, self.where(path), error.mend))
            return text

    def offer(self, offer: Offer, index: int) -> Offer:
        """Return an offer with the value as its field's kind reads it."""
        path = ("offers", index)
        try:
            found = places.find(self.template, offer.at)
            if found.field is None:
                mend = "name a field, a row or a cell"
                raise InputError("this place is no field", Where(path=offer.at), mend)
            value = _parsed_at(offer.value, found.field, found.place)
            if value is None:
                raise InputError("the offered value is missing", mend="write value: ...")
        except MaintplanError as error:
            self.problem(InputError(error.what, self.where((*path, "value"), offer.at), error.mend))
            return offer
        return offer.model_copy(update={"at": str(found.place), "value": value})


def _parsed_at(raw: Any, field: Field, place: places.Place) -> Any:
    if place.is_field:
        return fields.parse(raw, field.spec)
    column = field.spec.column(place.column) if place.column else None
    if column is not None:
        return fields.parse(raw, column)
    rows = fields.parse(f"[{raw}]" if isinstance(raw, str) else [raw], field.spec)
    return rows[0] if isinstance(rows, list) else None


def _path_in_table(raw: Any, table: fields.Spec, suffix: str) -> tuple[str | int, ...]:
    """Find the path in the data of a row or cell that an error names as ``[key].column``."""
    if not suffix.startswith("[") or not isinstance(raw, list | tuple):
        return ()
    found: list[tuple[str | int, ...]] = []
    for index, row in enumerate(raw):
        for selector in (fields.row_selector(_key(row, table), index), fields.row_selector(None, index)):
            if suffix == selector:
                found.append((index,))
            elif suffix.startswith(f"{selector}."):
                found.append((index, suffix[len(selector) + 1 :]))
    if not found:
        return ()
    # Of two rows with one name it is the second that is wrong.
    return found[min(1, len(found) - 1)] if suffix.endswith(f".{table.key}") else found[0]


def _key(row: Any, table: fields.Spec) -> str | None:
    column = table.column(table.key) if table.key else None
    if not isinstance(row, Mapping) or column is None:
        return None
    try:
        value = fields.parse(row.get(column.id), column)
    except MaintplanError:
        return None
    return None if value is None else fields.text(value, column)
