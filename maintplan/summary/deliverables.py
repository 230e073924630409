"""The documents that a plan produces, each put together for its reader as ``deliverables.yaml`` says.

A document travels inside the executed notebook as one output; `maintplan.reporting` takes one of them out
and writes it. Where the whole plan is the document, the notebook's own parts are what it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from maintplan import fields
from maintplan.fields.wording import lowered
from maintplan.figures import Picture
from maintplan.plan import Plan, Standing, approval
from maintplan.plan.diff import Difference, differences
from maintplan.summary import changes, pictures, sections
from maintplan.summary.blocks import Block, Bullets, Pairs, Paragraph, Part, Span, line
from maintplan.summary.documents import Document
from maintplan.summary.findings import Findings, Link
from maintplan.summary.phrases import as_a_name, date, listed, words_of
from maintplan.summary.showing import Showing
from maintplan.template import Deliverable, Show

NOBODY: changes.Authors = MappingProxyType({})


def documents(
    standing: Standing,
    today: dt.date,
    approved: Plan | None = None,
    drawn: Mapping[str, Picture] = pictures.NONE,
    findings: Findings | None = None,
    authors: changes.Authors = NOBODY,
) -> Iterator[Document]:
    """Yield all documents of a plan.

    Parameters
    ----------
    standing
        How the plan stands.
    today
        The day that they are made on.
    approved
        The plan as it was last approved; each document then says what has changed since.
    drawn
        The pictures that they show, by name.
    findings
        The plan's review; each document then says what was found in what it shows.
    authors
        Who changed what since the last approval.
    """
    changed = differences(approved, standing.plan) if approved else []
    for each in standing.plan.template.deliverables:
        yield document(standing, each, today, changed, drawn, findings, authors)


def document(
    standing: Standing,
    deliverable: Deliverable,
    today: dt.date,
    changed: Sequence[Difference] = (),
    drawn: Mapping[str, Picture] = pictures.NONE,
    findings: Findings | None = None,
    authors: changes.Authors = NOBODY,
) -> Document:
    """Return one document."""
    showing = Showing(standing, deliverable, drawn)
    shown = [(each, showing.section(each)) for each in deliverable.sections]
    parts = list(showing.leading((each, part) for each, part in shown if part is not None))
    if findings and deliverable.sections:
        found = findings.excerpt(deliverable.names, _shown_in(standing, shown))
        parts.extend([found] if found else [])
    parts.extend(changes.part(standing, deliverable, changed, authors))
    parts.extend(_lacking(standing, showing))
    return Document(
        id=deliverable.id,
        title=deliverable.title,
        cover=_cover(standing, deliverable, today),
        parts=tuple(parts),
        whole=not deliverable.sections,
    )


def _shown_in(standing: Standing, shown: Sequence[tuple[Show, Part | None]]) -> Link:
    """Return where a document shows a place: the first of its sections that holds its field."""
    anchors: dict[str, str] = {}
    for show, part in shown:
        for name in (*show.names, *([show.steps] if show.steps else ())):
            if part is not None:
                anchors.setdefault(standing.plan.template.named[name].place, f"#{show.id}")
    return lambda place: anchors.get(place.partition("[")[0])


def _cover(standing: Standing, deliverable: Deliverable, today: dt.date) -> Part:
    plan, say = standing.plan, words_of(standing)
    service = plan.service
    status = approval.status(plan, standing)
    own, review = _listed_document(standing, deliverable)
    revision = (
        say("document.revision", revision=plan.revision) if plan.revision else say("document.not_saved")
    )
    facts = [
        say("document.reader", reader=lowered(deliverable.reader)) if deliverable.reader else "",
        say("document.owner", owner=owner) if (owner := own or service.owner) else "",
        say("document.review", review=review) if review else "",
        say("document.state", revision=revision, status=say(f"status.{status}"), date=date(today)),
    ]
    name = as_a_name(service.name)
    title = say("document.title", service=name, title=deliverable.title.lower())
    heading = deliverable.heading.replace("{service}", name) if deliverable.heading else title
    blocks: list[Block] = [Paragraph(line=line(" ".join(fact for fact in facts if fact)), tone="muted")]
    if deliverable.purpose:
        blocks.append(Paragraph(line=line(deliverable.purpose)))
    if not deliverable.sections:
        blocks.extend(each for each in sections.cover(standing, today).blocks if isinstance(each, Pairs))
    count = standing.count()
    if status != "complete":
        key = "document.draft" if count.left else "document.unsigned"
        blocks.append(Paragraph(tone="medium", line=line(say(key, left=count.left, asked=count.asked))))
    return Part(
        id="cover",
        title=heading,
        kind="cover",
        blocks=tuple(blocks),
        about={
            "title": title,
            "language": plan.template.language,
            "document": deliverable.title,
            "layout": "document" if deliverable.sections else "whole",
            "contents_after": deliverable.contents_after,
            "side_by_side": list(deliverable.side_by_side),
            "service": service.name,
            "tier": service.tier,
            "stage": service.stage,
            "status": say(f"status.{status}"),
            "revision": plan.revision,
            "date": today.isoformat(),
            "made": date(today),
        },
    )


def _listed_document(standing: Standing, deliverable: Deliverable) -> tuple[str, str]:
    """Return owner and review of a document, from the plan's own list of documents."""
    field = standing.plan.template.named.get("support.documents")
    if field is None:
        return "", ""
    for row in standing.fields[field.place].value or ():
        if str(row.get("title", "")).casefold() == deliverable.title.casefold():
            column = field.spec.column("review")
            review = row.get("review")
            shown = fields.show(review, column) if column and review is not None else ""
            return str(row.get("owner") or ""), shown
    return "", ""


def _lacking(standing: Standing, showing: Showing) -> Iterator[Part]:
    """Yield what a document would still hold, if it were answered."""
    say = words_of(standing)
    items = [
        line(Span(text=title, tone="strong"), ": ", listed(labels), ".")
        for title, labels in showing.lacking.items()
    ]
    if items:
        lead = Paragraph(line=line(say("document.lacking_lead")), tone="muted")
        yield Part(
            id="lacking",
            title=say("document.lacking"),
            kind="status",
            blocks=(lead, Bullets(items=tuple(items))),
        )
