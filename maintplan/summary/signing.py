"""The sign-off: the validation prompt, and what was said to it."""

from __future__ import annotations

from maintplan import fields
from maintplan.plan import Round, Standing, approval
from maintplan.summary import values
from maintplan.summary.blocks import Block, Line, Note, Paragraph, Part, Span, joined, line
from maintplan.summary.findings import Findings
from maintplan.summary.phrases import heading, moment, table, words_of


def sign_off(standing: Standing, findings: Findings | None = None) -> Part:
    """Return the validation prompt, what each role said to this content, and all rounds."""
    plan, say = standing.plan, words_of(standing)
    blocks: list[Block] = [Paragraph(line=line(Span(text=plan.template.prompt.words, tone="strong")))]
    rows: list[tuple[Line, ...]] = []
    for each in approval.sign_offs(plan, standing):
        if each.round is None:
            rows.append((line(each.label), (), (), (), line(Span(text=say("signoff.open"), tone="medium"))))
            continue
        answer = "yes" if each.counts else "headless"
        rows.append(
            (
                line(each.label),
                values.typed(each.round.by),
                line(moment(each.round.when)),
                line(say(f"signoff.identities.{each.round.identity}")),
                line(Span(text=say(f"signoff.{answer}"), tone="decided" if each.counts else "medium")),
            )
        )
    labels = (("role", 16), ("who", 14), ("when", 16), ("identity", 18), ("answer", 16))
    blocks.append(table(say, "signoff", say("signoff.title"), labels, rows))
    if findings and findings.found.open("high") and approval.status(plan, standing) == "complete":
        # It was confirmed without any: these came with time, or with a rule. The Yes stands; they show.
        counted = Span(text=findings.count(len(findings.found.open("high"))), href="#findings-high")
        before, _, later = say("findings.since", counts="\0").partition("\0")
        blocks.append(Note(tone="high", line=line(before, counted, later)))
    after = plan.template.approvals.lapses_after.get(plan.service.tier)
    if after:
        shown = fields.show(after, fields.Spec(kind="duration"))
        blocks.append(Paragraph(line=line(say("signoff.lapses", after=shown)), tone="muted"))
    if plan.rounds:
        blocks.append(heading(say, "signoff.rounds", "rounds"))
        labels = (("when", 16), ("who", 14), ("role", 14), ("answer", 8), ("feedback", 34))
        blocks.append(
            table(
                say,
                "signoff",
                say("signoff.rounds"),
                labels,
                [_round(standing, each) for each in plan.rounds],
            )
        )
    digest = Span(text=approval.content(plan, standing), tone="code")
    before, _, after_digest = say("signoff.content", digest="\0").partition("\0")
    blocks.append(Paragraph(line=line(before, digest, after_digest), tone="muted"))
    return Part(id="sign-off", title=say("signoff.title"), kind="status", blocks=tuple(blocks))


def _round(standing: Standing, each: Round) -> tuple[Line, ...]:
    plan, say = standing.plan, words_of(standing)
    feedback = values.typed(each.feedback or "")
    if each.reopen:
        headings = [
            found.heading for name in each.reopen if (found := plan.template.question(name)) is not None
        ]
        feedback = joined(
            [feedback, line(Span(text=f"{say('signoff.reopened')}: {', '.join(headings)}.", tone="muted"))]
        )
    role = plan.template.approvals.roles.get(each.role, each.role) if each.role else ""
    answer = say("signoff.yes") if each.confirmed else say("signoff.no")
    return (line(moment(each.when)), values.typed(each.by), line(role), line(answer), feedback)
