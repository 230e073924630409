"""The year ahead: a row for each thing that recurs, ends or is due, a column a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from maintplan import fields
from maintplan.calendar import Item, items, occurrences
from maintplan.fields import Spec
from maintplan.fields.words import ENGLISH
from maintplan.figures.canvas import WIDTH, Canvas, lines
from maintplan.figures.model import Picture, Source
from maintplan.figures.palette import ACCENT, HAIRLINE, INK, MEDIUM, MUTED, RULE

_LEFT, _RIGHT = 226.0, WIDTH - 4
_HEAD, _GROUP, _ROW, _LINE = 22.0, 24.0, 19.0, 14.0
_KINDS = ("window", "task", "drill", "review", "period", "expiry", "due", "approval")
"""What a maintenance calendar shows, in this order; actions and open questions have lists of their own."""
_DAILY, _WEEKLY = 250, 40
"""Days of a year from which on single ones can't be told from a line, or are no more than ticks."""
_MOST = 44
"""Rows of one sheet, so that it fits a page."""
_MONTHS = 12


@dataclass(frozen=True)
class _Row:
    """One item, the kind that it is shown under, and the days of the year on which it happens."""

    item: Item
    kind: str
    days: Sequence[dt.date]


def draw(source: Source) -> Iterator[Picture]:
    """Draw the year from this month on, on as many sheets as it takes; none where nothing happens."""
    first = source.today.replace(day=1)
    last = _months_on(first, _MONTHS) - dt.timedelta(days=1)
    kinds = source.drawing.kinds or _KINDS
    rows = [
        _Row(each, shown[0], days)
        for each in items(source.standing, source.today)
        if (shown := [kind for kind in each.kinds if kind in kinds]) and (days := _days(each, first, last))
    ]
    rows.sort(key=lambda row: kinds.index(row.kind))
    sheets = -(-round(_high(rows)) // round(_MOST * _ROW))
    for number in range(sheets):
        each = -(-len(rows) // sheets)
        part = rows[number * each : (number + 1) * each]
        name = source.drawing.id if number == 0 else f"{source.drawing.id}-{number + 1}"
        caption = source.say("pictures.calendar.caption", first=_date(first), last=_date(last))
        if any("no_day" in row.item.timing.lacks for row in part):
            caption = f"{caption} {source.say('pictures.calendar.proposed')}"
        if sheets > 1:
            caption = f"{caption} {source.say('pictures.sheet', number=number + 1, of=sheets)}"
        said = ". ".join(_said(source, row) for row in part)
        alt = source.say("pictures.calendar.alt", count=len(part), items=said)
        yield Picture(name, _sheet(source, part, first, last), alt, caption)


def _sheet(source: Source, rows: Sequence[_Row], first: dt.date, last: dt.date) -> str:
    kinds = list(dict.fromkeys(row.kind for row in rows))
    bottom = _HEAD + len(kinds) * _GROUP + _high(rows)
    sheet = Canvas(bottom + 4)
    scale = (_RIGHT - _LEFT) / ((last - first).days + 1)

    def x(day: dt.date) -> float:
        return _LEFT + min(max((day - first).days, 0), (last - first).days + 1) * scale

    for number in range(_MONTHS + 1):
        month = _months_on(first, number)
        sheet.line([(x(month), 4), (x(month), bottom)])
        if number < _MONTHS:
            sheet.text(x(month) + 3, 14, _month(month), size=10.5, colour=MUTED)
    top = _HEAD
    for kind in kinds:
        sheet.line([(0, top), (_RIGHT, top)], colour=RULE)
        sheet.text(0, top + 16, source.say(f"calendar.kinds.{kind}"), size=11, bold=True, colour=MUTED)
        top += _GROUP
        for row in (each for each in rows if each.kind == kind):
            name = _name(row)
            for at, text in enumerate(name):
                sheet.text(0, top + 12 + at * _LINE, text)
            _marks(sheet, row, top + 8, x, scale)
            top += _ROW + (len(name) - 1) * _LINE
            sheet.line([(0, top - 1.5), (_RIGHT, top - 1.5)])
    return sheet.svg()


def _name(row: _Row) -> list[str]:
    return lines(row.item.title, _LEFT - 12, 12, most=2)


def _high(rows: Sequence[_Row]) -> float:
    """Return how high rows are, those with two lines of name too."""
    return sum(_ROW + (len(_name(row)) - 1) * _LINE for row in rows)


def _days(item: Item, first: dt.date, last: dt.date) -> list[dt.date]:
    days = occurrences(item.timing, first, last)
    if not days and item.timing.last and not item.timing.rule:  # a period that began before
        start = item.timing.start
        began = start.date() if isinstance(start, dt.datetime) else start
        return [first] if began < first <= item.timing.last else []
    return days


def _marks(sheet: Canvas, row: _Row, y: float, at: Callable[[dt.date], float], scale: float) -> None:
    """Draw the days: a line for every day, ticks for every week, dots for fewer; a diamond for one alone."""
    days = row.days
    if row.item.timing.last:
        left, right = at(days[0]), at(row.item.timing.last + dt.timedelta(days=1))
        sheet.box(left, y - 4, max(right - left, 3), 8, fill=HAIRLINE, edge=RULE)
    elif len(days) >= _DAILY:
        sheet.line([(at(days[0]), y), (at(days[-1]) + scale, y)], colour=ACCENT, width=2)
    elif len(days) >= _WEEKLY:
        sheet.marks([(at(day) + scale / 2, y) for day in days], 6, colour=ACCENT, tall=True)
    elif row.item.timing.rule:
        sheet.marks([(at(day) + scale / 2, y) for day in days], 7, colour=ACCENT)
    else:
        edge = MEDIUM if row.kind == "expiry" else INK
        sheet.diamond(at(days[0]) + scale / 2, y, 5, fill=edge)


def _said(source: Source, row: _Row) -> str:
    say, days = source.say, row.days
    timing = row.item.timing
    if timing.last:
        when = say("pictures.calendar.times.span", date=_date(days[0]), end=_date(timing.last))
    elif len(days) >= _DAILY:
        when = say("pictures.calendar.times.daily")
    elif len(days) >= _WEEKLY:
        when = say("pictures.calendar.times.weekly")
    elif len(days) > 1:
        when = say("pictures.calendar.times.often", count=len(days), date=_date(days[0]))
    else:
        when = say("pictures.calendar.times.once", date=_date(days[0]))
    return say("pictures.calendar.alt_item", title=row.item.title, when=when)


def _months_on(day: dt.date, count: int) -> dt.date:
    month = day.month - 1 + count
    return dt.date(day.year + month // 12, month % 12 + 1, 1)


def _month(day: dt.date) -> str:
    """Name a month in three letters; the year stands with January."""
    name = ENGLISH.months[day.month - 1][:3]
    return f"{name} {day:%y}" if day.month == 1 else name


def _date(day: dt.date) -> str:
    return fields.show(day.isoformat(), Spec(kind="date"))
