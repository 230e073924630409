"""The parts of a plan's report: title page, how far it is, the template's sections, what is open, sign-off.

Each function takes a plan's standing and gives parts; what they say comes from the template and from the
word catalogue, never from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from maintplan import fields
from maintplan.errors import InputError
from maintplan.plan import Count, NotApplicable, NotKnownYet, Nothing, Round, Standing, Unknown, approval, places
from maintplan.summary import values
from maintplan.summary.blocks import (
    Block,
    Bullets,
    Column,
    Heading,
    Line,
    Note,
    Pairs,
    Paragraph,
    Part,
    Prose,
    Span,
    Table,
    Tone,
    joined,
    line,
)
from maintplan.summary.words import Words, words
from maintplan.template import Consideration, Question, Section

_OPEN_TONE: dict[str, Tone] = {
    "decided": "decided",
    "recommended": "recommended",
    "to_confirm": "recommended",
    "inherited": "recommended",
    "missing": "medium",
    "not_known_yet": "medium",
}


def report(standing: Standing, today: dt.date) -> list[Part]:
    """Return all parts of the report, in reading order.

    Parameters
    ----------
    standing
        How the plan stands.
    today
        The day that the report is made on.
    """
    return [
        cover(standing, today),
        progress(standing),
        *sections(standing),
        inputs(standing),
        *cross_cutting(standing),
        open_points(standing),
        considerations(standing),
        *exceptions(standing),
        *retired(standing),
        sign_off(standing),
    ]


def cover(standing: Standing, today: dt.date) -> Part:
    """Return the title page."""
    plan, say = standing.plan, _words(standing)
    service, template = plan.service, plan.template
    status = approval.status(plan, standing)
    count = standing.count()
    made = _date(today)
    revision = str(plan.revision) if plan.revision else say("cover.not_saved")
    pairs: list[tuple[str, Line]] = [
        (say("cover.service"), line(service.name)),
        (say("cover.tier"), line(say(f"tiers.{service.tier}"))),
        (say("cover.stage"), line(say(f"stages.{service.stage}"))),
        (say("cover.owner"), line(service.owner or "")),
        (say("cover.status"), line(say(f"status.{status}"))),
        (say("cover.revision"), line(revision)),
        (say("cover.date"), line(made)),
        (say("cover.progress"), line(say("cover.progress_value", decided=count.decided, asked=count.asked))),
        (say("cover.template"), line(say("cover.template_value", name=template.title, version=template.version))),
        (say("cover.layers"), line(", ".join(template.layers))),
    ]
    title = say("title", service=service.name)
    description = [Paragraph(line=line(service.description))] if service.description else []
    return Part(
        id="cover",
        title=title,
        kind="cover",
        blocks=(*description, Pairs(pairs=tuple(pair for pair in pairs if pair[1]))),
        about={
            "title": title,
            "language": template.language,
            "service": service.name,
            "tier": service.tier,
            "stage": service.stage,
            "status": say(f"status.{status}"),
            "revision": plan.revision,
            "date": today.isoformat(),
            "made": made,
        },
    )


def progress(standing: Standing) -> Part:
    """Return the count by question, and of the whole plan."""
    plan, say = standing.plan, _words(standing)
    whole = standing.count()
    if whole.left:
        lead = say("standing.lead_open", left=whole.left, asked=whole.asked)
    else:
        done = approval.status(plan, standing) == "complete"
        lead = say("standing.lead_complete" if done else "standing.lead_done")
    rows = []
    for question in plan.template.questions:
        count = standing.count(question.id)
        rows.append((line(Span(text=question.heading, href=f"#{question.id}")), *_numbers(count)))
    rows.append((line(Span(text=say("standing.whole"), tone="strong")), *_numbers(whole)))
    labels = ("decided", "recommended", "unknown", "missing", "not_applicable")
    table = Table(
        caption=say("standing.title"),
        columns=(
            Column(label=say("standing.question"), weight=30),
            *(Column(label=say(f"standing.{each}"), align="end", weight=10) for each in labels),
        ),
        rows=tuple(rows),
    )
    return Part(id="standing", title=say("standing.title"), blocks=(Paragraph(line=line(lead)), table))


def _numbers(count: Count) -> tuple[Line, ...]:
    waiting = count.open["recommended"] + count.open["inherited"] + count.open["to_confirm"]
    numbers = (
        f"{count.decided} / {count.asked}",
        waiting,
        count.open["not_known_yet"],
        count.open["missing"],
        count.not_applicable,
    )
    return tuple(line(str(each)) if each else () for each in numbers)


def sections(standing: Standing) -> Iterator[Part]:
    """Yield the template's summary sections, in its order."""
    for each in standing.plan.template.sections:
        yield section(standing, each)


