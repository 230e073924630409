"""The roadmap: a column a quarter, what is planned in it, and how far each item is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from maintplan.figures.canvas import WIDTH, Canvas, cut, lines, width
from maintplan.figures.model import Picture, Source
from maintplan.figures.palette import ACCENT, DECIDED, INK, MUTED, RULE

_QUARTER = re.compile(r"\b(?:(20\d\d)\D{0,3}[QqTt]\s*([1-4])|[QqTt]\s*([1-4])\D{0,3}(20\d\d))\b")
_YEAR = re.compile(r"\b(20\d\d)\b")
_COLUMNS = 5
"""Quarters beside each other; further ones stand below."""
_LEGEND, _HEAD, _LINE, _GAP, _PAD = 28.0, 30.0, 15.0, 11.0, 10.0
_STATES = ("done", "in-progress", "planned", "dropped")


def draw(source: Source) -> Picture | None:
    """Draw the items by quarter; nothing where none is on the roadmap."""
    rows = [each for each in source.rows("item") if each.get("item")]
    if not rows:
        return None
    quarters = _quarters(source, rows)
    wide = (WIDTH + _PAD) / min(max(len(quarters), 2), _COLUMNS)
    bands = [quarters[at : at + _COLUMNS] for at in range(0, len(quarters), _COLUMNS)]
    laid = [[(name, [_Card(row, wide - _PAD) for row in items]) for name, items in band] for band in bands]
    heights = [_HEAD + max(sum(card.height for card in cards) for _, cards in band) + _GAP for band in laid]
    sheet = Canvas(_LEGEND + sum(heights))
    _legend(sheet, source, rows)
    top = _LEGEND
    for band, height in zip(laid, heights, strict=True):
        for index, (name, cards) in enumerate(band):
            left = index * wide
            sheet.text(left, top + 15, cut(name, wide - _PAD, 12.5, bold=True), size=12.5, bold=True)
            sheet.line([(left, top + 22), (left + wide - _PAD, top + 22)], colour=RULE)
            below = top + _HEAD
            for card in cards:
                card.put(sheet, left, below)
                below += card.height
        top += height
    alt = "; ".join(
        source.say(
            "pictures.roadmap.alt_quarter", quarter=name, items=", ".join(_said(source, row) for row in items)
        )
        for name, items in quarters
    )
    said = source.say("pictures.roadmap.alt", count=len(rows), quarters=alt)
    return Picture(source.drawing.id, sheet.svg(), said, source.say("pictures.roadmap.caption"))


def _said(source: Source, row: Mapping[str, Any]) -> str:
    status = source.shown("status", row.get("status")).lower()
    return f"{row['item']} ({status})" if status else str(row["item"])


class _Card:
    """One item: a mark for its state, its name in a few lines, its owner."""

    def __init__(self, row: Mapping[str, Any], wide: float) -> None:
        self.state = str(row.get("status") or "planned")
        self.name = lines(str(row["item"]), wide - 20, 12, most=4)
        owner = row.get("owner")
        self.owner = cut(str(owner), wide - 20, 11) if owner else ""
        self.height = _LINE * len(self.name) + (14 if self.owner else 0) + _GAP

    def put(self, sheet: Canvas, left: float, top: float) -> None:
        _mark(sheet, self.state, left + 6, top + 8)
        colour = MUTED if self.state == "dropped" else INK
        for index, text in enumerate(self.name):
            sheet.text(left + 18, top + 12 + index * _LINE, text, colour=colour)
        if self.owner:
            below = top + 11 + len(self.name) * _LINE
            sheet.text(left + 18, below, self.owner, size=11, colour=MUTED)


def _mark(sheet: Canvas, state: str, x: float, y: float) -> None:
    """Draw a state: full, half full, empty, crossed; colour says it a second time."""
    if state == "done":
        sheet.dot(x, y, 5, fill=DECIDED, edge=DECIDED)
    elif state == "dropped":
        sheet.line([(x - 4, y - 4), (x + 4, y + 4)], colour=RULE, width=1.5)
        sheet.line([(x - 4, y + 4), (x + 4, y - 4)], colour=RULE, width=1.5)
    else:
        sheet.dot(x, y, 5, fill=None, edge=ACCENT)
        if state == "in-progress":
            sheet.dot(x, y, 2.6, fill=ACCENT)


def _legend(sheet: Canvas, source: Source, rows: list[Mapping[str, Any]]) -> None:
    at = 0.0
    for state in _STATES:
        if any((row.get("status") or "planned") == state for row in rows):
            word = source.shown("status", state)
            _mark(sheet, state, at + 6, 10)
            sheet.text(at + 17, 14, word, size=11, colour=MUTED)
            at += 17 + width(word, 11) + 20


def _quarters(source: Source, rows: list[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Gather the items by quarter, in the order of the calendar; what names none stands last."""
    found: dict[str, tuple[tuple[int, int, str], list[Mapping[str, Any]]]] = {}
    for row in rows:
        text = " ".join(str(row.get("quarter") or "").split())
        key, name = _place(text, source)
        found.setdefault(name, (key, []))[1].append(row)
    return [(name, items) for name, (_, items) in sorted(found.items(), key=lambda each: each[1][0])]


def _place(text: str, source: Source) -> tuple[tuple[int, int, str], str]:
    quarter = _QUARTER.search(text)
    if quarter:
        year, number = int(quarter[1] or quarter[4]), int(quarter[2] or quarter[3])
        return (year, number, ""), f"{year} Q{number}"
    year_only = _YEAR.search(text)
    if year_only:
        return (int(year_only[1]), 5, text), text
    return (9999, 0, text), text or source.say("pictures.roadmap.no_quarter")
