"""The parts beside the sections: inputs, lists across all questions, what is open, what does not apply."""

from __future__ import annotations

from collections.abc import Iterator

from maintplan.fields.wording import lowered
from maintplan.plan import NotApplicable, NotKnownYet, Standing, Unknown, approval
from maintplan.summary import values
from maintplan.summary.blocks import (
    Block,
    Bullets,
    Column,
    Line,
    Note,
    Paragraph,
    Part,
    Span,
    Table,
    Tone,
    joined,
    line,
)
from maintplan.summary.phrases import TONES, date, heading, listed, moment, named, table, words_of
from maintplan.template import Consideration
from maintplan.words import Words


def all_parts(standing: Standing) -> Iterator[Part]:
    """Yield all of these parts, in reading order."""
    yield inputs(standing)
    yield from cross_cutting(standing)
    yield open_points(standing)
    yield considerations(standing)
    yield from exceptions(standing)
    yield from retired(standing)


def inputs(standing: Standing) -> Part:
    """Return what the planning rests on."""
    plan, say = standing.plan, words_of(standing)
    rows = []
    for each in plan.template.inputs:
        given = plan.inputs.get(each.id)
        state = say(f"inputs.{given.status}") if given else say("inputs.unanswered")
        tone: Tone = "plain" if given and given.status == "provided" else "medium"
        parts = [values.reference(each) for each in given.references] if given else []
        if given and given.note:
            parts.append(values.typed(given.note))
        rows.append((line(each.words), line(Span(text=state, tone=tone)), joined(parts, "; ")))
    columns = (
        Column(label=say("inputs.input"), weight=20),
        Column(label=say("inputs.state"), weight=8),
        Column(label=say("inputs.references"), weight=30),
    )
    table = Table(caption=say("inputs.title"), columns=columns, rows=tuple(rows))
    return Part(
        id="inputs",
        title=say("inputs.title"),
        blocks=(Paragraph(line=line(say("inputs.lead")), tone="muted"), table),
    )


def cross_cutting(standing: Standing) -> Iterator[Part]:
    """Yield the lists that go across all questions."""
    plan, say = standing.plan, words_of(standing)
    for each in plan.template.cross_cutting:
        given = plan.cross_cutting.get(each.id, {})
        if isinstance(given, NotApplicable):
            whole = values.typed(say("cross_cutting.whole", reason=given.not_applicable))
            yield Part(id=each.id, title=each.heading, blocks=(Paragraph(line=whole),))
            continue
        rows = []
        for item in each.items:
            said = given.get(item.id)
            note, owner, due = (said.note, said.owner, said.due) if said else (None, None, None)
            if said is None or not said.answered:
                state = Span(text=say("cross_cutting.unanswered"), tone="medium")
            elif said.status is None:
                state = Span(text=say("cross_cutting.not_applicable"), tone="muted")
                note = said.not_applicable if note is None else f"{said.not_applicable} {note}"
            else:
                tones: dict[str, Tone] = {"met": "decided", "planned": "recommended", "not-met": "high"}
                state = Span(text=say(f"cross_cutting.{said.status}"), tone=tones[said.status])
            rows.append(
                (
                    line(item.words),
                    line(state),
                    values.typed(note or ""),
                    values.typed(owner or ""),
                    line(date(due)),
                )
            )
        labels = (("item", 22), ("state", 10), ("note", 30), ("owner", 10), ("due", 10))
        yield Part(
            id=each.id, title=each.heading, blocks=(table(say, "cross_cutting", each.heading, labels, rows),)
        )


def open_points(standing: Standing) -> Part:
    """Return what is missing, to be looked at, or not known yet; what is to be done is with the findings."""
    plan, say = standing.plan, words_of(standing)
    blocks: list[Block] = []
    for question, said in approval.reopened(plan).items():
        found = plan.template.question(question)
        text = values.typed(say("open.reopened", feedback=said.feedback or ""))
        href = Span(text=found.heading if found else question, tone="strong", href=f"#{question}")
        blocks.append(Note(tone="medium", line=(href, Span(text=". "), *text)))
    for state in ("missing", "recommended", "inherited", "to_confirm"):
        items = tuple(_open_items(standing, state))
        if items:
            blocks.append(heading(say, f"open.{state}", f"open-{state}"))
            blocks.append(Bullets(items=items))
    if unknown := tuple(_unknown_rows(standing)):
        blocks.append(heading(say, "open.unknown", "open-unknown"))
        labels = (("what", 30), ("who", 14), ("due", 12), ("note", 26))
        blocks.append(table(say, "open", say("open.unknown"), labels, unknown))
    if dangling := standing.dangling:
        blocks.append(heading(say, "open.dangling", "open-dangling"))
        told = [(named(standing, each.place), each.key, named(standing, each.table)) for each in dangling]
        texts = (say("open.dangling_item", place=place, key=key, table=table) for place, key, table in told)
        blocks.append(Bullets(items=tuple(line(text) for text in texts)))
    blocks.extend(_comments(standing))
    if not blocks:
        blocks.append(Paragraph(line=line(say("open.nothing"))))
    return Part(id="open", title=say("open.title"), kind="status", blocks=tuple(blocks))