def section(standing: Standing, asked: Section | str) -> Part:
    """Return one section: by itself, or by its question's id."""
    template = standing.plan.template
    if isinstance(asked, str):
        asked = next(each for each in template.sections if each.question == asked)
    question = template.question(asked.question)
    say = _words(standing)
    lead = [Paragraph(line=line(_sentence(asked.words)), tone="muted")] if asked.words else []
    if question is None:
        return Part(id=f"section-{asked.title.lower().replace(' ', '-')}", title=asked.title, blocks=tuple(lead))
    blocks: list[Block] = [*lead]
    response = standing.plan.responses.get(question.id)
    if response:
        blocks.append(Prose(markdown=response, under=2))
    for consideration in question.considerations:
        blocks.extend(_consideration(standing, question, consideration))
    if len(blocks) == len(lead):
        any_asked = standing.count(question.id).asked + standing.count(question.id).not_applicable
        blocks.append(Paragraph(line=line(say("section.empty" if any_asked else "section.not_asked")), tone="muted"))
    return Part(id=question.id, title=asked.title, blocks=tuple(blocks))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _consideration(standing: Standing, question: Question, consideration: Consideration) -> Iterator[Block]:
    say = _words(standing)
    place, plan = consideration.place, standing.plan
    state = standing.considerations[place]
    stance = plan.answers.get(place)
    standings = [standing.fields[each.place] for each in consideration.fields]
    answered = [each for each in standings if each.shown and each.answer is not stance]
    if state == "not_asked" and not answered:
        return
    tone = _OPEN_TONE.get(state, "muted")
    aside = line(Span(text=say(f"states.{state}"), tone=tone)) if state != "not_asked" else ()
    yield Heading(level=3, text=consideration.words, anchor=f"{question.id}-{consideration.id}", aside=aside)
    found: list[Block] = []
    if isinstance(stance, NotApplicable):
        found.append(Paragraph(line=values.typed(say("consideration.not_applicable", reason=stance.not_applicable))))
    elif isinstance(stance, Nothing):
        found.append(Paragraph(line=values.typed(say("consideration.none", reason=stance.none))))
    elif isinstance(stance, NotKnownYet):
        said = joined([line(say("consideration.not_known_yet")), values.unknown(stance.not_known_yet, say)])
        found.append(Note(tone="medium", line=said))
    for each in answered:
        found.extend(values.blocks(each, say))
    yield from values.merged(found)
    missing = [each.field.label for each in standings if each.state == "missing"]
    if missing:
        yield Note(tone="muted", line=line(say("field.missing"), ": ", _listed(missing), "."))
    if owner := plan.owners.get(place):
        yield Paragraph(line=values.typed(say("consideration.owner", owner=owner)), tone="muted")


def _listed(labels: list[str]) -> str:
    return ", ".join(labels[:1] + [each[:1].lower() + each[1:] if each[1:2].islower() else each for each in labels[1:]])


def inputs(standing: Standing) -> Part:
    """Return what the planning rests on."""
    plan, say = standing.plan, _words(standing)
    rows = []
    for each in plan.template.inputs:
        given = plan.inputs.get(each.id)
        state = say(f"inputs.{given.status}") if given else say("inputs.unanswered")
        tone: Tone = "plain" if given and given.status == "provided" else "medium"
        parts = [values.typed(reference) for reference in given.references] if given else []
        if given and given.note:
            parts.append(values.typed(given.note))
        rows.append((line(each.words), line(Span(text=state, tone=tone)), joined(parts, "; ")))
    columns = (
        Column(label=say("inputs.input"), weight=20),
        Column(label=say("inputs.state"), weight=8),
        Column(label=say("inputs.references"), weight=30),
    )
    table = Table(caption=say("inputs.title"), columns=columns, rows=tuple(rows))
    return Part(id="inputs", title=say("inputs.title"), blocks=(Paragraph(line=line(say("inputs.lead")), tone="muted"), table))


def cross_cutting(standing: Standing) -> Iterator[Part]:
    """Yield the lists that go across all questions."""
    plan, say = standing.plan, _words(standing)
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
                (line(item.words), line(state), values.typed(note or ""), values.typed(owner or ""), line(_date(due)))
            )
        labels = (("item", 22), ("state", 10), ("note", 30), ("owner", 10), ("due", 10))
        yield Part(id=each.id, title=each.heading, blocks=(_table(say, "cross_cutting", each.heading, labels, rows),))


