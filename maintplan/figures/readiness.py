"""How ready a plan is, question by question: what is decided, and what is open in which way."""

from __future__ import annotations

from maintplan.figures.canvas import WIDTH, Canvas, lines, width
from maintplan.figures.model import Picture, Source
from maintplan.figures.palette import DECIDED, HAIRLINE, MEDIUM, MUTED, RECOMMENDED, RULE
from maintplan.plan import Count
from maintplan.plan.standing import State

_LEFT, _RIGHT = 270.0, WIDTH - 64
_ROW, _BAR, _LEGEND, _LINE = 28.0, 14.0, 34.0, 15.0
_LOOKED_AT: tuple[State, ...] = ("recommended", "inherited", "to_confirm")
_KINDS = ("decided", "recommended", "not_known_yet", "missing")


def draw(source: Source) -> Picture | None:
    """Draw a bar for each question that is asked anything; nothing where none is."""
    standing, say = source.standing, source.say
    questions = [(each, standing.count(each.id)) for each in standing.plan.template.questions]
    questions = [(each, count) for each, count in questions if count.asked]
    if not questions:
        return None
    most = max(count.asked for _, count in questions)
    names = [lines(each.heading, _LEFT - 14, 12, most=2) for each, _ in questions]
    sheet = Canvas(_LEGEND + len(questions) * _ROW + sum(map(_more, names)) + 6)
    used = [kind for kind in _KINDS if any(_counted(count)[kind] for _, count in questions)]
    at = _LEFT
    for kind in used:
        word = say(f"states.{kind}")
        _segment(sheet, kind, at, 6, 14, 12)
        sheet.text(at + 20, 16, word, size=11, colour=MUTED)
        at += 20 + width(word, 11) + 18
    top = _LEGEND
    for (_, count), name in zip(questions, names, strict=True):
        sheet.line([(0, top), (WIDTH, top)])
        for at, text in enumerate(name):
            sheet.text(0, top + 18 + at * _LINE, text)
        left = _LEFT
        for kind, number in _counted(count).items():
            wide = number / most * (_RIGHT - _LEFT)
            if number:
                _segment(sheet, kind, left, top + 7, wide, _BAR)
            left += wide
        done = say("pictures.readiness.of", decided=count.decided, asked=count.asked)
        sheet.text(WIDTH, top + 18, done, colour=MUTED, anchor="end")
        top += _ROW + _more(name)
    alt = "; ".join(
        say(
            "pictures.readiness.alt_question", question=each.heading, decided=count.decided, asked=count.asked
        )
        for each, count in questions
    )
    whole = standing.count()
    said = say("pictures.readiness.alt", decided=whole.decided, asked=whole.asked, questions=alt)
    return Picture(source.drawing.id, sheet.svg(), said, say("pictures.readiness.caption"))


def _more(name: list[str]) -> float:
    """Return how much higher a row is for the lines of its name."""
    return (len(name) - 1) * _LINE


def _counted(count: Count) -> dict[str, int]:
    """Count in the order from done to open; first full, last empty, so that grey tells them apart."""
    return {
        "decided": count.decided,
        "recommended": sum(count.open[state] for state in _LOOKED_AT),
        "not_known_yet": count.open["not_known_yet"],
        "missing": count.open["missing"],
    }


def _segment(sheet: Canvas, kind: str, left: float, top: float, wide: float, high: float) -> None:
    """Draw a part of a bar: full, half full, a line, an outline."""
    left, wide = left + 1, wide - 2
    if kind == "decided":
        sheet.box(left, top, wide, high, fill=DECIDED, edge=DECIDED)
    elif kind == "recommended":
        sheet.box(left, top + high / 2, wide, high / 2, fill=RECOMMENDED)
        sheet.box(left, top, wide, high, edge=RECOMMENDED)
    elif kind == "not_known_yet":
        sheet.box(left, top, wide, high, fill=HAIRLINE, edge=MEDIUM, dashed=True)
    else:
        sheet.box(left, top, wide, high, edge=RULE)
