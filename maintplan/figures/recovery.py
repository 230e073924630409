"""The way back after a failure: noticed, decided, restored, seen to work; against its objective."""

from __future__ import annotations

from dataclasses import dataclass

from maintplan.fields import duration
from maintplan.figures import lengths
from maintplan.figures.canvas import WIDTH, Anchor, Canvas, cut, width
from maintplan.figures.model import Picture, Source
from maintplan.figures.palette import ACCENT, DECIDED, HIGH, INK, MUTED, RULE, SHADE

_LEFT, _RIGHT = 210.0, WIDTH - 8
_TOP, _ROW, _BAR, _FOOT = 30.0, 27.0, 13.0, 26.0
_LEAST = 3.0
_ROOM = 1.06
"""How much longer the axis is than what stands on it."""
_TICKS = (1, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 7200, 14400)
"""Minutes between two marks of the axis."""
_MOST_TICKS = 7


@dataclass(frozen=True)
class _Phase:
    """One row: its name, how many seconds it takes (None where nobody said), and whether it restores."""

    name: str
    seconds: float | None
    restores: bool


def draw(source: Source) -> Picture | None:
    """Draw the recovery; nothing where nobody knows how long any of its steps takes."""
    phases = _phases(source)
    objective, measured = _seconds(source, "objective"), _seconds(source, "measured")
    if measured is None and not any(each.restores and each.seconds for each in phases):
        return None
    say = source.say
    total = sum(each.seconds or 0.0 for each in phases)
    decided = sum(each.seconds or 0.0 for each in phases if not each.restores)
    tested = decided + measured if measured is not None else 0.0
    scale = (_RIGHT - _LEFT) / (max(total, objective or 0.0, tested, 60.0) * _ROOM)
    verify = _verify(source)
    rows = len(phases) + bool(verify) + (measured is not None)
    bottom = _TOP + rows * _ROW
    sheet = Canvas(bottom + _FOOT)
    _axis(sheet, source, scale, bottom)
    top, passed = _TOP, 0.0
    for each in phases:
        _row(sheet, source, each, top, _LEFT + passed * scale, scale)
        passed += each.seconds or 0.0
        top += _ROW
    if verify:
        sheet.text(0, top + 17, cut(say("pictures.recovery.verify"), _LEFT - 12, 12))
        sheet.diamond(_LEFT + passed * scale, top + 13, 6, fill=DECIDED)
        _beside(sheet, verify, top + 17, _LEFT + passed * scale, 10, colour=MUTED)
        top += _ROW
    if measured is not None:
        name = say("pictures.recovery.measured", date=source.shown("tested", source.value("tested")))
        sheet.text(0, top + 17, cut(name.strip(" ,"), _LEFT - 12, 12), colour=MUTED)
        sheet.box(
            _LEFT + decided * scale, top + 7, max(measured * scale, _LEAST), _BAR, edge=RULE, dashed=True
        )
        shown = source.shown("measured", source.value("measured"))
        if measured * scale > width(shown, 11) + 14:
            sheet.text(_LEFT + decided * scale + 7, top + 17.5, shown, size=11, colour=MUTED)
        else:
            _beside(sheet, shown, top + 17, _LEFT + decided * scale, measured * scale, colour=MUTED)
    if objective is not None:
        _objective(sheet, source, _LEFT + objective * scale, bottom)
    verdict = _verdict(source, phases, total, objective)
    caption = say("pictures.recovery.caption", verdict=verdict).strip()
    return Picture(source.drawing.id, sheet.svg(), _alt(source, phases, verdict), caption)


def _phases(source: Source) -> list[_Phase]:
    """Return the rows; detection and decision are left out where nobody said how long they take."""
    say = source.say
    found = [
        _Phase(say(f"pictures.recovery.{role}"), seconds, restores=False)
        for role in ("detect", "decide")
        if (seconds := _seconds(source, role)) is not None
    ]
    for row in source.rows("step"):
        if row.get("step"):
            minutes = row.get("minutes")
            seconds = float(minutes) * 60 if minutes is not None else None
            found.append(_Phase(str(row["step"]), seconds, restores=True))
    return found