def open_points(standing: Standing) -> Part:
    """Return what is missing, to be looked at, not known yet, or to be done."""
    plan, say = standing.plan, _words(standing)
    blocks: list[Block] = []
    for question, said in approval.reopened(plan).items():
        found = plan.template.question(question)
        text = values.typed(say("open.reopened", feedback=said.feedback or ""))
        href = Span(text=found.heading if found else question, tone="strong", href=f"#{question}")
        blocks.append(Note(tone="medium", line=(href, Span(text=". "), *text)))
    for state in ("missing", "recommended", "inherited", "to_confirm"):
        items = tuple(_open_items(standing, state))
        if items:
            blocks.append(_heading(say, f"open.{state}", f"open-{state}"))
            blocks.append(Bullets(items=items))
    if unknown := tuple(_unknown_rows(standing)):
        blocks.append(_heading(say, "open.unknown", "open-unknown"))
        labels = (("what", 30), ("who", 14), ("due", 12), ("note", 26))
        blocks.append(_table(say, "open", say("open.unknown"), labels, unknown))
    if dangling := standing.dangling:
        blocks.append(_heading(say, "open.dangling", "open-dangling"))
        named = [(_named(standing, each.place), each.key, _named(standing, each.table)) for each in dangling]
        texts = (say("open.dangling_item", place=place, key=key, table=table) for place, key, table in named)
        blocks.append(Bullets(items=tuple(line(text) for text in texts)))
    blocks.extend(_actions_and_risks(standing))
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
                yield line(link, ": ", _listed(labels))


def _unknown_rows(standing: Standing) -> Iterator[tuple[Line, ...]]:
    def row(link: Line, said: Unknown) -> tuple[Line, ...]:
        return (link, values.typed(said.who or ""), line(_date(said.due)), values.typed(said.note or ""))

    for consideration in standing.plan.template.considerations:
        anchor = f"#{consideration.question}-{consideration.id}"
        stance = standing.plan.answers.get(consideration.place)
        if isinstance(stance, NotKnownYet):
            yield row(line(Span(text=consideration.words, href=anchor)), stance.not_known_yet)
        for field in consideration.fields:
            each = standing.fields[field.place]
            if isinstance(each.answer, NotKnownYet) and each.answer is not stance and each.shown:
                name = line(Span(text=consideration.words, href=anchor), f": {_first_lowered(field.label)}")
                yield row(name, each.answer.not_known_yet)


def _first_lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _actions_and_risks(standing: Standing) -> Iterator[Block]:
    plan, say = standing.plan, _words(standing)
    if plan.actions:
        rows = [
            (
                joined([values.typed(_named(standing, each.at)) if each.at else (), line(each.about)], ": "),
                values.typed(each.owner or ""),
                line(_date(each.due)),
                line(say(f"open.action_states.{each.state}")),
                (Span(text=each.ticket, href=each.ticket),) if each.ticket else (),
            )
            for each in plan.actions
        ]
        yield _heading(say, "open.actions", "open-actions")
        labels = (("about", 30), ("owner", 12), ("due", 12), ("state", 8), ("ticket", 14))
        yield _table(say, "open", say("open.actions"), labels, rows)
    if plan.accepted_risks:
        rows = [
            (
                line(_named(standing, each.at), ": ", each.rule.replace("-", " ")),
                values.typed(each.reason),
                values.typed(each.by),
                values.typed(each.agreed_by or ""),
                line(_date(each.until)),
            )
            for each in plan.accepted_risks
        ]
        yield _heading(say, "open.risks", "open-risks")
        labels = (("rule", 24), ("reason", 28), ("by", 12), ("agreed_by", 12), ("until", 12))
        yield _table(say, "open", say("open.risks"), labels, rows)
    remarks = [each for each in plan.comments if not each.resolved]
    if remarks:
        yield _heading(say, "open.comments", "open-comments")
        items = (
            joined([line(Span(text=each.by, tone="strong"), f" ({_moment(each.when)})"), values.typed(each.text)], ": ")
            for each in remarks
        )
        yield Bullets(items=tuple(items))


def considerations(standing: Standing) -> Part:
    """Return the table of all considerations with state, owner and source."""
    plan, say = standing.plan, _words(standing)
    rows = []
    for question in plan.template.questions:
        for consideration in question.considerations:
            state = standing.considerations[consideration.place]
            if state == "not_asked":
                continue
            tone: Tone = _OPEN_TONE.get(state, "muted")
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
    table = _table(say, "considerations", say("considerations.title"), labels, rows)
    return Part(id="considerations", title=say("considerations.title"), kind="status", blocks=(table,))


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
    plan, say = standing.plan, _words(standing)
    found = approval.exceptions(plan)
    if not found:
        return
    rows = [(line(_named(standing, place)), values.typed(reason)) for place, reason in found]
    table = _table(say, "exceptions", say("exceptions.title"), (("what", 24), ("reason", 30)), rows)
    lead = Paragraph(line=line(say("exceptions.lead")), tone="muted")
    yield Part(id="exceptions", title=say("exceptions.title"), kind="status", blocks=(lead, table))