def _open_items(standing: Standing, state: str) -> Iterator[Line]:
    for question in standing.plan.template.questions:
        for consideration in question.considerations:
            labels = [
                each.field.label
                for each in (standing.fields[field.place] for field in consideration.fields)
                if each.state == state
            ]
            if labels and standing.considerations[consideration.place] not in ("not_applicable", "decided"):
                link = Span(text=consideration.words, href=f"#{question.id}-{consideration.id}")
                yield line(link, ": ", listed(labels))


def _unknown_rows(standing: Standing) -> Iterator[tuple[Line, ...]]:
    def row(link: Line, said: Unknown) -> tuple[Line, ...]:
        return (link, values.typed(said.who or ""), line(date(said.due)), values.typed(said.note or ""))

    for consideration in standing.plan.template.considerations:
        anchor = f"#{consideration.question}-{consideration.id}"
        stance = standing.plan.answers.get(consideration.place)
        if isinstance(stance, NotKnownYet):
            yield row(line(Span(text=consideration.words, href=anchor)), stance.not_known_yet)
        for field in consideration.fields:
            each = standing.fields[field.place]
            if isinstance(each.answer, NotKnownYet) and each.answer is not stance and each.shown:
                name = line(Span(text=consideration.words, href=anchor), f": {lowered(field.label)}")
                yield row(name, each.answer.not_known_yet)


def _comments(standing: Standing) -> Iterator[Block]:
    plan, say = standing.plan, words_of(standing)
    remarks = [each for each in plan.comments if not each.resolved]
    if remarks:
        yield heading(say, "open.comments", "open-comments")
        items = (
            joined(
                [
                    line(Span(text=each.by, tone="strong"), f" ({moment(each.when)})"),
                    values.typed(each.text),
                ],
                ": ",
            )
            for each in remarks
        )
        yield Bullets(items=tuple(items))


def considerations(standing: Standing) -> Part:
    """Return the table of all considerations with state, owner and source."""
    plan, say = standing.plan, words_of(standing)
    rows = []
    for question in plan.template.questions:
        for consideration in question.considerations:
            state = standing.considerations[consideration.place]
            if state == "not_asked":
                continue
            tone: Tone = TONES.get(state, "muted")
            rows.append(
                (
                    line(plan.template.section_title(question.id)),
                    line(Span(text=consideration.words, href=f"#{question.id}-{consideration.id}")),
                    line(Span(text=say(f"states.{state}"), tone=tone)),
                    values.typed(plan.owners.get(consideration.place, "")),
                    line(_sources(standing, consideration, say)),
                )
            )
    labels = (("question", 18), ("consideration", 28), ("state", 12), ("owner", 12), ("source", 14))
    listed_all = table(say, "considerations", say("considerations.title"), labels, rows)
    return Part(id="considerations", title=say("considerations.title"), kind="status", blocks=(listed_all,))


def _sources(standing: Standing, consideration: Consideration, say: Words) -> str:
    if standing.plan.answers.get(consideration.place) is not None:
        return say("sources.entered")
    found: dict[str, None] = {}
    for field in consideration.fields:
        each = standing.fields[field.place]
        if each.source and each.shown:
            found[say(f"sources.{each.source}")] = None
    return ", ".join(found)


def exceptions(standing: Standing) -> Iterator[Part]:
    """Yield the list of what does not apply, where there is anything."""
    plan, say = standing.plan, words_of(standing)
    found = approval.exceptions(plan)
    if not found:
        return
    rows = [(line(named(standing, place)), values.typed(reason)) for place, reason in found]
    listed_all = table(say, "exceptions", say("exceptions.title"), (("what", 24), ("reason", 30)), rows)
    lead = Paragraph(line=line(say("exceptions.lead")), tone="muted")
    yield Part(id="exceptions", title=say("exceptions.title"), kind="status", blocks=(lead, listed_all))


def retired(standing: Standing) -> Iterator[Part]:
    """Yield the answers that an earlier version of the template asked, where there are any."""
    plan, say = standing.plan, words_of(standing)
    if not plan.retired:
        return
    items = []
    for place, given in plan.retired.items():
        name = place.replace("-", " ").replace("_", " ").replace(".", ", ")
        items.append(line(Span(text=name, tone="strong"), ": ", str(given)))
    lead = Paragraph(line=line(say("retired.lead")), tone="muted")
    yield Part(
        id="retired", title=say("retired.title"), kind="status", blocks=(lead, Bullets(items=tuple(items)))
    )
