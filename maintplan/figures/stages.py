"""The rollout as a Gantt chart: one bar a stage, and below it the share of traffic over the same time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from maintplan import fields
from maintplan.fields import Spec, duration
from maintplan.figures import lengths
from maintplan.figures.canvas import WIDTH, Canvas, cut, lines, width
from maintplan.figures.model import Picture, Source
from maintplan.figures.palette import ACCENT, GROUND, HAIRLINE, INK, MUTED, RULE, SHADE

_LEFT, _RIGHT = 178.0, WIDTH - 8
_ROW, _BAR, _STEPS = 46.0, 16.0, 76.0
_GAP = 30.0
_DAY = 86400


def draw(source: Source) -> Picture | None:
    """Draw the stages; nothing where no stage says how much or how long."""
    rows = [each for each in source.rows("share") or source.rows("watch") if each.get("stage")]
    if not any(each.get("share") is not None or each.get("watch") for each in rows):
        return None
    say = source.say
    seconds = [duration.seconds(each["watch"]) if each.get("watch") else 0.0 for each in rows]
    parts, to_scale = lengths.shares(seconds)
    edges = [_LEFT + sum(parts[:index]) * (_RIGHT - _LEFT) for index in range(len(rows) + 1)]
    shown = any(each.get("share") is not None for each in rows)
    bottom = len(rows) * _ROW + (_GAP + _STEPS if shown else 0)
    sheet = Canvas(bottom + 38)
    for index, edge in enumerate(edges):
        sheet.line([(edge, min(index, len(rows) - 1) * _ROW + 7), (edge, bottom)])
    for index, row in enumerate(rows):
        _row(sheet, source, row, index * _ROW, edges[index], edges[index + 1])
    if shown:
        _share(sheet, source, rows, edges, bottom)
    _axis(sheet, source, seconds, edges, bottom)
    caption = say("pictures.stages.caption")
    if not to_scale:
        caption = f"{caption} {say('pictures.not_to_scale')}"
    if source.recommended("share"):
        caption = f"{caption} {say('field.recommended_table')}"
    return Picture(source.drawing.id, sheet.svg(), _alt(source, rows, sum(seconds)), caption)


def _row(
    sheet: Canvas, source: Source, row: Mapping[str, Any], top: float, left: float, right: float
) -> None:
    sheet.text(0, top + 16, cut(str(row["stage"]), _LEFT - 16, 12.5, bold=True), size=12.5, bold=True)
    for at, line in enumerate(lines(str(row.get("audience") or ""), _LEFT - 16, 10.5, most=2)):
        sheet.text(0, top + 29 + 12 * at, line, size=10.5, colour=MUTED)
    known = bool(row.get("watch"))
    look = {"fill": ACCENT} if known else {"edge": ACCENT, "dashed": True}
    sheet.box(left, top + 7, right - left, _BAR, **look)
    what = ", ".join(filter(None, (source.shown("share", row.get("share")), _watch(source, row))))
    gate = row.get("gate")
    stops = source.say("pictures.stages.gate", gate=gate) if gate else ""
    _beside(sheet, what, top + 19.5, left, right, filled=known)
    _under(sheet, stops, top + 36, left)
    sheet.line([(0, top + _ROW - 0.5), (_RIGHT, top + _ROW - 0.5)])


def _watch(source: Source, row: Mapping[str, Any]) -> str:
    return source.shown("watch", row.get("watch")) or source.say("pictures.stages.no_watch")


def _beside(sheet: Canvas, text: str, y: float, left: float, right: float, *, filled: bool) -> None:
    """Write beside a bar: after it where there is room, else within it, else before it."""
    room = width(text, 12) + 8
    if _RIGHT - right >= room:
        sheet.text(right + 7, y, text)
    elif right - left < room and left - _LEFT >= room:
        sheet.text(left - 7, y, text, anchor="end")
    else:
        sheet.text(left + 7, y, cut(text, right - left - 10, 12), colour=GROUND if filled else INK)


def _under(sheet: Canvas, text: str, y: float, left: float) -> None:
    text = cut(text, _RIGHT - _LEFT, 11)
    if _RIGHT - left >= width(text, 11):
        sheet.text(left, y, text, size=11, colour=MUTED)
    else:
        sheet.text(_RIGHT, y, text, size=11, colour=MUTED, anchor="end")


def _share(
    sheet: Canvas, source: Source, rows: list[Mapping[str, Any]], edges: list[float], bottom: float
) -> None:
    top = bottom - _STEPS
    sheet.text(0, top + 4, cut(source.label("share"), _LEFT - 60, 11), size=11, colour=MUTED)
    for level in (0, 50, 100):
        y = bottom - level / 100 * _STEPS
        sheet.line([(_LEFT, y), (_RIGHT, y)], colour=RULE if level == 0 else HAIRLINE)
        sheet.text(_LEFT - 8, y + 4, source.shown("share", level), size=11, colour=MUTED, anchor="end")
    points = [(edges[0], bottom)]
    share = 0.0
    for index, row in enumerate(rows):
        share = float(row["share"]) if row.get("share") is not None else share
        y = bottom - share / 100 * _STEPS
        points += [(edges[index], y), (edges[index + 1], y)]
    sheet.area([*points, (edges[-1], bottom)], fill=SHADE)
    sheet.line(points, colour=ACCENT, width=2)


def _axis(sheet: Canvas, source: Source, seconds: list[float], edges: list[float], bottom: float) -> None:
    start = source.value("start")
    passed = 0.0
    free = _LEFT - 40
    last = len(edges) - 1
    texts = []
    for index, edge in enumerate(edges):
        passed += seconds[index - 1] if index else 0.0
        texts.append((edge, lengths.short(passed, source.say) if index else "0"))
    for index, (edge, text) in enumerate(texts):
        room = width(text, 11)
        at = edge - room if index == last else edge - room / 2 if index else edge
        ahead = texts[last][0] - width(texts[last][1], 11) - 10
        if (index and at < free) or (index < last and at + room > ahead and index):
            continue
        anchor = "end" if index == last else "middle" if index else "start"
        sheet.text(edge, bottom + 16, text, size=11, colour=MUTED, anchor=anchor)  # type: ignore[arg-type]
        free = at + room + 10
    if start is None:
        return
    day = dt.date.fromisoformat(start)
    sheet.text(edges[0], bottom + 32, fields.show(start, Spec(kind="date")), size=11, bold=True)
    end = day + dt.timedelta(days=passed // _DAY)
    if end > day and all(seconds):
        shown = fields.show(end.isoformat(), Spec(kind="date"))
        sheet.text(edges[-1], bottom + 32, shown, size=11, bold=True, anchor="end")


def _alt(source: Source, rows: list[Mapping[str, Any]], total: float) -> str:
    say, start = source.say, source.value("start")
    stages = [
        say(
            "pictures.stages.alt_stage",
            stage=row["stage"],
            share=source.shown("share", row.get("share")) or say("pictures.stages.no_share"),
            watch=_watch(source, row),
        )
        for row in rows
    ]
    said = say(
        "pictures.stages.alt", count=len(rows), length=lengths.short(total, say), stages="; ".join(stages)
    )
    begins = say("pictures.stages.alt_start", date=source.shown("start", start)) if start else ""
    return " ".join(filter(None, (said, begins)))
