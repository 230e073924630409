"""What has changed in a plan since it was last approved, as the documents say it: before, now, and who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maintplan.errors import InputError
from maintplan.plan import Standing, places
from maintplan.plan.diff import Difference
from maintplan.summary import prose, values
from maintplan.summary.blocks import Line, Part, Span, joined, line
from maintplan.summary.phrases import named, table, words_of
from maintplan.template import Deliverable, Field
from maintplan.words import Words

Authors = Mapping[str, str]
"""Who changed a place last, where a store knows."""

_STANCES = ("none", "not_applicable", "not_known_yet")


def part(
    standing: Standing,
    deliverable: Deliverable,
    changed: Sequence[Difference],
    authors: Authors,
    title: str = "title",
) -> Iterator[Part]:
    """Yield what has changed in what a document shows; nothing where nothing has.

    Parameters
    ----------
    standing
        How the plan stands.
    deliverable
        The document; one without sections shows the whole plan.
    changed
        What is different from the plan as it was last approved.
    authors
        Who changed what.
    title
        What stands above it, by its name among the words.
    """
    say = words_of(standing)
    above = say(f"changes.{title}")
    rows: list[tuple[Line, ...]] = []
    for each in changed:
        told = _told(standing, deliverable, each)
        if told is not None:
            what, *sides = told
            shown = (side or line(Span(text=say("changes.nothing"), tone="muted")) for side in sides)
            rows.append((what, *shown, values.typed(author(authors, each.place))))
    if rows:
        labels = (("what", 24), ("before", 30), ("now", 30), ("who", 12))
        listing = table(say, "changes", above, labels, rows)
        yield Part(id="changes", title=above, kind="status", blocks=(listing,))


def author(authors: Authors, place: str) -> str:
    """Return who changed a place, its row or table, or something within it; empty for unknown."""
    for known, by in authors.items():
        if _within(known, place) or _within(place, known):
            return by
    return ""


def _within(place: str, other: str) -> bool:
    return place == other or (place.startswith(other) and place[len(other)] in ".[")


def _told(standing: Standing, deliverable: Deliverable, each: Difference) -> tuple[Line, Line, Line] | None:
    """Return what is different, before and now; None where the document does not show it."""
    whole = not deliverable.sections
    if each.part == "answers":
        return _answer(standing, deliverable, each)
    if not whole or each.part not in ("service", "inputs", "cross_cutting", "accepted_risks"):
        return None
    return (line(_label(standing, each)), _plain(each.old), _plain(each.new))


def _answer(standing: Standing, deliverable: Deliverable, each: Difference) -> tuple[Line, Line, Line] | None:
    say, template = words_of(standing), standing.plan.template
    whole = not deliverable.sections
    question, _, rest = each.place.partition(".")
    if rest == "response" or each.place.endswith(".owner"):
        heading = next((one.heading for one in template.questions if one.id == question), question)
        about = standing.plan.template.question(question)
        point = about.consideration(rest.partition(".")[0]) if about else None
        if rest == "response" or (point is not None and rest == f"{point.id}.owner"):
            label = say("consideration.owner", owner="").strip(" :") if rest != "response" else ""
            what = ", ".join(one for one in (point.words if point else heading, label.lower()) if one)
            return (line(what), _prose(each.old), _prose(each.new)) if whole else None
    try:
        found = places.find(template, each.place)
    except InputError:  # what names nothing any more
        return (line(each.place), _plain(each.old), _plain(each.new)) if whole else None
    names = {one.name for one in found.consideration.fields} if found.consideration else set()
    mine = {found.field.name} if found.field else names
    if not whole and deliverable.names.isdisjoint(mine):
        return None
    old, new = (_side(say, found.field, each.place, value) for value in (each.old, each.new))
    return (line(named(standing, each.place)), old, new)


def _label(standing: Standing, each: Difference) -> str:
    """Name what is no answer as the documents name it."""
    say, template = words_of(standing), standing.plan.template
    _, slug, *rest = [*each.place.split("."), ""]
    if each.part == "service":
        return say.get(f"cover.{'service' if slug == 'name' else slug}", slug)
    if each.part == "inputs":
        return next((one.words for one in template.inputs if one.id == slug), slug)
    if each.part == "cross_cutting":
        found = template.item(f"{slug}.{rest[0]}") or template.item(slug)
        if found is None:
            return each.place
        listed, item = found
        return item.words if item else listed.heading
    return f"{say('open.risks')}: {each.place.partition('[')[2].rpartition(']')[0] or each.place}"


def _side(say: Words, field: Field | None, place: str, value: Any) -> Line:
    """Say one side of a difference: a value, a row or a whole table, each in one line."""
    if value is None:
        return ()
    if isinstance(value, dict):
        stance = next((each for each in _STANCES if each in value), None)
        if stance is not None:
            said = value[stance]
            reason = (said.get("note") or said.get("who")) if isinstance(said, dict) else said
            return values.typed(f"{say(f'states.{stance}')}: {reason}" if reason else say(f"states.{stance}"))
    if field is None:
        return _plain(value)
    if isinstance(value, dict):
        return _row(field, value)
    if isinstance(value, list) and field.kind == "table":
        key = field.spec.key or ""
        return line("; ".join(str(row.get(key, "") if isinstance(row, dict) else row) for row in value))
    if field.kind == "markdown":
        return _prose(value)
    column = field.spec.column(place.rpartition("].")[2]) if "]." in place else None
    spec = column or (field.spec if field.kind != "table" else None)
    return values.value(value, spec) if spec is not None else values.typed(str(value))


def _row(field: Field, row: dict[str, Any]) -> Line:
    """Say a row that came or went: its cells under their labels; its key stands in its place's name."""
    cells = [
        joined([line(Span(text=f"{column.label}:")), values.value(row[column.id], column)])
        for column in field.spec.columns
        if row.get(column.id) is not None and column.id != field.spec.key
    ]
    return joined(cells, "; ") or values.typed(str(row.get(field.spec.key or "", "")))


def _prose(value: Any) -> Line:
    """Say what somebody wrote as Markdown, without its marks."""
    return values.typed(prose.to_lines(value)) if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> Line:
    """Say data that has no field: texts as they are, the values of a mapping one after the other."""
    if value is None:
        return ()
    if isinstance(value, dict):
        return joined([said for each in value.values() if (said := _plain(each))], "; ")
    if isinstance(value, list):
        return joined([_plain(each) for each in value], "; ")
    return values.typed(str(value))
