"""Looks for words in questions and answers, and for what is unanswered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from maintplan import fields
from maintplan.interview import Interview
from maintplan.widgets import stepviews
from maintplan.words import Words

MOST = 30
AROUND = 40


def search(
    interview: Interview, text: str, words: Words, *, unanswered: bool = False
) -> list[dict[str, Any]]:
    """Return where all the words of a text stand: step, place, what it is called, and the words around.

    Parameters
    ----------
    unanswered
        Whether to look only at what has no answer yet; all of that is found where the text is empty.
    """
    wanted = text.casefold().split()
    if unanswered and not wanted:
        return _missing(interview, words)
    if not wanted:
        return []
    found = []
    left = {each.place for each in interview.missing()} if unanswered else None
    for step, place, label, content in _texts(interview, words):
        if left is not None and not any(place == each or place.startswith(f"{each}.") for each in left):
            continue
        low = f"{label} {content}".casefold()
        if all(word in low for word in wanted):
            found.append({"step": step, "place": place, "label": label, "text": _around(content, wanted[0])})
            if len(found) == MOST:
                break
    return found


def _missing(interview: Interview, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "step": each.step.id,
            "place": each.place,
            "label": stepviews.missing_label(interview, each.step, each.place, words),
            "text": "",
        }
        for each in interview.missing()
    ]


def _texts(interview: Interview, words: Words) -> Iterator[tuple[str, str, str, str]]:
    plan, standing = interview.plan, interview.standing
    for step in interview.steps:
        if step.kind != "question":
            yield step.id, "", step.title, ""
            continue
        question = plan.template.question(step.about)
        if question is None:
            continue
        yield (
            step.id,
            "",
            question.heading,
            f"{question.asks} {question.considers} {plan.responses.get(question.id, '')}",
        )
        for consideration in question.considerations:
            if standing.considerations[consideration.place] != "not_asked":
                yield step.id, consideration.place, consideration.words, consideration.guidance
            for each in consideration.fields:
                held = standing.fields[each.place]
                if held.asked or held.shown:
                    shown = "" if held.value is None else _told(held.value, each.spec)
                    yield step.id, each.place, each.label or words("app.field.answer"), f"{each.help} {shown}"


def _told(value: Any, spec: fields.Spec) -> str:
    if spec.kind != "table":
        return fields.show(value, spec)
    cells = ((row[column.id], column) for row in value for column in spec.columns if column.id in row)
    return " ".join(fields.show(cell, column) for cell, column in cells)


def _around(text: str, word: str) -> str:
    text = " ".join(text.split())
    at = text.casefold().find(word)
    if at < 0:
        return text[: 2 * AROUND]
    # From the beginning of a word to the end of one.
    start = text.find(" ", at - AROUND, at) + 1 if at > AROUND else 0
    end = text.rfind(" ", at + len(word), at + 2 * AROUND) if len(text) > at + 2 * AROUND else len(text)
    shown = text[start:end] if end > at else text[start : at + 2 * AROUND]
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")
