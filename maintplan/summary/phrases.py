"""Small makings that the summary's parts share: names of places, dates, labelled tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from maintplan import fields
from maintplan.errors import InputError
from maintplan.fields.wording import lowered
from maintplan.plan import Standing, places
from maintplan.summary.blocks import Column, Heading, Line, Table, Tone
from maintplan.words import Words, words

TONES: dict[str, Tone] = {
    "decided": "decided",
    "recommended": "recommended",
    "to_confirm": "recommended",
    "inherited": "recommended",
    "missing": "medium",
    "not_known_yet": "medium",
}
"""How the states of considerations are coloured; each stands beside its word."""


def named(standing: Standing, place: str) -> str:
    """Name a place as a reader does: consideration, field, row, or an item of a list; without any id."""
    template = standing.plan.template
    across = template.item(place)
    if across is not None:
        whole, item = across
        return f"{whole.heading}, {lowered(item.words)}" if item else whole.heading
    try:
        found = places.find(template, place)
    except InputError:  # what names nothing any more is shown as it stands
        return place
    words_ = [found.consideration.words if found.consideration else found.question.heading]
    if found.field is not None:
        words_.append(lowered(found.field.label))
    if found.place.row:
        words_.append(found.place.row)
    if found.place.column and found.field is not None:
        column = found.field.spec.column(found.place.column)
        words_.append(lowered(column.label) if column else found.place.column)
    return ", ".join(words_)


def table(
    say: Words,
    group: str,
    caption: str,
    labels: tuple[tuple[str, int], ...],
    rows: Sequence[Sequence[Line]],
) -> Table:
    """Make a table with labelled columns; a column without any value is left out."""
    return filled(
        caption, [Column(label=say(f"{group}.{name}"), weight=width) for name, width in labels], rows
    )


def filled(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Line]]) -> Table:
    """Make a table of the columns that have a value in some row."""
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    return Table(
        caption=caption,
        columns=tuple(columns[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in rows),
    )


def heading(say: Words, key: str, anchor: str) -> Heading:
    """Make a heading of the catalogue's words."""
    return Heading(level=3, text=say(key), anchor=anchor)


def words_of(standing: Standing) -> Words:
    """Return the word catalogue of the plan's language."""
    return words(standing.plan.template.language)


def date(day: dt.date | None) -> str:
    """Say a date, or nothing where there is none."""
    return fields.show(day.isoformat(), fields.Spec(kind="date")) if day else ""


def moment(when: dt.datetime) -> str:
    """Say a moment, in UTC."""
    utc = when.astimezone(dt.UTC)
    return f"{date(utc.date())}, {utc:%H:%M} UTC"


def listed(labels: list[str]) -> str:
    """List labels, as a sentence does."""
    return ", ".join([*labels[:1], *map(lowered, labels[1:])])


def as_a_name(name: str) -> str:
    """Return a service's name as a title writes it: one plain word in small letters begins with a capital."""
    return name.capitalize() if name.islower() and name.isalpha() else name
