"""What stands around every step: the header, the rail, the foot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from maintplan.interview import Interview, Progress, Step
from maintplan.review import Finding, Review
from maintplan.widgets.fieldviews import Edits, counted
from maintplan.words import Words

View = dict[str, Any]


def short(step: Step, words: Words) -> str:
    """Return a step's title as a rail and a button have room for."""
    fixed = words.get(f"app.steps.{step.kind}")
    if fixed:
        return fixed
    if step.kind == "question" and "-" not in step.about and len(step.about) > 1:
        return step.about[:1].upper() + step.about[1:]
    return step.title.removesuffix(words("app.steps.closing")).strip()


def header(interview: Interview, words: Words) -> View:
    """Return what the header says of the plan."""
    plan = interview.plan
    status = interview.status
    return {
        "service": plan.service.name,
        "about": words(
            "app.header.about",
            tier=plan.service.tier,
            status=words(f"status.{status}"),
            revision=plan.revision,
        )
        if plan.revision
        else words("app.header.about_new", tier=plan.service.tier, status=words(f"status.{status}")),
        "status": status,
        "title": words("app.header.title", service=plan.service.name),
    }


def rail(interview: Interview, review: Review, words: Words, edits: Edits) -> View:
    """Return the rail: each step with its state in words, and the count of the whole plan."""
    found = findings_by_step(review.open("high", "medium"))
    steps = {each.step.id: _entry(each, interview, found, words, edits) for each in interview.progress()}
    count = interview.standing.count()
    questions = [each for each in interview.steps if each.kind == "question"]
    here = interview.step
    at = (
        words("app.rail.question", number=questions.index(here) + 1, of=len(questions))
        if here.kind == "question"
        else short(here, words)
    )
    return {
        "order": list(steps),
        "items": steps,
        "progress": words("app.rail.progress", at=at, decided=count.decided, asked=count.asked),
        "share": round(count.decided / count.asked, 3) if count.asked else 1,
    }


def findings_by_step(found: Iterable[Finding]) -> Mapping[str, int]:
    """Count findings by the question that they stand at."""
    counts: dict[str, int] = {}
    for each in found:
        question = each.at.partition(".")[0]
        counts[question] = counts.get(question, 0) + 1
    return counts


def _entry(
    each: Progress, interview: Interview, found: Mapping[str, int], words: Words, edits: Edits
) -> View:
    step = each.step
    title = short(step, words)
    if step.kind == "question":
        mark, says, tone, said = _question(
            each, interview, found.get(step.about, 0), edits.to_mend(step.about), words
        )
    else:
        left = sum(each.left.values()) if step.kind in ("inputs", "cross_cutting") else 0
        done = each.state == "done"
        mark, tone = "✓" if done else "", "muted"
        says = words("app.rail.left", left=left) if left and not done else ""
        said = words("app.rail.done") if done else says
    return {
        "id": step.id,
        "kind": step.kind,
        "title": title,
        "mark": mark,
        "says": says,
        "tone": tone,
        "long": f"{title}: {said}" if said else title,
        "begun": each.state == "done" or bool(mark),
    }


def _question(
    each: Progress, interview: Interview, findings: int, to_mend: int, words: Words
) -> tuple[str, str, str, str]:
    """Return a question's mark, its state in a word or two, their tone, and its state in full."""
    count = interview.standing.count(each.step.about)
    whole = count.asked + count.not_applicable
    done = count.decided + count.not_applicable
    mark, says, tone = "", "", "muted"
    if to_mend:
        mark, says, tone = "!", words("app.rail.to_mend", count=to_mend), "high"
    elif each.state == "reopened":
        mark, says, tone = "!", words("app.rail.reopened"), "medium"
    elif findings:
        mark, says, tone = "!", counted(words, "finding", findings), "high"
    elif each.state == "done":
        mark, says, tone = "✓", str(whole) if whole else words("app.rail.not_asked"), "plain"
    elif done:
        mark, says, tone = "·", words("app.rail.of", done=done, of=whole), "plain"
    waiting = sum(count.open[state] for state in ("recommended", "inherited", "to_confirm"))
    more = (("to_mend", to_mend), ("look", waiting), ("finding", findings))
    said = [
        words("app.rail.decided", done=done, of=whole),
        *(counted(words, key, number) for key, number in more if number),
    ]
    return mark, says, tone, ", ".join(said)


def foot(interview: Interview, review: Review, words: Words) -> View:
    """Return the foot: back, what waits, and where next leads."""
    here = interview.step
    steps = interview.steps
    after = steps[here.number] if here.number < len(steps) else None
    waiting = sum(1 for each in review.waiting)
    return {
        "back": here.number > 1,
        "next": words("app.foot.next", title=short(after, words)) if after else "",
        "says": counted(words, "rule_waits", waiting) if waiting and here.kind == "question" else "",
    }
