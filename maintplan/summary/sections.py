"""A plan's report: title page, how far it is, the template's sections; `checks` and `signing` have the rest.

Each function takes a plan's standing and gives parts; what they say comes from the template and from the
word catalogue, never from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from maintplan.figures import Picture
from maintplan.plan import (
    Count,
    FieldStanding,
    Given,
    NotApplicable,
    Nothing,
    NotKnownYet,
    Standing,
    approval,
)
from maintplan.review import Review
from maintplan.summary import checks, pictures, signing, steps, values
from maintplan.summary.blocks import (
    Block,
    Column,
    Heading,
    Line,
    Note,
    Pairs,
    Paragraph,
    Part,
    Prose,
    Span,
    joined,
    line,
)
from maintplan.summary.builders import built
from maintplan.summary.findings import Findings, in_plan
from maintplan.summary.phrases import TONES, date, filled, listed, words_of
from maintplan.template import Consideration, Question, Section
from maintplan.words import Words


def report(
    standing: Standing, today: dt.date, found: Review, drawn: Mapping[str, Picture] = pictures.NONE
) -> list[Part]:
    """Return all parts of the report, in reading order.

    Parameters
    ----------
    standing
        How the plan stands.
    today
        The day that the report is made on.
    found
        The plan's review.
    drawn
        The pictures that it shows, by name.
    """
    findings = Findings(standing, found)
    return [
        cover(standing, today),
        progress(standing, drawn, findings),
        *sections(standing, drawn, findings),
        findings.improvement(in_plan(standing)),
        *checks.all_parts(standing),
        signing.sign_off(standing, findings),
    ]


def cover(standing: Standing, today: dt.date) -> Part:
    """Return the title page."""
    plan, say = standing.plan, words_of(standing)
    service, template = plan.service, plan.template
    status = approval.status(plan, standing)
    count = standing.count()
    made = date(today)
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
        (
            say("cover.template"),
            line(say("cover.template_value", name=template.title, version=template.version)),
        ),
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


def progress(
    standing: Standing,
    drawn: Mapping[str, Picture] = pictures.NONE,
    findings: Findings | None = None,
) -> Part:
    """Return the count by question, and of the whole plan; with findings, how many are open as well."""
    plan, say = standing.plan, words_of(standing)
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
    columns = (
        Column(label=say("standing.question"), weight=30),
        *(Column(label=say(f"standing.{each}"), align="end", weight=10) for each in labels),
    )
    table = filled(say("standing.title"), columns, rows)
    shown = pictures.at(standing, drawn, "standing")
    found = [findings.sentence()] if findings and findings.found.rules else []
    blocks: tuple[Block, ...] = (Paragraph(line=joined([line(lead), *found])), *shown, table)
    return Part(id="standing", title=say("standing.title"), blocks=blocks)


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


def sections(
    standing: Standing,
    drawn: Mapping[str, Picture] = pictures.NONE,
    findings: Findings | None = None,
) -> Iterator[Part]:
    """Yield the template's summary sections, in its order; with findings, each beside what it is about."""
    for each in standing.plan.template.sections:
        yield section(standing, each, drawn, findings)


def section(
    standing: Standing,
    asked: Section | str,
    drawn: Mapping[str, Picture] = pictures.NONE,
    findings: Findings | None = None,
) -> Part:
    """Return one section: by itself, or by its question's id."""
    template = standing.plan.template
    if isinstance(asked, str):
        asked = next(each for each in template.sections if each.question == asked)
    question = template.question(asked.question)
    say = words_of(standing)
    lead = [Paragraph(line=line(_sentence(asked.words)), tone="muted")] if asked.words else []
    if question is None:
        return Part(
            id=f"section-{asked.title.lower().replace(' ', '-')}", title=asked.title, blocks=tuple(lead)
        )
    blocks: list[Block] = [*lead]
    response = standing.plan.responses.get(question.id)
    if response:
        blocks.append(Prose(markdown=response, under=2))
    for consideration in question.considerations:
        found = [*_consideration(standing, question, consideration, findings)]
        blocks.extend(found)
        blocks.extend(pictures.at(standing, drawn, consideration.place) if found else ())
    blocks.extend(pictures.at(standing, drawn, question.id))
    if len(blocks) == len(lead):
        any_asked = standing.count(question.id).asked + standing.count(question.id).not_applicable
        blocks.append(
            Paragraph(line=line(say("section.empty" if any_asked else "section.not_asked")), tone="muted")
        )
    return built(standing, Part(id=question.id, title=asked.title, blocks=tuple(blocks)))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _consideration(
    standing: Standing, question: Question, consideration: Consideration, findings: Findings | None
) -> Iterator[Block]:
    say = words_of(standing)
    place, plan = consideration.place, standing.plan
    state = standing.considerations[place]
    stance = plan.answers.get(place)
    standings = [standing.fields[each.place] for each in consideration.fields]
    answered = [each for each in standings if each.shown and each.answer is not stance]
    if state == "not_asked" and not answered:
        return
    tone = TONES.get(state, "muted")
    aside = line(Span(text=say(f"states.{state}"), tone=tone)) if state != "not_asked" else ()
    if findings and (counted := findings.counted(place)):
        aside = joined([each for each in (line(counted), aside) if each], ", ")
    yield Heading(level=3, text=consideration.words, anchor=f"{question.id}-{consideration.id}", aside=aside)
    whole: list[Block] = []
    if isinstance(stance, NotApplicable):
        whole.append(
            Paragraph(line=values.typed(say("consideration.not_applicable", reason=stance.not_applicable)))
        )
    elif isinstance(stance, Nothing):
        whole.append(Paragraph(line=values.typed(say("consideration.none", reason=stance.none))))
    elif isinstance(stance, NotKnownYet):
        said = joined([line(say("consideration.not_known_yet")), values.unknown(stance.not_known_yet, say)])
        whole.append(Note(tone="medium", line=said))
    yield from values.noted(
        [
            (whole, ()),
            *(
                (
                    list(_answer(each, say)) if each in answered else [],
                    list(findings.notes(each.field.place)) if findings else [],
                )
                for each in standings
            ),
        ]
    )
    missing = [each.field.label for each in standings if each.state == "missing"]
    if missing:
        yield Note(tone="muted", line=line(say("field.missing"), ": ", listed(missing), "."))
    if owner := plan.owners.get(place):
        yield Paragraph(line=values.typed(say("consideration.owner", owner=owner)), tone="muted")


def _answer(each: FieldStanding, say: Words) -> Iterator[Block]:
    of = steps.of_procedures(each.field)
    if of is not None and isinstance(each.answer, Given) and each.state != "recommended":
        yield from steps.by_procedure(each.field, each.answer.value, of, say)
    else:
        yield from values.blocks(each, say)
