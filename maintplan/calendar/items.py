"""The items of a plan's calendar, from its schedules, its dates and what else in it has a day.

An item's place in the plan is its name for good: a later revision finds the same item by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from maintplan import fields
from maintplan.calendar.timing import Timing, timings
from maintplan.errors import InputError
from maintplan.fields import Spec, duration
from maintplan.plan import (
    FieldStanding,
    Given,
    NotApplicable,
    NotKnownYet,
    Plan,
    Standing,
    Unknown,
    approval,
    places,
)
from maintplan.template import Dated, Field
from maintplan.words import Words, words

_SCHEDULE, _DATE = "schedule", "date"
_OVER = frozenset({"done", "dropped"})


@dataclass(frozen=True)
class Item:
    """One item.

    Attributes
    ----------
    place
        Where it stands in the plan; one of several from one place has a number behind it.
    kind
        What it is: ``task``, ``window``, ``drill``, ``review``, ``expiry``, ``due``, ``period``, ``action``,
        ``risk``, ``open`` or ``approval``.
    title
        What it is called.
    timing
        When it happens.
    details
        What else is to know, a sentence each.
    remind
        How long ahead it reminds, in seconds.
    settled
        Whether somebody stands behind it; a recommended one is a proposal.
    also
        What else it is, where several places of the plan say the same.
    """

    place: str
    kind: str
    title: str
    timing: Timing
    details: tuple[str, ...] = ()
    remind: tuple[float, ...] = ()
    settled: bool = True
    also: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """All that it is."""
        return (self.kind, *self.also)


def moment(plan: Plan) -> dt.datetime | None:
    """Return the last moment that a plan itself records, or None: nothing in it has a time yet."""
    recorded = [*(each.when for each in plan.rounds), *(each.when for each in plan.comments)]
    recorded += [each.let_stand.when for each in plan.provenance.values() if each.let_stand]
    return max(recorded, default=None)


def items(standing: Standing, since: dt.date) -> list[Item]:
    """Return the items of a plan, in its own order.

    Parameters
    ----------
    standing
        How the plan stands.
    since
        The day from which the first occurrence of what recurs is looked for.
    """
    return list(_made(standing, since))


@lru_cache(maxsize=1)  # a document's picture, its calendar and its facts ask for the same
def _made(standing: Standing, since: dt.date) -> tuple[Item, ...]:
    making = _Making(standing, since)
    found = [*_once(making.fields()), *making.beside()]
    seen: dict[str, int] = {}
    for index, each in enumerate(found):
        seen[each.place] = seen.get(each.place, 0) + 1
        if seen[each.place] > 1:
            found[index] = replace(each, place=f"{each.place}#{seen[each.place]}")
    return tuple(found)


def _once(found: Iterable[Item]) -> Iterator[Item]:
    """Yield items once where several places say the same: a task, and the schedule of a drill of its name.

    The first place in the template's order names it, whatever the order of a table's rows.
    """
    same: dict[tuple[str, Timing], list[Item]] = {}
    for each in found:
        same.setdefault((each.title.casefold(), each.timing), []).append(each)
    for first, *others in same.values():
        yield replace(
            first,
            details=_unique(each for item in (first, *others) for each in item.details),
            remind=tuple(sorted({each for item in (first, *others) for each in item.remind}, reverse=True)),
            settled=any(each.settled for each in (first, *others)),
            also=_unique(each.kind for each in others if each.kind != first.kind),
        )


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


class _Making:
    """The items of one plan, in the making."""

    def __init__(self, standing: Standing, since: dt.date) -> None:
        self.standing, self.since = standing, since
        self.plan = standing.plan
        self.dates = self.plan.template.dates
        self.say: Words = words(self.plan.template.language)

    # --------------------------------------------------------------------------------------- answers

    def fields(self) -> Iterator[Item]:
        """Yield what comes from the answers."""
        for each in self.standing.fields.values():
            if isinstance(each.answer, Given) and each.shown:
                if each.field.kind == "table":
                    yield from self._table(each)
                else:
                    yield from self._value(each)

    def _value(self, each: FieldStanding) -> Iterator[Item]:
        field = each.field
        entry = self._entry(field.name, field.kind)
        if entry is not None:
            beside = {
                name: self._named(field, getattr(entry, name)) for name in ("who", "lasts", "ahead", "until")
            }
            yield from self._items(each, entry, field.spec, each.value, beside, field.place, "")

    def _named(self, field: Field, other: str) -> Any:
        found = self.plan.template.named.get(f"{field.question}.{other}") if other else None
        standing = self.standing.fields[found.place] if found else None
        return standing.value if standing is not None and standing.shown else None

    def _table(self, each: FieldStanding) -> Iterator[Item]:
        field = each.field
        dated = [
            (column, entry)
            for column in field.spec.columns
            if (entry := self._entry(f"{field.name}.{column.id}", column.kind)) is not None
        ]
        for index, row in enumerate(each.value if dated else ()):
            key = str(row.get(field.spec.key or "") or "")
            place = f"{field.place}{places.selector(row, index, field.spec)}"
            for column, entry in dated:
                value = row.get(column.id)
                if value is not None:
                    beside = {
                        name: row.get(getattr(entry, name)) for name in ("who", "lasts", "ahead", "until")
                    }
                    yield from self._items(each, entry, column, value, beside, f"{place}.{column.id}", key)

    def _entry(self, name: str, kind: str) -> Dated | None:
        entry = self.dates.items.get(name)
        if entry is None:
            return Dated() if kind == _SCHEDULE else None
        return None if entry.off else entry

    def _items(
        self,
        each: FieldStanding,
        entry: Dated,
        spec: Spec,
        value: Any,
        beside: Mapping[str, Any],
        place: str,
        row: str,
    ) -> Iterator[Item]:
        plain = self.say("calendar.column", label=spec.label, row=row) if row else spec.label
        title = entry.title.replace("{row}", row).replace("{label}", spec.label) if entry.title else plain
        remind = self._remind(entry.kind)
        if beside["ahead"]:
            remind = tuple(sorted({*remind, duration.seconds(beside["ahead"])}, reverse=True))
        settled = each.state not in ("recommended", "to_confirm", "inherited")
        details = [self._where(each.field)]
        if beside["who"]:
            details.append(self.say("calendar.who", who=beside["who"]))
        if spec.kind == _SCHEDULE:
            details.append(self.say("calendar.happens", when=fields.show(value, spec)))
            if beside["lasts"]:
                shown = fields.show(beside["lasts"], Spec(kind="duration"))
                details.append(self.say("calendar.lasts", length=shown))
            times = timings(value, self.since, beside["lasts"])
        else:
            first = dt.date.fromisoformat(value)
            last = dt.date.fromisoformat(beside["until"]) if beside["until"] else None
            times = iter((Timing(first, last=last if last and last > first else None),))
        for timing in times:
            lacking = [self.say(f"calendar.{lack}") for lack in timing.lacks]
            proposed = [] if settled else [self.say("calendar.recommended")]
            said = (*details, *lacking, *proposed)
            yield Item(place, entry.kind, title, timing, said, remind, settled)

    def _where(self, field: Field) -> str:
        question = self.plan.template.section_title(field.question)
        found = next(
            each
            for each in self.plan.template.considerations
            if each.place == f"{field.question}.{field.consideration}"
        )
        return self.say("calendar.where", question=question, consideration=_lowered(found.words))

    def _remind(self, kind: str) -> tuple[float, ...]:
        return tuple(
            sorted((duration.seconds(each) for each in self.dates.remind.get(kind, ())), reverse=True)
        )

    # ---------------------------------------------------------------------------------------- beside

    def beside(self) -> Iterator[Item]:
        """Yield what stands beside the answers: what is open, actions, accepted risks, the approval."""
        for place, answer in self.plan.answers.items():
            if isinstance(answer, NotKnownYet) and self._is_open(place):
                yield from self._unknown(place, answer.not_known_yet)
        for name, entry in self.plan.cross_cutting.items():
            for item, each in () if isinstance(entry, NotApplicable) else entry.items():
                if each.due and each.status != "met" and not each.not_applicable:
                    title = self.say("calendar.item", what=self._item_words(name, item))
                    yield self._single(
                        f"{name}.{item}", "due", title, each.due, who=each.owner, note=each.note
                    )
        for action in self.plan.actions:
            if action.due and action.state not in _OVER:
                what = action.note or self._place_words(action.at) or action.about
                title = self.say("calendar.action", what=what)
                place = f"actions.{action.id}"
                yield self._single(place, "action", title, action.due, who=action.owner, note=action.ticket)
        for risk in self.plan.accepted_risks:
            title = self.say("calendar.risk", what=self._place_words(risk.at))
            place = f"accepted_risks.{risk.rule}.{risk.at}"
            reason = self.say("calendar.reason", reason=risk.reason)
            yield self._single(place, "risk", title, risk.until, who=risk.by, note=reason)
        if (again := approval.lapses(self.plan, self.standing)) is not None:
            title = self.say("calendar.approval", service=self.plan.service.name)
            yield self._single("approval", "approval", title, again, who=self.plan.service.owner)

    def _is_open(self, place: str) -> bool:
        if place in self.standing.considerations:
            return self.standing.considerations[place] != "not_asked"
        each = self.standing.fields.get(place)
        return each is not None and each.asked

    def _unknown(self, place: str, said: Unknown) -> Iterator[Item]:
        if said.due:
            title = self.say("calendar.open", what=self._place_words(place))
            yield self._single(place, "open", title, said.due, who=said.who, note=said.note)

    def _single(
        self, place: str, kind: str, title: str, day: dt.date, *, who: str | None, note: str | None = None
    ) -> Item:
        details = (self.say("calendar.who", who=who) if who else "", note or "")
        return Item(place, kind, title, Timing(day), tuple(filter(None, details)), self._remind(kind))

    def _item_words(self, name: str, item: str) -> str:
        found = self.plan.template.item(f"{name}.{item}")
        return found[1].words if found and found[1] else item

    def _place_words(self, place: str | None) -> str:
        """Name a place as a reader does; what names nothing any more as it stands."""
        if not place:
            return ""
        try:
            found = places.find(self.plan.template, place)
        except InputError:
            return place
        said = [found.consideration.words if found.consideration else found.question.heading]
        if found.field is not None:
            said.append(_lowered(found.field.label))
        if found.place.row:
            said.append(found.place.row)
        return ", ".join(said)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
