"""Each step of the walk as plain JSON for the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from maintplan.interview import Asked, Interview, Step
from maintplan.plan import approval
from maintplan.plan.diff import differences
from maintplan.plan.model import Input, NotApplicable, Plan, Round
from maintplan.plan.places import Place
from maintplan.review import Finding, Review
from maintplan.summary import changes, html, prose
from maintplan.summary.blocks import Table
from maintplan.template import Deliverable
from maintplan.template.model import STAGES, TIERS
from maintplan.widgets import frame, margin
from maintplan.widgets.fieldviews import Edits, consideration, counted, listed, wrong
from maintplan.widgets.reading import Reading
from maintplan.words import Words

View = dict[str, Any]


def service(plan: Plan, edits: Edits, words: Words) -> View:
    """Return what is known of the service."""
    held = plan.service
    return {
        "heading": words("app.service.heading"),
        "lead": words("app.service.lead"),
        "values": {
            "name": held.name,
            "owner": held.owner or "",
            "description": held.description or "",
            "runbook_base": held.runbook_base or "",
            "tier": str(held.tier),
            "stage": held.stage,
        },
        "wrong": {
            key: wrong(edits.wrong, f"service.{key}")
            for key in ("name", "owner", "description", "runbook_base")
            if f"service.{key}" in edits.wrong
        },
        **choices(words),
    }


def choices(words: Words) -> View:
    """Return tiers and stages in plain words."""
    return {
        "tiers": [
            [str(tier), words(f"app.tiers.{tier}.title"), words(f"app.tiers.{tier}.means")] for tier in TIERS
        ],
        "stages": [
            [stage, words(f"app.stages.{stage}.title"), words(f"app.stages.{stage}.means")]
            for stage in STAGES
        ],
    }


def inputs(plan: Plan, edits: Edits, words: Words) -> View:
    """Return the required inputs."""
    items = []
    for each in plan.template.inputs:
        given = plan.inputs.get(each.id)
        items.append(
            {
                "place": each.id,
                "words": each.words,
                "status": given.status if given else "",
                "references": "\n".join(given.references) if given else "",
                "note": (given.note or "") if given else "",
                "wrong": edits.wrong[f"inputs.{each.id}"].why if f"inputs.{each.id}" in edits.wrong else "",
            }
        )
    return {"heading": words("app.inputs.heading"), "lead": words("app.inputs.lead"), "items": listed(items)}


def an_input(held: Input | None, status: str, references: str, note: str) -> Input | None:
    """Return what was said of an input, as the plan holds it."""
    if status not in ("provided", "missing"):
        return None
    lines = tuple(line.strip() for line in references.splitlines() if line.strip())
    del held
    return Input(
        status="provided" if status == "provided" else "missing", references=lines, note=note.strip() or None
    )


def question(
    interview: Interview,
    review: Review,
    edits: Edits,
    words: Words,
    opened: str | None,
    only: Place | None = None,
) -> View:
    """Return the question that is being asked, with the consideration that is at work, or that alone."""
    asked_question = interview.question
    if asked_question is None:
        raise LookupError(interview.at)
    questions = [each for each in interview.steps if each.kind == "question"]
    number = [each.id for each in questions].index(interview.at) + 1
    asked = interview.asked_now()
    if only is not None:
        asked = tuple(_narrowed(each, only.field) for each in asked if each.consideration.place == opened)
    found: dict[str, int] = {}
    for each in review.open("high", "medium"):
        place = ".".join(each.at.partition("[")[0].split(".")[:2])
        found[place] = found.get(place, 0) + 1
    views = [
        consideration(
            each,
            interview.standing,
            edits,
            words,
            opened=each.consideration.place == opened,
            findings=found.get(each.consideration.place, 0),
        )
        for each in asked
    ]
    reopened = approval.reopened(interview.plan).get(asked_question.id)
    place = f"{asked_question.id}#response"
    return {
        "eyebrow": words(
            "app.question.eyebrow", number=number, of=len(questions), heading=asked_question.heading
        ),
        "heading": asked_question.asks,
        "lead": asked_question.considers,
        "question": asked_question.id,
        "response": interview.plan.responses.get(asked_question.id, ""),
        "response_wrong": wrong(edits.wrong, place),
        "feedback": _feedback(reopened, words) if reopened else None,
        "only": "" if only is None else "field" if only.field else "consideration",
        "considerations": listed(views),
        "nothing": "" if views else words("app.question.nothing_asked"),
    }


def _narrowed(asked: Asked, field: str | None) -> Asked:
    """Return what is asked of a consideration, or one field of it as if it alone were asked."""
    if field is None:
        return asked
    kept = tuple(each for each in (*asked.fields, *asked.more) if each.field.id == field)
    return replace(asked, fields=kept, more=())


def _feedback(said: Round, words: Words) -> View:
    return {
        "head": words("app.question.reopened", by=said.by),
        "when": said.when.isoformat(),
        "text": said.feedback or "",
    }


def cross_cutting(interview: Interview, edits: Edits, words: Words) -> View:
    """Return a list that goes across all questions."""
    plan, about = interview.plan, interview.step.about
    each = next(one for one in plan.template.cross_cutting if one.id == about)
    held = plan.cross_cutting.get(about, {})
    whole = held.not_applicable if isinstance(held, NotApplicable) else None
    answered: Mapping[str, Any] = {} if isinstance(held, NotApplicable) else held
    items = []
    for item in each.items:
        given = answered.get(item.id)
        place = f"{about}.{item.id}"
        status = "" if given is None else "not-applicable" if given.not_applicable else given.status or ""
        items.append(
            {
                "place": place,
                "item": item.id,
                "words": item.words,
                "status": status,
                "reason": (given.not_applicable or "") if given else "",
                "note": (given.note or "") if given else "",
                "owner": (given.owner or "") if given else "",
                "due": given.due.isoformat() if given and given.due else "",
                "wrong": edits.wrong[place].why if place in edits.wrong else "",
            }
        )
    return {
        "eyebrow": words("app.cross_cutting.eyebrow"),
        "heading": frame.short(interview.step, words),
        "lead": words("app.cross_cutting.lead"),
        "list": about,
        "whole": whole,
        "items": listed(items),
    }


def summary(interview: Interview, review: Review, words: Words, reading: Reading) -> View:
    """Return the ten sections with what every answer makes of them, each with a way back."""
    missing = [
        {
            "step": each.step.id,
            "place": each.place,
            "label": missing_label(interview, each.step, each.place, words),
        }
        for each in interview.missing()
    ]
    return {
        "heading": words("app.summary.heading"),
        "lead": _lead(len(missing), len(interview.needed), words),
        "missing": missing,
        "parts": listed(reading.parts(interview), "id"),
        "findings": findings(review, interview, words),
    }


def _lead(left: int, needed: int, words: Words) -> str:
    """Say how much still needs an answer, and how much of it a Yes waits for."""
    if not left:
        return words("app.summary.lead_done")
    which = "open" if needed >= left else "some" if needed else "none"
    return words(f"app.summary.lead_{which}", things=counted(words, "thing", left), needed=needed)


def findings(review: Review, interview: Interview, words: Words) -> list[View]:
    """Return the open findings, the gravest first, each with the way to it."""
    del interview
    return [
        {
            "id": each.id,
            "tone": each.severity,
            "head": words(f"findings.severities.{each.severity}") + ".",
            "text": each.message,
            "at": each.at,
        }
        for each in review.open()
    ]


def missing_label(interview: Interview, step: Step, place: str, words: Words) -> str:
    """Return what a place without an answer is called, its step before it."""
    template = interview.plan.template
    title = frame.short(step, words)
    inputs_ = {each.id: each.words for each in template.inputs}
    considerations = {each.place: each.words for each in template.considerations}
    items = {f"{each.id}.{item.id}": item.words for each in template.cross_cutting for item in each.items}
    named = {**considerations, **items}
    if step.kind == "inputs":
        named |= inputs_
    return f"{title}: {named[place]}" if place in named else words("app.summary.reopened", title=title)


def confirm(interview: Interview, review: Review, words: Words, refused: Plan | None = None) -> View:
    """Return the validation prompt: what stands, what was said, what can be answered.

    Parameters
    ----------
    refused
        The plan as it was when somebody last said No, where that is known.
    """
    plan, standing = interview.plan, interview.standing
    signed = interview.signed
    count = standing.count()
    needed, blocking = len(interview.needed), sum(each.things for each in review.blocking)
    high, medium = review.open("high"), review.open("medium")
    accepted = len(review.accepted)
    nos = sum(1 for each in plan.rounds if not each.confirmed)
    last_no = next((each for each in reversed(plan.rounds) if not each.confirmed), None)
    status = interview.status
    said = sum(each.counts for each in signed)
    of = words("app.confirm.of")
    away = counted(words, "not_applicable", count.not_applicable) if count.not_applicable else ""
    risks = counted(words, "accepted", accepted) if accepted else ""
    rows = [
        _row(words, "considerations", f"{count.decided} {of} {count.asked}", away, "summary"),
        _row(words, "high", words("app.confirm.open", count=len(high)), risks, _step_of(high)),
        _row(words, "medium", words("app.confirm.open", count=len(medium)), "", _step_of(medium)),
    ]
    rows += [_cross_row(interview, each.id, words) for each in plan.template.cross_cutting]
    rows.append(_row(words, "approvals", f"{said} {of} {len(signed)}", _who(signed, words), None))
    roles = [
        {
            "id": each.role,
            "label": each.label,
            "by": each.round.by if each.round else "",
            "when": each.round.when.isoformat() if each.round else "",
            "counts": each.counts,
        }
        for each in signed
    ]
    return {
        "eyebrow": words("app.confirm.asking", number=words.get(f"app.ordinals.{nos + 1}", str(nos + 1))),
        "heading": prompt(plan),
        "if_yes": words(
            "app.confirm.yes_last" if said + 1 >= len(signed) else "app.confirm.yes",
            said=said + 1,
            of=len(signed),
            revision=plan.revision + 1,
        ),
        "if_no": words("app.confirm.no"),
        "rows": rows,
        "notes": [
            {
                "id": each.id,
                "row": each.severity,
                "tone": each.severity,
                "head": words(f"findings.severities.{each.severity}") + ".",
                "text": each.message,
                "at": each.at,
                "go": words("app.margin.go", label=margin.label_of(each.at, standing)),
            }
            for each in (*high[:2], *medium[:1])
        ],
        "roles": roles,
        "asked_next": [each.label for each in signed if not each.counts],
        "needed": needed,
        "blocks": ", ".join(
            counted(words, key, count) for key, count in (("left", needed), ("high", blocking)) if count
        ),
        "last_no": {
            "by": last_no.by,
            "when": last_no.when.isoformat(),
            "text": last_no.feedback or "",
            "reopened": [
                frame.short(step, words) for step in interview.steps if step.about in last_no.reopen
            ],
            **_changes(interview, refused, words),
        }
        if last_no is not None
        else None,
        "status": status,
        "questions": [
            [each.about, frame.short(each, words)] for each in interview.steps if each.kind == "question"
        ],
    }


def _changes(interview: Interview, refused: Plan | None, words: Words) -> View:
    """Return what has changed since a No: how much, and as a table."""
    if refused is None:
        return {"changed": words("app.confirm.no_record"), "changes": ""}
    found = differences(refused, interview.plan)
    part = next(
        changes.part(interview.standing, Deliverable(id="plan", title=""), found, {}, "since_no"), None
    )
    if part is None:
        return {"changed": words("app.confirm.nothing_changed"), "changes": ""}
    (table,) = (block for block in part.blocks if isinstance(block, Table))
    shown = html.part(part.model_copy(update={"title": ""}), styled=True)
    return {"changed": counted(words, "change", len(table.rows)), "changes": shown}


def prompt(plan: Plan) -> str:
    """Return the question of the validation prompt, without the marks and the choice that stand around it."""
    text = plan.template.prompt.words
    return text.strip().strip('*"“”').removesuffix("(Yes/No)").strip().strip('"“”')


def _row(words: Words, key: str, figure: str, says: str, to: str | None) -> View:
    return {"key": key, "label": words(f"app.confirm.rows.{key}"), "figure": figure, "says": says, "to": to}


def _step_of(found: Sequence[Finding]) -> str | None:
    return found[0].at if found else None


def _cross_row(interview: Interview, about: str, words: Words) -> View:
    plan = interview.plan
    each = next(one for one in plan.template.cross_cutting if one.id == about)
    step = next(one for one in interview.steps if one.kind == "cross_cutting" and one.about == about)
    held = plan.cross_cutting.get(about, {})
    if isinstance(held, NotApplicable):
        figure, says = words("cross_cutting.not_applicable"), held.not_applicable
    else:
        met = sum(one.status == "met" for one in held.values())
        figure = f"{met} {words('app.confirm.of')} {len(each.items)} {words('cross_cutting.met')}"
        planned = sum(one.status == "planned" for one in held.values())
        away = sum(bool(one.not_applicable) for one in held.values())
        told = [counted(words, "planned", planned)] if planned else []
        told += [counted(words, "not_applicable", away)] if away else []
        says = ", ".join(told)
    return {"key": about, "label": frame.short(step, words), "figure": figure, "says": says, "to": step.id}


def _who(signed: Sequence[approval.SignOff], words: Words) -> str:
    said = [
        words("app.confirm.said_yes", role=each.label.lower(), by=each.round.by)
        for each in signed
        if each.counts and each.round
    ]
    return ", ".join(said) or words("app.confirm.nobody")


def complete(interview: Interview, words: Words) -> View:
    """Return what a complete plan shows in place of the prompt."""
    day = approval.lapses(interview.plan, interview.standing)
    return {
        "heading": words("app.complete.heading", service=interview.plan.service.name),
        "lead": words("app.complete.lead", revision=interview.plan.revision),
        "lapses": day.isoformat() if day else "",
    }


def preview(markdown: str) -> str:
    """Return a person's Markdown as the safe HTML that the report shows."""
    return prose.to_html(markdown, 2)
