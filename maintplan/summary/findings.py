"""What the review says of a plan: the improvement plan, its excerpts, and the notes beside answers.

All of it comes from a `maintplan.review.Review`; nothing is judged here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from maintplan.plan import AcceptedRisk, Action, Standing, approval, places, risks
from maintplan.review import (
    DANGLING,
    SETTLED,
    SEVERITIES,
    Finding,
    Review,
    Severity,
    action_for,
    readiness,
)
from maintplan.review import Part as Ready
from maintplan.review.findings import awaited, refusal
from maintplan.summary import links, values
from maintplan.summary.blocks import (
    Block,
    Column,
    Heading,
    Line,
    Note,
    Paragraph,
    Part,
    Span,
    Table,
    joined,
    line,
)
from maintplan.summary.phrases import date, filled, heading, named, table, words_of

ID = "improvement"
"""The improvement plan's id, and its anchor."""

Link = Callable[[str], str | None]
"""Where a place is shown in a document, as an address within it; None where it is not."""


_SHOWN = 5
"""Further rows of a finding that a note names."""


class Findings:
    """A review, ready to be shown in documents.

    Parameters
    ----------
    standing
        How the plan stands.
    found
        Its review.
    """

    def __init__(self, standing: Standing, found: Review) -> None:
        self.standing = standing
        self.found = found
        self.say = words_of(standing)
        self.actions = {each.id: action_for(each, standing.plan.actions) for each in self._all()}

    def _all(self) -> tuple[Finding, ...]:
        return (*self.found.findings, *self.found.accepted)

    # ----------------------------------------------------------------------------------- beside answers

    def notes(self, place: str) -> Iterator[Note]:
        """Yield the notes about a field, or a part of it, the gravest first; each rule speaks once."""
        groups: dict[tuple[object, ...], list[Finding]] = {}
        for each in self._all():
            if each.at.partition("[")[0] == place:
                risk = each.accepted
                terms = (risk.reason, risk.by, risk.agreed_by, risk.until) if risk is not None else ()
                groups.setdefault((each.rule, *terms), []).append(each)
        for group in groups.values():
            yield self._note(group)

    def _note(self, group: Sequence[Finding]) -> Note:
        first = group[0]
        lead = self.say(f"findings.severities.{first.severity}")
        if first.accepted is not None:
            lead = self.say("findings.accepted_one")
        more = [values.typed(first.remedy), line(self._source(first))]
        if first.announced:
            more.insert(0, line(self._sentence("findings.announced", date=date(first.announced))))
        if first.accepted is not None:
            until = self._sentence("findings.until_date", date=date(first.accepted.until))
            more = [values.typed(first.accepted.reason), line(until)]
        elif action := self.actions[first.id]:
            more.append(line(self._doing(action)))
        text = joined([line(Span(text=f"{lead}.", tone="strong")), values.typed(first.message)])
        if len(group) > 1:
            text = joined([text, self._likewise(group[1:])])
        return Note(
            tone=first.severity if first.open else "muted", line=text, more=joined([*filter(None, more)])
        )

    def _likewise(self, others: Sequence[Finding]) -> Line:
        """Name the rows of which a rule says the same, each leading to its finding."""
        told = [line(Span(text=_row_of(each), href=f"#{_anchor(each)}")) for each in others[:_SHOWN]]
        if len(others) > _SHOWN:
            count = self.say("findings.others", count=len(others) - _SHOWN)
            told.append(line(Span(text=count, href=f"#{_anchor(others[_SHOWN])}")))
        before, _, after = self.say("findings.likewise", rows="\0").partition("\0")
        return line(before, *joined(told, ", "), after)

    def _source(self, finding: Finding) -> str:
        return f"{_capital(finding.source)}." if finding.source else ""

    def _sentence(self, key: str, **given: str) -> str:
        return f"{_capital(self.say(key, **given))}."

    def _doing(self, action: Action) -> str:
        """Say who does it by when: with a name, a day, or only the state."""
        state = self.say(f"open.action_states.{action.state}")
        if action.state in SETTLED:
            return self._sentence("findings.still", state=state)
        key = (
            "who_due"
            if action.owner and action.due
            else "who"
            if action.owner
            else "due"
            if action.due
            else ""
        )
        if not key:
            return f"{_capital(state)}."
        return self._sentence(f"findings.action.{key}", who=action.owner or "", due=date(action.due))

    def counted(self, place: str) -> Span | None:
        """Count the open findings at a consideration; the words lead to the first of them."""
        here = [each for each in self.found.open() if each.at.startswith(f"{place}.")]
        return (
            Span(text=self.count(len(here)), tone=here[0].severity, href=f"#{_anchor(here[0])}")
            if here
            else None
        )

    def count(self, number: int) -> str:
        """Say a number of findings."""
        return self.say("findings.one") if number == 1 else self.say("findings.many", count=number)

    def sentence(self) -> Line:
        """Say how many findings of each severity are open, each number leading to what it counts."""
        counts = Counter(each.severity for each in self.found.open())
        parts = [
            line(
                Span(
                    text=self.say(f"findings.open.{each}", count=counts[each]),
                    tone=each,
                    href=f"#{_heading(each)}",
                )
            )
            for each in SEVERITIES
            if counts[each]
        ]
        if not parts:
            return line(self.say("findings.none_open" if self.found.rules else "findings.no_rules"))
        before, _, after = self.say("findings.open.sentence", counts="\0").partition("\0")
        return line(before, *joined(parts, ", "), after)

    # --------------------------------------------------------------------------------- the improvement plan

    def improvement(self, link: Link) -> Part:
        """Return the improvement plan.

        Parameters
        ----------
        link
            Where the document shows a place.
        """
        say = self.say
        blocks: list[Block] = [
            Paragraph(line=line(say("findings.lead")), tone="muted"),
            Paragraph(line=self.sentence()),
        ]
        if self.found.rules:
            blocks.extend(self._readiness())
        for severity in SEVERITIES:
            if here := self.found.open(severity):
                title = say(f"findings.severities.{severity}")
                aside = line(Span(text=self.count(len(here)), tone=severity))
                blocks.append(Heading(level=3, text=title, anchor=_heading(severity), aside=aside))
                blocks.append(self._table(here, title, link))
        if announced := [each for each in self.found.findings if each.announced]:
            blocks.append(heading(say, "findings.announced_title", "findings-announced"))
            blocks.append(self._table(announced, say("findings.announced_title"), link))
        blocks.extend(self._accepted(link))
        blocks.extend(self._waiting())
        blocks.extend(self._off())
        blocks.extend(self._other_actions(link))
        return Part(id=ID, title=say("findings.title"), kind="status", blocks=tuple(blocks))

    def excerpt(self, names: Iterable[str], link: Link) -> Part | None:
        """Return what is open or accepted of some fields, for a document that shows those; None for nothing.

        Parameters
        ----------
        names
            The fields, as ``question.field``.
        link
            Where the document shows a place.
        """
        known = self.standing.plan.template.named
        shown = {known[name].place for name in names}
        here = [each for each in self._all() if each.at.partition("[")[0] in shown]
        open_ = [each for each in here if each.open]
        blocks: list[Block] = []
        if open_:
            blocks.append(Paragraph(line=line(self.say("findings.excerpt_lead")), tone="muted"))
            blocks.append(self._table(open_, self.say("findings.excerpt"), link, graded=True))
        accepted = [each for each in here if each.accepted]
        if accepted:
            blocks.append(heading(self.say, "findings.accepted", "findings-accepted"))
            rows = [self._accepted_row(each.accepted, each, link) for each in accepted if each.accepted]
            blocks.append(table(self.say, "findings", self.say("findings.accepted"), _RISK_COLUMNS, rows))
        if not blocks:
            return None
        return Part(id=ID, title=self.say("findings.excerpt"), kind="status", blocks=tuple(blocks))

    def _readiness(self) -> Iterator[Block]:
        """Yield the counts of each question and of the plan, and what is in none of them."""
        say, counts = self.say, readiness(self.standing, self.found)
        columns = (
            Column(label=say("standing.question"), weight=30),
            Column(label=say("standing.decided"), align="end", weight=10),
            *(Column(label=say(f"findings.severities.{each}"), align="end", weight=8) for each in SEVERITIES),
            Column(label=say("findings.waiting_count"), align="end", weight=10),
        )
        rows = [
            (line(Span(text=each.heading, href=f"#{each.id}")), *self._counts(each))
            for each in counts.questions
        ]
        rows.append((line(Span(text=say("standing.whole"), tone="strong")), *self._counts(counts.plan)))
        yield filled(say("findings.readiness"), columns, rows)
        listed_elsewhere = "#exceptions" if approval.exceptions(self.standing.plan) else None
        left = [
            Span(text=self._counted(key, len(listed)), href=href)
            for key, listed, href in (
                ("not_applicable", counts.plan.not_applicable, listed_elsewhere),
                ("accepted", counts.plan.accepted, "#findings-accepted"),
            )
            if listed
        ]
        if left:
            before, _, after = say("findings.left_out.sentence", parts="\0").partition("\0")
            parts = joined([line(each) for each in left], ", ")
            yield Paragraph(line=line(before, *parts, after), tone="muted")

    def _counted(self, key: str, count: int) -> str:
        return self.say(f"findings.left_out.{key}.{'one' if count == 1 else 'many'}", count=count)

    def _counts(self, part: Ready) -> tuple[Line, ...]:
        numbers = [part.open[severity] for severity in SEVERITIES]
        return (
            line(f"{part.decided} / {part.asked}"),
            *(
                line(Span(text=str(number), tone=severity)) if number else ()
                for severity, number in zip(SEVERITIES, numbers, strict=True)
            ),
            line(str(part.waiting)) if part.waiting else (),
        )

    def _table(self, found: Sequence[Finding], caption: str, link: Link, *, graded: bool = False) -> Table:
        """Make a table of findings: what, what to do, who by when; a remedy is said once for each rule."""
        rows: list[tuple[Line, ...]] = []
        said: set[str] = set()
        for each in found:
            remedy = (
                line(Span(text=self.say("findings.same"), tone="muted"))
                if each.rule in said
                else self._remedy(each)
            )
            said.add(each.rule)
            grade = line(Span(text=self.say(f"findings.severities.{each.severity}"), tone=each.severity))
            rows.append((*((grade,) if graded else ()), self._what(each, link), remedy, *self._who(each)))
        labels = (*((("severity", 9),) if graded else ()), *_FINDING_COLUMNS)
        made = table(self.say, "findings", caption, labels, rows)
        return made.model_copy(update={"anchors": tuple(_anchor(each) for each in found)})

    def _what(self, finding: Finding, link: Link) -> Line:
        where = Span(text=self._where(finding.at), tone="muted", href=link(finding.at))
        parts = [values.typed(finding.message)]
        if finding.refused:
            text = self._sentence("findings.refused", why=finding.refused)
            parts.append(line(Span(text=text, tone="medium")))
        if finding.announced:
            text = self._sentence("findings.announced", date=date(finding.announced))
            parts.append(line(Span(text=text, tone="strong")))
        return joined([*parts, line(where)])

    def _where(self, place: str) -> str:
        standing = self.standing.fields.get(place.partition("[")[0])
        if standing is None:
            return place
        consideration = places.find(self.standing.plan.template, standing.field.place).consideration
        return consideration.words if consideration else place

    def _remedy(self, finding: Finding) -> Line:
        source = Span(text=self._source(finding), tone="muted")
        return joined(
            [values.typed(finding.remedy), line(source)] if source.text else [values.typed(finding.remedy)]
        )

    def _who(self, finding: Finding) -> tuple[Line, Line, Line]:
        """Say who sees to a finding, by when, and how far that is."""
        action = self.actions[finding.id]
        nobody = line(Span(text=self.say("findings.nobody"), tone="medium"))
        if action is None:
            return nobody, (), ()
        return (
            values.typed(action.owner or "") or nobody,
            line(date(action.due)),
            self._state(action, found=True),
        )

    def _state(self, action: Action, *, found: bool = False) -> Line:
        state = line(self.say(f"open.action_states.{action.state}"))
        if found and action.state in SETTLED:
            state = line(Span(text=self.say("findings.still", state=state[0].text), tone="medium"))
        return joined([state, _ticket(action.ticket)], ", ") if action.ticket else state

    def _accepted(self, link: Link) -> Iterator[Block]:
        """Yield the accepted risks: those that cover a finding, and those that do not count, with why."""
        say, held = self.say, self.standing.plan.accepted_risks
        rows = [
            self._accepted_row(each.accepted, each, link) for each in self.found.accepted if each.accepted
        ]
        if rows:
            yield heading(say, "findings.accepted", "findings-accepted")
            yield Paragraph(line=line(say("findings.accepted_lead")), tone="muted")
            yield table(say, "findings", say("findings.accepted"), _RISK_COLUMNS, rows)
        used = [each.accepted for each in self.found.accepted]
        idle = [
            (
                line(
                    Span(text=named(self.standing, each.at), href=link(each.at)),
                    ": ",
                    self.found.title(each.rule),
                ),
                values.typed(each.reason),
                values.typed(each.by),
                values.typed(each.agreed_by or ""),
                line(Span(text=self._idle(each), tone="medium")),
            )
            for each in held
            if each not in used
        ]
        if idle:
            yield heading(say, "findings.idle", "findings-idle")
            labels = (("finding", 26), ("reason", 24), ("by", 12), ("agreed_by", 12), ("why", 26))
            yield table(say, "findings", say("findings.idle"), labels, idle)

    def _idle(self, risk: AcceptedRisk) -> str:
        why = risks.flaw(risk, self.found.day) if self.found.day else None
        if why is not None:
            return _capital(refusal(risk, why, self.say))
        return _capital(
            self.say("findings.dangling_stays" if risk.rule == DANGLING else "findings.nothing_there")
        )

    def _accepted_row(self, risk: AcceptedRisk, finding: Finding, link: Link) -> tuple[Line, ...]:
        grade = Span(text=f"{self.say(f'findings.severities.{finding.severity}')}.", tone=finding.severity)
        return (
            line(grade, " ", *self._what(finding, link)),
            values.typed(risk.reason),
            values.typed(risk.by),
            values.typed(risk.agreed_by or ""),
            line(date(risk.until)),
        )

    def _waiting(self) -> Iterator[Block]:
        if not self.found.waiting:
            return
        rows = [
            (
                line(Span(text=self.say(f"findings.severities.{each.severity}"), tone=each.severity)),
                line(self.found.title(each.rule)),
                line(", ".join(awaited(each, self.standing))),
            )
            for each in self.found.waiting
        ]
        yield heading(self.say, "findings.waiting", "findings-waiting")
        yield Paragraph(line=line(self.say("findings.waiting_lead")), tone="muted")
        labels = (("severity", 10), ("rule", 30), ("waits_for", 40))
        yield table(self.say, "findings", self.say("findings.waiting"), labels, rows)

    def _off(self) -> Iterator[Block]:
        if self.found.off:
            rows = [(line(self.found.title(rule)), values.typed(reason)) for rule, reason in self.found.off]
            yield heading(self.say, "findings.off", "findings-off")
            yield table(self.say, "findings", self.say("findings.off"), (("rule", 24), ("reason", 40)), rows)

    def _other_actions(self, link: Link) -> Iterator[Block]:
        """Yield the actions that no finding is dealt with by: about a gap, a risk, or what is settled."""
        used = {each.id for each in self.actions.values() if each is not None}
        rest = [each for each in self.standing.plan.actions if each.id not in used]
        if not rest:
            return
        rows = [
            (
                joined(
                    [
                        line(Span(text=named(self.standing, each.at), href=link(each.at))) if each.at else (),
                        values.typed(self.found.title(each.about)),
                    ],
                    ": " if each.at else "",
                ),
                values.typed(each.owner or ""),
                line(date(each.due)),
                self._state(each),
            )
            for each in rest
        ]
        yield heading(self.say, "findings.other_actions", "findings-actions")
        labels = (("about", 34), ("owner", 14), ("due", 13), ("state", 13))
        yield table(self.say, "findings", self.say("findings.other_actions"), labels, rows)