def _seconds(source: Source, role: str) -> float | None:
    value = source.value(role)
    return duration.seconds(value) if value is not None else None


def _verify(source: Source) -> str:
    """Return how to see that the last step worked: then the service is back."""
    checks = [row.get("verify") for row in source.rows("step")]
    return str(checks[-1]) if checks and checks[-1] else ""


def _row(sheet: Canvas, source: Source, phase: _Phase, top: float, left: float, scale: float) -> None:
    sheet.text(0, top + 17, cut(phase.name, _LEFT - 12, 12))
    sheet.line([(0, top + _ROW), (_RIGHT, top + _ROW)])
    long = (phase.seconds or 0.0) * scale
    if phase.seconds is None:
        sheet.line([(left, top + 7), (left, top + 7 + _BAR)], colour=RULE, dashed=True)
        _beside(sheet, source.say("pictures.recovery.no_time"), top + 17, left, 0, colour=MUTED)
        return
    look = {"fill": ACCENT} if phase.restores else {"fill": SHADE, "edge": ACCENT}
    sheet.box(left, top + 7, max(long, _LEAST), _BAR, **look)
    _beside(sheet, lengths.short(phase.seconds, source.say), top + 17, left, max(long, _LEAST))


def _beside(sheet: Canvas, text: str, y: float, left: float, long: float, colour: str = INK) -> None:
    """Write after a bar, or before it where there is no room."""
    after, before = _RIGHT - left - long - 8, left - _LEFT - 8
    if width(text, 12) <= after or after >= before:
        sheet.text(left + long + 7, y, cut(text, after, 12), colour=colour)
    else:
        sheet.text(left - 7, y, cut(text, before, 12), colour=colour, anchor="end")


def _axis(sheet: Canvas, source: Source, scale: float, bottom: float) -> None:
    whole = (_RIGHT - _LEFT) / scale / 60
    step = next((each for each in _TICKS if whole / each <= _MOST_TICKS), _TICKS[-1])
    while whole / step > _MOST_TICKS:  # a recovery that takes months
        step *= 2
    for index in range(int(whole / step) + 1):
        x = _LEFT + index * step * 60 * scale
        sheet.line([(x, _TOP), (x, bottom)])
        anchor: Anchor = "middle" if index else "start"
        sheet.text(
            x, bottom + 16, lengths.short(index * step * 60, source.say), size=11, colour=MUTED, anchor=anchor
        )


def _objective(sheet: Canvas, source: Source, x: float, bottom: float) -> None:
    sheet.line([(x, 18), (x, bottom)], colour=HIGH, width=2)
    shown = source.shown("objective", source.value("objective"))
    text = f"{source.label('objective')} {shown}"
    room = width(text, 12, bold=True) / 2
    anchor: Anchor = "middle" if x + room <= _RIGHT else "end"
    at = x if anchor == "middle" else _RIGHT
    sheet.text(at, 12, text, bold=True, colour=HIGH, anchor=anchor)


def _verdict(source: Source, phases: list[_Phase], total: float, objective: float | None) -> str:
    """Say whether it fits the objective; nothing where lengths are missing that decide it."""
    say = source.say
    unknown = sum(1 for each in phases if each.seconds is None)
    if objective is not None and total > objective:
        return say("pictures.recovery.over", length=lengths.short(total - objective, say))
    if unknown:
        return say("pictures.recovery.unknown", count=unknown)
    if objective is None or not phases:
        return ""
    return say("pictures.recovery.spare", length=lengths.short(objective - total, say))


def _alt(source: Source, phases: list[_Phase], verdict: str) -> str:
    say = source.say
    listed = "; ".join(
        f"{each.name}, {lengths.short(each.seconds, say)}"
        if each.seconds is not None
        else f"{each.name}, {say('pictures.recovery.no_time')}"
        for each in phases
    )
    said = [say("pictures.recovery.alt", phases=listed)]
    if (objective := source.value("objective")) is not None:
        said.append(f"{source.label('objective')}: {source.shown('objective', objective)}.")
    if (measured := source.value("measured")) is not None:
        said.append(f"{source.label('measured')}: {source.shown('measured', measured)}.")
    return " ".join(filter(None, (*said, verdict)))
