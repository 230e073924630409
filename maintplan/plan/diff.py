"""What is different between two plans, place by place.

The two may be revisions of one plan or plans of two services, and may be written against different
templates. Tables are compared row by row, by the rows' keys; a row whose key alone was changed is one
renaming, and whatever names that row goes along with it. What the tools count (revision, digests, where
the snapshot lies) is left out. How a difference is shown is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from maintplan import fields
from maintplan.plan import approval, places
from maintplan.plan.digest import value_at
from maintplan.plan.document import answer_data, to_data
from maintplan.plan.model import Given, Plan
from maintplan.template import Field

Kind = Literal["added", "removed", "changed", "renamed", "reordered"]
Part = Literal[
    "plan",
    "service",
    "inputs",
    "answers",
    "cross_cutting",
    "accepted_risks",
    "actions",
    "comments",
    "offers",
    "retired",
    "rounds",
    "sources",
]

Renamed = Mapping[str, Mapping[str, str]]
"""New keys of rows by their old ones, by the table's ``question.field``."""


@dataclass(frozen=True)
class Difference:
    """One thing that is different.

    Attributes
    ----------
    place
        Where, as plan files name places. Beside the answers: ``service.tier``, ``actions[a1].due``,
        ``question.response``, ``question.consideration.owner``.
    kind
        What happened from the one plan to the other. Of a row that was *renamed* the values are its keys;
        of a table that was *reordered*, the keys in their order.
    old, new
        The values in their document form; None where there is none.
    part
        The part of the plan that it is in.
    """

    place: str
    kind: Kind
    old: Any
    new: Any
    part: Part = "answers"


def differences(a: Plan, b: Plan) -> list[Difference]:
    """Return what is different in plan `b`, seen from plan `a`, in the order in which a plan is written."""
    return list(_Comparing(a, b).all())


