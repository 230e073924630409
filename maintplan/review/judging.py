"""Judging a plan by rules. Never raises: what can't be judged waits, and what goes wrong is a finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from maintplan import fields
from maintplan.plan import AcceptedRisk, FieldStanding, Given, Nothing, Standing, places, risks
from maintplan.review.compiling import Blocked, Compiled, Failed
from maintplan.review.findings import (
    DANGLING,
    SEVERITIES,
    Finding,
    Review,
    Severity,
    Waiting,
    acceptance,
)
from maintplan.review.messages import Hole, shown
from maintplan.review.rules import InForce, Ready, Rules
from maintplan.review.types import LIMITS
from maintplan.review.values import Row, Values, target
from maintplan.template import Field
from maintplan.words import Words, words

_FEW = 20
"""So many changed answers touch so many rules that the whole review is as quick."""

_AFTER_ROWS = 10**6
"""Stands for the row of a finding that comes after those about rows of the same table."""


def review(standing: Standing, rules: Rules, today: dt.date) -> Review:
    """Judge a plan.

    Parameters
    ----------
    standing
        How the plan stands.
    rules
        The rules of its template, from `maintplan.review.load`.
    today
        The day on which it is judged.

    Returns
    -------
    Review
        The same for the same plan, rules and day.
    """
    in_force = rules.in_force(standing.plan.service.tier, standing.plan.service.stage)
    judging = _Judging(standing, in_force, today)
    for ready in in_force.ready:
        judging.rule(ready)
    judging.dangling()
    off = tuple((rule.id, rule.off or "") for rule in rules.off)
    return judging.result(off, len(rules.ready) + len(off))


def review_again(standing: Standing, rules: Rules, today: dt.date, was: Standing, before: Review) -> Review:
    """Judge a plan that was judged before it was changed: by those rules that the change touches.

    Parameters
    ----------
    standing
        How the plan stands after the change.
    rules, today
        As for `review`.
    was, before
        How it stood before, and its review then, by the same rules.

    Returns
    -------
    Review
        What `review` gives; in a fraction of its time where few answers changed.
    """
    same = (
        before.day == today
        and was.plan.template is standing.plan.template
        and was.plan.service == standing.plan.service
        and was.plan.accepted_risks == standing.plan.accepted_risks
    )
    now = standing.fields if same else {}
    changed = [place for place, each in now.items() if not _stands_the_same(each, was.fields[place])]
    if not same or len(changed) > _FEW:
        return review(standing, rules, today)
    return review_touching(standing, rules, today, changed, before) if changed else before


def review_touching(
    standing: Standing,
    rules: Rules,
    today: dt.date,
    place: str | Iterable[str],
    before: Review | None = None,
) -> Review:
    """Judge a plan by those rules alone that what stands at a place can change.

    Parameters
    ----------
    standing
        How the plan stands after the change.
    rules, today
        As for `review`.
    place
        Where it was changed: a field, something in it, or a whole consideration or question; or several.
    before
        The review of the plan as it was before the change, on the same day and by the same rules.

    Returns
    -------
    Review
        With `before`, the whole review as it is now; without, what those rules find.
    """
    places = (place,) if isinstance(place, str) else tuple(place)
    touched = rules.in_force(standing.plan.service.tier, standing.plan.service.stage, places)
    judging = _Judging(standing, touched, today)
    for ready in touched.ready:
        judging.rule(ready)
    if before is None:
        return judging.result((), len(touched.ready))
    again = touched.ids
    if touched.refers:
        judging.dangling()
        again |= {DANGLING}
    judging.keep(before, again)
    return judging.result(before.off, before.rules)


def _stands_the_same(one: FieldStanding, other: FieldStanding) -> bool:
    """Compare how a field stands; of most the answer is the very same object, which is seen at once."""
    return (
        one.answer is other.answer
        and one.state == other.state
        and one.asked == other.asked
        and one.source == other.source
    ) or one == other


@dataclass(frozen=True)
class _Row:
    """The row that is judged."""

    index: int
    seen: Row
    before: Row
    said: Row


@dataclass
class _Waits:
    """What a rule waits for, gathered over its rows: labels by place."""

    found: dict[str, str] = field(default_factory=dict)


class _Judging:
    """One review of one plan.

    Parameters
    ----------
    standing
        How the plan stands.
    those
        The rules that judge it.
    today
        The day on which it is judged.
    """

    def __init__(self, standing: Standing, those: InForce, today: dt.date) -> None:
        plan = standing.plan
        self.standing = standing
        self.today = today
        self.service = plan.service
        self.risks = _risks(plan.accepted_risks, standing)
        self.words: Words = words(plan.template.language)
        in_force = [each for each in self.risks if risks.flaw(each, today) is None]
        self.values = Values(standing, today, in_force, those)
        self.limits, self.titles = those.limits, those.titles
        self.types = those.ready[0].types if those.ready else None
        self.shared = self.activation({**self.values.some(those.names), LIMITS: self.limits})
        self.findings: list[Finding] = []
        self.waiting: list[Waiting] = []
        self.judged: set[str] = set()
        self._asked: dict[str, frozenset[str]] = {}

    @cached_property
    def order(self) -> dict[str, int]:
        """The places of the fields, each with its rank."""
        return {place: index for index, place in enumerate(self.standing.fields)}

    def activation(self, values: dict[str, Any]) -> Any:
        return self.types.activation(values) if self.types is not None else None

    def result(self, off: tuple[tuple[str, str], ...], rules: int) -> Review:
        found = sorted(self.findings, key=lambda each: (each.rank, each.rule, each.at))
        self.waiting.sort(
            key=lambda each: (SEVERITIES.index(each.severity), self.order.get(each.at, 0), each.rule)
        )
        return Review(
            findings=tuple(each for each in found if each.accepted is None),
            waiting=tuple(self.waiting),
            accepted=tuple(each for each in found if each.accepted is not None),
            off=off,
            judged=frozenset(self.judged),
            rules=rules,
            titles=self.titles,
            day=self.today,
            language=self.words.language,
        )

    def keep(self, before: Review, again: frozenset[str]) -> None:
        """Keep what an earlier review said by other rules than those that judged again."""
        earlier = (*before.findings, *before.accepted)
        self.findings.extend(each for each in earlier if each.rule not in again)
        self.waiting.extend(each for each in before.waiting if each.rule not in again)
        self.judged |= before.judged - again

    def rule(self, ready: Ready) -> None:
        found = ready.whole.value(self.shared) if ready.whole is not None else False
        if found is None:
            return
        if found is True:
            self.judged.add(ready.rule.id)
        else:
            self.closely(ready)

    def closely(self, ready: Ready) -> None:
        """Judge by a rule that does not simply hold: which row breaks it, or what it waits for."""
        rule = ready.rule
        waits = _Waits()
        if ready.applies is not None:
            found = ready.applies.value(self.shared)
            if found is False:
                return
            if found is not True:
                self.undecided(ready, ready.applies, found, None, waits)
                self.wait(ready, waits)
                return
        if rule.each is None:
            self.judge(ready, ready.require.value(self.shared), None, waits)
        else:
            self.each(ready, rule.each, waits)
        self.wait(ready, waits)

    def each(self, ready: Ready, table: str, waits: _Waits) -> None:
        seen, said = self.values.rows(table), self.values.said(table)
        if seen is None or said is None:
            self.missing(table, waits)
            return
        self.judged.add(ready.rule.id)
        outcomes = ready.require.by_row(table, len(seen), self.shared)
        before: Row = {}
        for index, row in enumerate(seen):
            judged = _Row(index, row, before, said[index])
            found = self.alone(ready, judged) if outcomes[index] is None else outcomes[index]
            if found is not True:
                self.judge(ready, found, judged, waits)
            before = row

    def alone(self, ready: Ready, row: _Row) -> Any:
        """Judge one row by itself."""
        found = ready.require.value(self.of_row(ready, row))
        if isinstance(found, Blocked) and row.index == 0 and "prev" in ready.require.names:
            # Nothing stands before the first row: where that alone is missing, there is nothing to judge.
            instead = ready.require.value(self.of_row(ready, replace(row, before=row.seen)))
            return found if isinstance(instead, Blocked) else True
        return found

    def of_row(self, ready: Ready, row: _Row) -> Any:
        """Return what a rule sees when it looks at a row."""
        values = self.values.some(ready.looked_at)
        limits = {ready.rule.id: self.limits[ready.rule.id]} if ready.rule.id in self.limits else {}
        return self.activation({**values, "row": row.seen, "prev": row.before, LIMITS: limits})

    def judge(self, ready: Ready, found: Any, row: _Row | None, waits: _Waits) -> None:
        if found is True:
            self.judged.add(ready.rule.id)
        elif found is False:
            self.judged.add(ready.rule.id)
            self.find(ready, row)
        else:
            self.undecided(ready, ready.require, found, row, waits)

    def undecided(
        self, ready: Ready, expression: Compiled, found: Any, row: _Row | None, waits: _Waits
    ) -> None:
        if isinstance(found, Blocked) and found.name is not None:
            if self.missing(found.name, waits):
                for name in sorted(expression.names):
                    if not self.values.some([name]):
                        self.missing(name, waits)
        elif isinstance(found, Blocked) and found.column is not None:
            self.missing_cell(ready, expression, found.column, row, waits)
        else:
            why = found.why if isinstance(found, Failed) else f"it gave {type(found).__name__}"
            message = self.words("findings.error", rule=ready.rule.id, why=why)
            self.find(ready, row, error=message)

    def missing(self, name: str, waits: _Waits) -> bool:
        """Note a field without a value; False when there is nothing to wait for."""
        standing = self.values.field(name)
        if standing is None or not standing.asked or standing.state == "not_applicable":
            return False
        if isinstance(standing.answer, Nothing):
            return False
        waits.found.setdefault(standing.field.place, standing.field.label)
        return True

    def missing_cell(
        self, ready: Ready, expression: Compiled, column: str, row: _Row | None, waits: _Waits
    ) -> None:
        """Note the cell without a value: of the row, of one that it refers to, or of a table looked at."""
        for table, index, said in self.candidates(ready, expression, row):
            spec = self.values.named[table].spec.column(column)
            if spec is None or column in said:
                continue
            found = self.values.named[table]
            if not self.asks(found, column):
                return
            place = f"{found.place}{places.selector(said, index, found.spec)}.{column}"
            waits.found.setdefault(place, self.label(place))
            return

    def candidates(
        self, ready: Ready, expression: Compiled, row: _Row | None
    ) -> Iterator[tuple[str, int, Row]]:
        if row is not None and ready.rule.each is not None:
            yield ready.rule.each, row.index, row.said
            yield from self.referred(ready.rule.each, row.said, {ready.rule.each})
        for name in sorted(expression.names):
            for index, said in enumerate(self.values.said(name) or () if name in self.values.named else ()):
                if not isinstance(said, dict):
                    break
                yield name, index, said
                yield from self.referred(name, said, {name})

    def referred(self, table: str, said: Row, seen: set[str]) -> Iterator[tuple[str, int, Row]]:
        for column in self.values.named[table].spec.columns:
            if (
                column.to is None
                or column.to not in self.values.named
                or column.id not in said
                or column.to in seen
            ):
                continue
            index = self.values.index(column.to, said[column.id])
            if index is not None:
                found = (self.values.said(column.to) or [])[index]
                yield column.to, index, found
                yield from self.referred(column.to, found, {*seen, column.to})

    def asks(self, table: Field, column: str) -> bool:
        if table.place not in self._asked:
            self._asked[table.place] = frozenset(each.id for each in self.standing.columns(table.place))
        return column in self._asked[table.place]

    def wait(self, ready: Ready, waits: _Waits) -> None:
        if waits.found:
            severity = cast("Severity", ready.rule.severity[self.service.tier])
            self.waiting.append(
                Waiting(
                    rule=ready.rule.id,
                    severity=severity,
                    at=ready.main[0].place,
                    for_=tuple(waits.found.values()),
                    places=tuple(waits.found),
                )
            )

    def find(self, ready: Ready, row: _Row | None, error: str | None = None) -> None:
        rule = ready.rule
        involved = tuple(dict.fromkeys(self.places(ready, row)))
        if row is None:
            involved = self.answered_first(involved)
        main = ready.main[0]
        covers = self.covering(ready, row, involved)
        accepted, refused = acceptance(rule.id, covers, self.risks, self.today, self.words)
        finding = Finding(
            rule=rule.id,
            severity=cast("Severity", rule.severity[self.service.tier]),
            at=involved[0],
            places=involved,
            message=error or self.message(ready, row),
            remedy=rule.remedy,
            source=rule.source,
            accepted=accepted,
            refused=refused,
            announced=rule.since if rule.since and rule.since > self.today else None,
            error=error is not None,
            title=self.titles[rule.id],
            rank=self.rank(rule.severity[self.service.tier], main.place, row.index if row else 0),
            language=self.words.language,
        )
        self.findings.append(finding)

    def answered_first(self, involved: tuple[str, ...]) -> tuple[str, ...]:
        """Put the first place first that somebody answered, or else that has a value at all."""

        def rank(place: str) -> int:
            standing = self.standing.fields.get(place)
            if standing is None or not isinstance(standing.answer, Given | Nothing):
                return 2
            return int(standing.source == "recommended")

        first = min(involved, key=rank)
        return (first, *(each for each in involved if each != first))

    def covering(self, ready: Ready, row: _Row | None, involved: tuple[str, ...]) -> tuple[str, ...]:
        """Return where a risk covers a finding: any field involved; for a row, that row and its cells."""
        if row is None or ready.rule.each is None:
            return involved
        table = self.values.named[ready.rule.each]
        of_row = f"{table.place}{self.selector(table, row)}"
        return (of_row, *(each for each in involved if each.startswith(f"{of_row}.")))

    def rank(self, severity: str, place: str, index: int) -> tuple[int, ...]:
        return SEVERITIES.index(cast("Severity", severity)), self.order.get(place, len(self.order)), index

    def selector(self, table: Field, row: _Row) -> str:
        return places.selector(row.said, row.index, table.spec)

    def places(self, ready: Ready, row: _Row | None) -> Iterator[str]:
        each = ready.rule.each
        for found, column in ready.involved:
            ending = f".{column}" if column else ""
            if row is None or each is None:
                yield found.place
            elif found.name == each:
                yield f"{found.place}{self.selector(found, row)}{ending}"
            else:
                rows = self.referred(each, row.said, {each})
                reached = next(((index, said) for table, index, said in rows if table == found.name), None)
                selector = places.selector(reached[1], reached[0], found.spec) if reached else ""
                yield f"{found.place}{selector}{ending if selector else ''}"

    def message(self, ready: Ready, row: _Row | None) -> str:
        missing = self.words("findings.not_given")
        values = self.shared if row is None else None
        said: list[str] = []
        for part in ready.message.parts:
            if isinstance(part, Hole) and (part.spec is None or not part.path):
                if values is None and row is not None:
                    values = self.of_row(ready, row)
                said.append(shown(part.compiled.value(values), missing))
            else:
                said.append(part if isinstance(part, str) else self.fill(part, ready, row, missing))
        return "".join(said)

    def fill(self, hole: Hole, ready: Ready, row: _Row | None, missing: str) -> str:
        """Return a field, a cell or the limit as a reader sees it."""
        spec = cast("fields.Spec", hole.spec)
        if hole.path == ("limit",):
            limit = ready.rule.limit[self.service.tier]
            return fields.show(limit.value, limit.spec)
        if hole.path[0] in ("row", "prev") and row is not None and ready.rule.each is not None:
            said = row.said if hole.path[0] == "row" else self.before(ready.rule.each, row)
            found = target(self.values, hole.path[1:], said, ready.rule.each)
            value = found[1].get(found[2]) if found else None
            return missing if value is None else fields.show(value, spec)
        standing = self.values.field(hole.path[0])
        if standing is not None and isinstance(standing.answer, Nothing):
            return self.words("findings.none")
        value = standing.value if standing is not None and standing.shown else None
        return missing if value is None else fields.show(value, spec)

    def before(self, table: str, row: _Row) -> Row:
        said = self.values.said(table) or []
        return said[row.index - 1] if row.index else {}

    def label(self, at: str) -> str:
        """Name a place by its label, a cell with its row and column."""
        place = places.parse(at)
        found = self.standing.fields[place.of_field].field
        column = found.spec.column(place.column) if place.column else None
        if column is None:
            return found.label
        row = place.row or self.words("findings.row", number=place.number)
        return self.words("findings.cell", table=found.label, row=row, column=column.label)

    def dangling(self) -> None:
        """Find the references that lead nowhere."""
        for index, each in enumerate(self.standing.dangling, _AFTER_ROWS):
            message = self.words(
                "findings.dangling",
                place=self.label(each.place),
                key=f"“{each.key}”",
                table=self.standing.fields[each.table].field.label,
            )
            accepted, refused = acceptance(DANGLING, (each.place,), self.risks, self.today, self.words)
            finding = Finding(
                rule=DANGLING,
                severity="high",
                at=each.place,
                places=(each.place, each.table),
                message=message,
                title=self.titles[DANGLING],
                remedy=self.words("findings.dangling_remedy"),
                source=self.words("findings.own_judgement"),
                # Yes is refused for it in any case, so that accepting it would settle nothing.
                accepted=None,
                refused=refused if accepted is None else self.words("findings.dangling_stays"),
                rank=self.rank("high", each.place.partition("[")[0], index),
                language=self.words.language,
            )
            self.findings.append(finding)


def _risks(held: Iterable[AcceptedRisk], standing: Standing) -> list[AcceptedRisk]:
    """Return the accepted risks with the short form ``question.field`` of a place written out."""
    named = standing.plan.template.named
    found = []
    for each in held:
        head, bracket, rest = each.at.partition("[")
        at = f"{named[head].place}{bracket}{rest}" if head in named else each.at
        found.append(each if at == each.at else each.model_copy(update={"at": at}))
    return found