_FINDING_COLUMNS = (
    ("finding", 38),
    ("remedy", 33),
    ("owner", 12),
    ("due", 12),
    ("state", 11),
)
_RISK_COLUMNS = (("finding", 34), ("reason", 26), ("by", 12), ("agreed_by", 12), ("until", 12))


def in_plan(standing: Standing) -> Link:
    """Return where the whole plan shows a place: at its consideration's heading, where it has one."""
    headed = {place for place, state in standing.considerations.items() if state != "not_asked"}
    headed |= {place.rpartition(".")[0] for place, each in standing.fields.items() if each.shown}

    def link(place: str) -> str | None:
        parts = place.partition("[")[0].split(".")
        return f"#{parts[0]}-{parts[1]}" if ".".join(parts[:2]) in headed else None

    return link


def _row_of(finding: Finding) -> str:
    found = places.parse(finding.at)
    return found.row or (f"#{found.number}" if found.number else finding.message)


def _anchor(finding: Finding) -> str:
    return f"finding-{finding.id}"


def _heading(severity: Severity) -> str:
    return f"findings-{severity}"


def _ticket(text: str | None) -> Line:
    """Link a ticket by the end of its address; a number such as #12 is no place in this document."""
    if not text or links.allowed(text) is None or text.startswith("#"):
        return line(text or "")
    return (Span(text=text.rstrip("/").rpartition("/")[2] or text, href=text),)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
