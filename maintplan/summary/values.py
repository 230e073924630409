"""How single answers read: a sentence for a value, a table for a table, the words for what is open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from maintplan import fields
from maintplan.fields.wording import lowered
from maintplan.plan import FieldStanding, Given, NotApplicable, Nothing, NotKnownYet, Unknown
from maintplan.summary import links
from maintplan.summary.blocks import (
    Block,
    Column,
    Line,
    Note,
    Paragraph,
    Prose,
    Span,
    Table,
    Tone,
    joined,
    line,
)
from maintplan.template import Field
from maintplan.words import Words

_CODE = re.compile(r"`([^`]+)`")
_RIGHT = ("number", "integer", "percent")
_MEASURED = ("duration", "date", "number")
_NUMBER_AND_UNIT = re.compile(r"(?<=[0-9]) (?=[^\W0-9])")
_WIDEST, _LONGEST = 60, 30
"""Characters that one column may take beside the others, and that a word in mono may ask to keep whole."""


def typed(text: str) -> Line:
    """Make a line of what a person typed on one line; text between back-ticks is a command."""
    spans: list[Span] = []
    at = 0
    for match in _CODE.finditer(text):
        if match.start() > at:
            spans.append(Span(text=text[at : match.start()]))
        spans.append(Span(text=match[1], tone="code"))
        at = match.end()
    if at < len(text):
        spans.append(Span(text=text[at:]))
    return tuple(spans)


def reference(text: str) -> Line:
    """Make a line of where something is: a web address leads there, a path is said as it is."""
    return (Span(text=text, href=text),) if links.BARE.fullmatch(text) else typed(text)


def value(given: Any, spec: fields.Spec, *, mono: bool = False) -> Line:
    """Make a line of a value as a reader sees it."""
    shown = fields.show(given, spec)
    if spec.kind == "url":
        return (Span(text=shown, href=shown),)
    if mono:
        return (Span(text=shown, tone="code"),)
    return typed(shown) if spec.kind in ("text", "markdown") else (Span(text=shown),)


def sentence(field: Field, given: Any, words: Words) -> Line:
    """Say a value as a document says it, in the template's words for it."""
    spec, says = field.spec, field.says
    if spec.options and isinstance(says, str) and not says.startswith("{value}"):
        spec = replace(spec, options={key: lowered(label) for key, label in spec.options.items()})
    shown = value(given, spec, mono=field.id in field.mono)
    if not isinstance(says, str):
        key = str(given).lower() if isinstance(given, bool) else str(given)
        if key in says:
            return line(says[key])
        says = ""
    if "{value}" not in says:
        label = words("field.labelled", label=field.label, value="{value}")
        return _filled(label, shown)
    return _filled(says, shown)


def _filled(text: str, shown: Line) -> Line:
    before, _, after = text.partition("{value}")
    if not before and shown and shown[0].tone == "plain":
        first = shown[0].text
        shown = (shown[0].model_copy(update={"text": first[:1].upper() + first[1:]}), *shown[1:])
    if after.startswith(".") and shown and shown[-1].text.endswith("."):
        after = after[1:]
    return line(before, *shown, after)


def table(field: Field, rows: Sequence[dict[str, Any]], anchors: Sequence[str] = ()) -> Table:
    """Make a table of a table's rows; a column without any value is left out."""
    columns = [column for column in field.spec.columns if any(row.get(column.id) is not None for row in rows)]
    cells = [
        tuple(
            _unbroken(value(row[column.id], column, mono=column.id in field.mono), column)
            if row.get(column.id) is not None
            else ()
            for column in columns
        )
        for row in rows
    ]
    return Table(
        caption=field.label,
        columns=tuple(
            Column(
                label=column.label,
                align="end" if column.kind in _RIGHT else "start",
                weight=_weight(column.label, [row[index] for row in cells]),
            )
            for index, column in enumerate(columns)
        ),
        rows=tuple(cells),
        anchors=tuple(anchors),
    )


def _unbroken(cell: Line, column: fields.Spec) -> Line:
    """Keep a number and its unit, or a day and its month, on one line of a narrow column."""
    if column.kind not in _MEASURED:
        return cell
    return tuple(
        span.model_copy(update={"text": _NUMBER_AND_UNIT.sub("\N{NO-BREAK SPACE}", span.text)})
        for span in cell
    )


