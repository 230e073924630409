"""What stands in a plan's calendar, from ``calendar.yaml``: how schedules are called, which dates count."""

from __future__ import annotations

from collections.abc import Iterator

from maintplan import fields
from maintplan.errors import InputError, MaintplanError, unknown
from maintplan.template import files
from maintplan.template.drawing import not_there
from maintplan.template.layered import Layered, Sources
from maintplan.template.model import Template
from maintplan.template.parts import Dated, Dates

_DURATION = fields.Spec(kind="duration", id="remind")
_KINDS = {"lasts": ("duration",), "ahead": ("duration",), "until": ("date",), "who": ("text", "reference")}


def dates(sources: Sources, template: Template, problems: list[MaintplanError]) -> Dates:
    """Read ``calendar.yaml``; without one, schedules alone stand in the calendar."""
    found = sources.layered("calendar.yaml", files.CalendarFile)
    if found is None:
        return Dates()
    remind: dict[str, tuple[str, ...]] = {}
    for kind, given in found.entries.remind.items():
        read: list[str] = []
        for index, text in enumerate(given):
            try:
                read.append(str(fields.parse(text, _DURATION)))
            except MaintplanError as error:
                problems.append(error.at(found.where("remind", kind, index)))
        remind[kind] = tuple(read)
    items: dict[str, Dated] = {}
    for name, entry in found.entries.items.items():
        problems.extend(_wrong(template, found, name, entry))
        items[name] = Dated(**entry.model_dump())
    return Dates(items, remind)


def _wrong(
    template: Template, found: Layered[files.CalendarFile], name: str, entry: files.DatedEntry
) -> Iterator[MaintplanError]:
    """Yield what is wrong with an entry: it is no date, or what it names is not beside it."""
    where = found.where("items", name)
    if (missing := not_there(template, name)) is not None:
        yield missing.at(where)
        return
    kind = _kind(template, name)
    if kind not in ("schedule", "date"):
        yield InputError(f"{name} is a {kind}", where, "a calendar holds schedules and dates")
    if kind == "schedule" and (entry.until or entry.ahead):
        mend = "until and ahead go with a date; a schedule says how often, and for how long"
        yield InputError(f"{name} is a schedule", where, mend)
    beside = name.rpartition(".")[0]
    for key, kinds in _KINDS.items():
        other = getattr(entry, key)
        if not other:
            continue
        at = found.where("items", name, key)
        named = f"{beside}.{other}"
        if not_there(template, named) is not None:
            yield unknown("neighbour", other, _neighbours(template, beside), at)
        elif _kind(template, named) not in kinds:
            yield InputError(f"{other} is a {_kind(template, named)}", at, f"name a {kinds[0]}")


def _kind(template: Template, name: str) -> str:
    question, field, *column = name.split(".")
    spec = template.named[f"{question}.{field}"].spec
    found = spec.column(column[0]) if column else spec
    return found.kind if found else ""


def _neighbours(template: Template, beside: str) -> list[str]:
    """Return the columns of a table, or the fields of a question."""
    if beside in template.named:
        return [each.id for each in template.named[beside].spec.columns]
    return [each.id for each in template.named.values() if each.question == beside]