class _Comparing:
    """One comparison of two plans."""

    def __init__(self, a: Plan, b: Plan) -> None:
        self.a = a
        self.b = b
        self.old = to_data(a)
        self.new = to_data(b)
        self.renamed = renames(a, b)

    def all(self) -> Iterator[Difference]:
        for key in ("template", "layers", "inherits"):
            yield from _values("plan", key, self.old.get(key), self.new.get(key))
        yield from self.mapping("service")
        yield from self.mapping("inputs")
        yield from self.answers()
        yield from self.mapping("cross_cutting")
        yield from self.listed("accepted_risks", ("rule", "at"))
        yield from self.listed("actions", ("id",))
        yield from self.listed("comments", ("id",))
        yield from self.listed("offers", ("at", "source", "from"))
        yield from self.retired()
        yield from self.rounds()
        yield from _values("plan", "status", approval.status(self.a), approval.status(self.b))
        yield from self.sources()

    def mapping(self, part: Part) -> Iterator[Difference]:
        yield from _nested(part, part, self.old.get(part, {}), self.new.get(part, {}))

    def listed(self, part: Part, names: Sequence[str]) -> Iterator[Difference]:
        """Compare what has names of its own: risks by rule and place, actions by id."""
        old = _by_name([self.followed(each) for each in self.old.get(part, [])], names)
        new = _by_name(self.new.get(part, []), names)
        for name in _union(old, new):
            place = f"{part}{fields.row_selector(name, 0)}"
            if name in old and name in new:
                yield from _nested(part, place, old[name], new[name])
            else:
                yield from _values(part, place, old.get(name), new.get(name))

    def followed(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Let the place that an entry names follow the renaming of rows."""
        at = entry.get("at")
        return {**entry, "at": self.place_now(at)} if at else entry

    def place_now(self, text: str) -> str:
        for name, keys in self.renamed.items():
            table = self.a.template.named[name].place
            for was, is_ in keys.items():
                now = places.rename_row(text, table, was, is_)
                if now != text:
                    return now
        return text

    def retired(self) -> Iterator[Difference]:
        old, new = self.old.get("retired", {}), self.new.get("retired", {})
        for key in _union(old, new):
            place = f"retired{fields.row_selector(key, 0)}"
            yield from _values("retired", place, old.get(key), new.get(key))

    def rounds(self) -> Iterator[Difference]:
        old, new = self.old.get("rounds", []), self.new.get("rounds", [])
        for index in range(max(len(old), len(new))):
            one = old[index] if index < len(old) else None
            other = new[index] if index < len(new) else None
            yield from _values("rounds", f"rounds{fields.row_selector(None, index)}", one, other)

    def answers(self) -> Iterator[Difference]:
        for question, consideration, field in _spots(self.a, self.b):
            if field is not None:
                yield from self.field(field)
            elif consideration is not None:
                place = f"{question}.{consideration}"
                owners = self.a.owners.get(place), self.b.owners.get(place)
                yield from _values("answers", f"{place}.owner", *owners)
                yield from _values("answers", place, _said(self.a, place), _said(self.b, place))
            else:
                texts = self.a.responses.get(question), self.b.responses.get(question)
                yield from _values("answers", f"{question}.response", *texts)

    def field(self, field: Field) -> Iterator[Difference]:
        place = field.place
        old, new = self.a.answers.get(place), self.b.answers.get(place)
        if _is_table(field, self.a, self.b) and _is_rows(old) and _is_rows(new):
            one, other = _rows(old), _rows(new)
            if one != other:
                yield from _Table(field, self.renamed).differences(one, other)
            return
        was = _said(self.a, place)
        if field.spec.to and isinstance(was, str):
            was = self.renamed.get(field.spec.to, {}).get(was, was)
        yield from _values("answers", place, was, _said(self.b, place))

    def sources(self) -> Iterator[Difference]:
        """Compare where values came from, for values that are the same."""
        old = {self.place_now(place): each for place, each in self.a.provenance.items()}
        was = {self.place_now(place): place for place in self.a.provenance}
        for place in _union(old, self.b.provenance):
            if value_at(self.a, was.get(place, place)) != value_at(self.b, place):
                continue
            one, other = old.get(place), self.b.provenance.get(place)
            yield from _values("sources", place, *(each and _source(each) for each in (one, other)))


class _Table:
    """One table, compared row by row."""

    def __init__(self, field: Field, renamed: Renamed) -> None:
        self.field = field
        self.key = field.spec.key or ""
        self.renamed = renamed

    def differences(self, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
        keys = self.renamed.get(self.field.name, {})
        one, other = _identified(old, self.key, keys), _identified(new, self.key, {})
        for was, is_ in keys.items():
            yield Difference(self.place(was, 0), "renamed", was, is_)
        for name in _union(one, other):
            if name not in other:
                index, row = one[name]
                yield Difference(self.place(row.get(self.key), index), "removed", row, None)
            elif name not in one:
                index, row = other[name]
                yield Difference(self.place(row.get(self.key), index), "added", None, row)
            else:
                yield from self.cells(one[name][1], *other[name])
        both = [name for name in one if name in other]
        if both != (now := [name for name in other if name in one]):
            yield Difference(self.field.place, "reordered", _order(both, one), _order(now, other))

    def cells(self, old: dict[str, Any], index: int, new: dict[str, Any]) -> Iterator[Difference]:
        place = self.place(new.get(self.key), index)
        followed = _followed(old, self.field, self.renamed)
        for column in _union(old, new):
            if column != self.key:
                yield from _values("answers", f"{place}.{column}", followed.get(column), new.get(column))

    def place(self, key: Any, index: int) -> str:
        return self.field.place + fields.row_selector(None if key is None else str(key), index)


def renames(a: Plan, b: Plan) -> Renamed:
    """Find the rows whose key was changed and nothing else from plan `a` to plan `b`, in each table.

    Where a row names another one that was renamed, it is told by that; so this goes round until it finds
    nothing new.
    """
    tables = [field for field in a.template.named.values() if _is_table(field, a, b)]
    found: dict[str, dict[str, str]] = {}
    while True:
        now = {field.name: keys for field in tables if (keys := _renamed_rows(field, a, b, found))}
        if now == found or sum(map(len, now.values())) <= sum(map(len, found.values())):
            return found
        found = now


def _renamed_rows(field: Field, a: Plan, b: Plan, renamed: Renamed) -> dict[str, str]:
    key = field.spec.key or ""
    old, new = _rows(a.answers.get(field.place)), _rows(b.answers.get(field.place))
    gone = _without(old, key, {row.get(key) for row in new})
    come = _without(new, key, {row.get(key) for row in old})
    found = {}
    for was in gone:
        rest = {**_followed(was, field, renamed), key: None}
        for is_ in come:
            if rest == {**is_, key: None}:
                found[str(was[key])] = str(is_[key])
                come.remove(is_)
                break
    return found


def _without(rows: Sequence[dict[str, Any]], key: str, others: set[Any]) -> list[dict[str, Any]]:
    return [row for row in rows if row.get(key) is not None and row[key] not in others and len(row) > 1]


def _followed(row: dict[str, Any], field: Field, renamed: Renamed) -> dict[str, Any]:
    """Return a row whose references have followed the renaming of the rows that they name."""
    changed = dict(row)
    for column in field.spec.columns:
        if column.to and column.id in changed and column.id != field.spec.key:
            changed[column.id] = renamed.get(column.to, {}).get(changed[column.id], changed[column.id])
    return changed


def _identified(
    rows: Sequence[dict[str, Any]], key: str, renamed: Mapping[str, str]
) -> dict[tuple[str, Any], tuple[int, dict[str, Any]]]:
    """Return rows with their index by what tells them apart: the key, or the how-manieth without one."""
    found: dict[tuple[str, Any], tuple[int, dict[str, Any]]] = {}
    bare = 0
    for index, row in enumerate(rows):
        name = row.get(key)
        if name is None:
            bare += 1
            found["bare", bare] = index, row
        else:
            found["key", str(renamed.get(str(name), name))] = index, row
    return found


def _order(names: Sequence[tuple[str, Any]], rows: Mapping[tuple[str, Any], tuple[int, Any]]) -> list[str]:
    return [str(key) if kind == "key" else f"#{rows[kind, key][0] + 1}" for kind, key in names]


def _spots(a: Plan, b: Plan) -> Iterator[tuple[str, str | None, Field | None]]:
    """Yield every question, consideration and field of both templates, those of `b` first."""
    seen: set[str] = set()
    for template in (b.template, a.template):
        for question in template.questions:
            if question.id not in seen:
                yield question.id, None, None
            for each in question.considerations:
                if each.place not in seen:
                    yield question.id, each.id, None
                yield from ((question.id, each.id, field) for field in each.fields if field.place not in seen)
        seen.update(template.fields)
        seen.update(each.place for each in template.considerations)
        seen.update(each.id for each in template.questions)


def _is_table(field: Field, a: Plan, b: Plan) -> bool:
    both = (a.template.fields.get(field.place), b.template.fields.get(field.place))
    return all(each is None or (each.kind == "table" and each.spec.key == field.spec.key) for each in both)


def _is_rows(answer: Any) -> bool:
    return answer is None or (isinstance(answer, Given) and isinstance(answer.value, list))


def _rows(answer: Any) -> list[dict[str, Any]]:
    return answer.value if isinstance(answer, Given) and isinstance(answer.value, list) else []


def _said(plan: Plan, place: str) -> Any:
    answer = plan.answers.get(place)
    return None if answer is None else answer_data(answer)


def _source(provenance: Any) -> dict[str, Any]:
    found: dict[str, Any] = provenance.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {key: value for key, value in found.items() if key != "of"}


def _by_name(entries: Sequence[dict[str, Any]], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        name = " at ".join(str(entry[each]) for each in names if entry.get(each))
        number = 1
        while (numbered := name if number == 1 else f"{name} ({number})") in found:
            number += 1
        found[numbered] = entry
    return found


def _union(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> list[Any]:
    """Return the keys of both: those of the second in their order, then what only the first has."""
    return [*other, *(key for key in one if key not in other)]


def _nested(part: Part, place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for key in _union(old, new):
        one, other = old.get(key), new.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _nested(part, f"{place}.{key}", one, other)
        else:
            yield from _values(part, f"{place}.{key}", one, other)


def _values(part: Part, place: str, old: Any, new: Any) -> Iterator[Difference]:
    # True and 1 are equal in Python and two things in a plan.
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    yield Difference(place, kind, old, new, part)