def _weight(label: str, cells: Sequence[Line]) -> float:
    """Give a column room by the length of what it holds, so that one long cell does not take it all."""
    lengths = [sum(len(span.text) for span in cell) for cell in cells] or [0]
    typical = (max(lengths) + sum(lengths) / len(lengths)) / 2
    # A command in mono runs wider, and is misread where it breaks within a word.
    words = (
        len(word) for cell in cells for span in cell if span.tone == "code" for word in span.text.split()
    )
    longest = min(max(words, default=0), _LONGEST) * 1.3
    return round(max(4.0, len(label) * 0.8, min(typical, _WIDEST), longest), 1)


def blocks(standing: FieldStanding, words: Words) -> Iterator[Block]:
    """Yield the blocks of one answered field."""
    field, answer = standing.field, standing.answer
    if isinstance(answer, Given):
        if field.kind == "table":
            yield table(field, answer.value)
            if standing.state == "recommended":
                yield Note(tone="recommended", line=line(words("field.recommended_table")))
        elif field.kind == "markdown":
            yield Paragraph(line=(Span(text=field.label, tone="strong"), *remark(standing, words)))
            yield Prose(markdown=answer.value, under=3)
        else:
            yield Paragraph(line=(*sentence(field, answer.value, words), *remark(standing, words)))
    elif isinstance(answer, NotKnownYet):
        first = words("field.not_known_yet", label=field.label)
        yield Note(tone="medium", line=joined([line(first), unknown(answer.not_known_yet, words)]))
    elif isinstance(answer, Nothing):
        yield Paragraph(line=typed(words("field.none", label=field.label, reason=answer.none)))
    elif isinstance(answer, NotApplicable):
        text = words("field.not_applicable", label=field.label, reason=answer.not_applicable)
        yield Paragraph(line=typed(text), tone="muted")


def remark(standing: FieldStanding, words: Words) -> Line:
    """Say beside a value that nobody stands behind it yet, or that it comes from another plan."""
    tone: Tone = "recommended"
    if standing.state in ("recommended", "to_confirm"):
        text = words(f"field.{standing.state}")
    elif standing.source == "inherited":
        text, tone = words("field.inherited", origin=standing.origin or ""), "muted"
    else:
        return ()
    return line(" ", Span(text=text, tone=tone))


def unknown(said: Unknown, words: Words) -> Line:
    """Say who finds out what is not known yet, and by when."""
    due = fields.show(said.due.isoformat(), fields.Spec(kind="date")) if said.due else ""
    if said.who and due:
        found = words("unknown.who_due", who=_capital(said.who), due=due)
    elif said.who:
        found = words("unknown.who", who=_capital(said.who))
    else:
        found = words("unknown.due", due=due) if due else ""
    note = _ended(said.note) if said.note else ""
    return joined([typed(each) for each in (found, note) if each])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(text: str) -> str:
    text = _capital(text.strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def noted(found: Iterable[tuple[Sequence[Block], Sequence[Note]]]) -> Iterator[Block]:
    """Put notes after the blocks that they are about; paragraphs stay one, with their notes after it."""
    run: list[Block] = []
    notes: list[Note] = []
    for blocks_, about in found:
        if notes and not all(_flows(each) for each in blocks_):
            yield from (*merged(run), *notes)
            run, notes = [], []
        run.extend(blocks_)
        notes.extend(about)
        if notes and run and not _flows(run[-1]):
            yield from (*merged(run), *notes)
            run, notes = [], []
    yield from (*merged(run), *notes)


def merged(found: Sequence[Block]) -> Iterator[Block]:
    """Put paragraphs that follow each other into one, as a writer would."""
    waiting: Paragraph | None = None
    for each in found:
        if isinstance(each, Paragraph) and _flows(each):
            waiting = Paragraph(line=joined([waiting.line, each.line])) if waiting else each
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        yield each
    if waiting is not None:
        yield waiting


def _flows(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.tone == "plain" and not _leads(block)


def _leads(paragraph: Paragraph) -> bool:
    """Whether a paragraph is the label of the prose after it."""
    return bool(paragraph.line) and paragraph.line[0].tone == "strong"