def retired(standing: Standing) -> Iterator[Part]:
    """Yield the answers that an earlier version of the template asked, where there are any."""
    plan, say = standing.plan, _words(standing)
    if not plan.retired:
        return
    items = []
    for place, given in plan.retired.items():
        name = place.replace("-", " ").replace("_", " ").replace(".", ", ")
        items.append(line(Span(text=name, tone="strong"), ": ", str(given)))
    lead = Paragraph(line=line(say("retired.lead")), tone="muted")
    yield Part(id="retired", title=say("retired.title"), kind="status", blocks=(lead, Bullets(items=tuple(items))))


def sign_off(standing: Standing) -> Part:
    """Return the validation prompt, what each role said to this content, and all rounds."""
    plan, say = standing.plan, _words(standing)
    blocks: list[Block] = [Paragraph(line=line(Span(text=plan.template.prompt.words, tone="strong")))]
    rows = []
    for each in approval.sign_offs(plan, standing):
        if each.round is None:
            rows.append((line(each.label), (), (), (), line(Span(text=say("signoff.open"), tone="medium"))))
            continue
        answer = "yes" if each.counts else "headless"
        rows.append(
            (
                line(each.label),
                values.typed(each.round.by),
                line(_moment(each.round.when)),
                line(say(f"signoff.identities.{each.round.identity}")),
                line(Span(text=say(f"signoff.{answer}"), tone="decided" if each.counts else "medium")),
            )
        )
    labels = (("role", 16), ("who", 14), ("when", 16), ("identity", 18), ("answer", 16))
    blocks.append(_table(say, "signoff", say("signoff.title"), labels, rows))
    after = plan.template.approvals.lapses_after.get(plan.service.tier)
    if after:
        shown = fields.show(after, fields.Spec(kind="duration"))
        blocks.append(Paragraph(line=line(say("signoff.lapses", after=shown)), tone="muted"))
    if plan.rounds:
        blocks.append(_heading(say, "signoff.rounds", "rounds"))
        labels = (("when", 16), ("who", 14), ("role", 14), ("answer", 8), ("feedback", 34))
        blocks.append(_table(say, "signoff", say("signoff.rounds"), labels, [_round(standing, each) for each in plan.rounds]))
    digest = Span(text=approval.content(plan, standing), tone="code")
    before, _, after_digest = say("signoff.content", digest="\0").partition("\0")
    blocks.append(Paragraph(line=line(before, digest, after_digest), tone="muted"))
    return Part(id="sign-off", title=say("signoff.title"), kind="status", blocks=tuple(blocks))


def _round(standing: Standing, each: Round) -> tuple[Line, ...]:
    plan, say = standing.plan, _words(standing)
    feedback = values.typed(each.feedback or "")
    if each.reopen:
        headings = [found.heading for name in each.reopen if (found := plan.template.question(name)) is not None]
        feedback = joined([feedback, line(Span(text=f"{say('signoff.reopened')}: {', '.join(headings)}.", tone="muted"))])
    role = plan.template.approvals.roles.get(each.role, each.role) if each.role else ""
    answer = say("signoff.yes") if each.confirmed else say("signoff.no")
    return (line(_moment(each.when)), values.typed(each.by), line(role), line(answer), feedback)


def _named(standing: Standing, place: str) -> str:
    """Name a place as a reader does: consideration, field, row; without any id."""
    template = standing.plan.template
    try:
        found = places.find(template, place)
    except InputError:  # what names nothing any more is shown as it stands
        return place
    words_ = [found.consideration.words if found.consideration else found.question.heading]
    if found.field is not None:
        words_.append(_first_lowered(found.field.label))
    if found.place.row:
        words_.append(found.place.row)
    if found.place.column and found.field is not None:
        column = found.field.spec.column(found.place.column)
        words_.append(_first_lowered(column.label) if column else found.place.column)
    return ", ".join(words_)


def _table(
    say: Words, group: str, caption: str, labels: tuple[tuple[str, int], ...], rows: list[tuple[Line, ...]] | tuple[tuple[Line, ...], ...]
) -> Table:
    """Make a table with labelled columns; a column without any value is left out."""
    kept = [index for index in range(len(labels)) if any(row[index] for row in rows)]
    return Table(
        caption=caption,
        columns=tuple(Column(label=say(f"{group}.{labels[index][0]}"), weight=labels[index][1]) for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in rows),
    )


def _heading(say: Words, key: str, anchor: str) -> Heading:
    return Heading(level=3, text=say(key), anchor=anchor)


def _words(standing: Standing) -> Words:
    return words(standing.plan.template.language)


def _date(day: dt.date | None) -> str:
    return fields.show(day.isoformat(), fields.Spec(kind="date")) if day else ""


def _moment(when: dt.datetime) -> str:
    utc = when.astimezone(dt.UTC)
    return f"{_date(utc.date())}, {utc:%H:%M} UTC"
