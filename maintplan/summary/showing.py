"""One section of a document: its answers, laid out for a reader who is looking for one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from maintplan.errors import Where
from maintplan.expressions import Expression, Scope
from maintplan.fields import Spec
from maintplan.figures import Picture
from maintplan.plan import FieldStanding, Given, NotApplicable, Nothing, Standing
from maintplan.summary import pictures, values
from maintplan.summary import steps as stepping
from maintplan.summary.blocks import (
    Block,
    Heading,
    Line,
    Note,
    Pairs,
    Paragraph,
    Part,
    Span,
    Steps,
    Table,
    joined,
    line,
)
from maintplan.summary.phrases import words_of
from maintplan.template import Deliverable, Field, Show
from maintplan.template.slugs import slug

Row = Mapping[str, Any]


class Showing:
    """The sections of one document.

    Parameters
    ----------
    standing
        How the plan stands.
    deliverable
        What the document shows.
    drawn
        The pictures that it may show, by name.

    Attributes
    ----------
    lacking
        Labels of what is asked and not answered, by the title of the section that would hold it.
    """

    def __init__(
        self,
        standing: Standing,
        deliverable: Deliverable,
        drawn: Mapping[str, Picture] = pictures.NONE,
    ) -> None:
        self._drawn = drawn
        self.standing = standing
        self.say = words_of(standing)
        self.lacking: dict[str, list[str]] = {}
        self._anchors = dict(self._anchored(deliverable))
        self._said: set[str] = set()

    def section(self, show: Show) -> Part | None:
        """Return a section, or None where nothing that it shows has been answered."""
        asked = [self._of(name) for name in (*show.names, *([show.steps] if show.steps else ()))]
        missing = [each.field.label for each in asked if each.state == "missing"]
        if missing and show.where is None:
            known = {label for labels in self.lacking.values() for label in labels}
            if new := [each for each in missing if each not in known]:
                self.lacking.setdefault(show.title, []).extend(new)
        blocks = list(self._steps(show) if show.steps else self._fields(show))
        blocks.extend(pictures.named(self._drawn, show.picture))
        if not blocks:
            return None
        return Part(id=show.id, title=show.title, blocks=tuple(blocks))

    def leading(self, shown: Iterable[tuple[Show, Part]]) -> Iterator[Part]:
        """Yield sections with the others that they lead to, where the document has these."""
        found = list(shown)
        titles = {part.id: part.title for _, part in found}
        for show, part in found:
            links = [line(Span(text=titles[each], href=f"#{each}")) for each in show.see if each in titles]
            if not links:
                yield part
                continue
            said = Paragraph(
                line=line(self.say("document.see"), " ", *joined(links, ", "), "."), tone="muted"
            )
            yield part.model_copy(update={"blocks": (*part.blocks, said)})

    def _of(self, name: str) -> FieldStanding:
        return self.standing.fields[self.standing.plan.template.named[name].place]

    def _rows(self, name: str) -> list[Row]:
        each = self._of(name)
        return list(each.value or ()) if each.shown and isinstance(each.answer, Given) else []

    # ---------------------------------------------------------------------------------------- fields

    def _fields(self, show: Show) -> Iterator[Block]:
        found: list[Block] = []
        alone = sum(self._of(name).field.kind == "table" for name in show.names) == 1
        for name in show.names:
            each = self._of(name)
            if not each.shown:
                found.extend(self._unnamed(each, (), show.columns.get(name, ())))
                continue
            if each.answer is self._stance(each.field):
                found.extend(self._whole(each.field))
            elif show.each and each.field.kind == "table" and isinstance(each.answer, Given):
                found.extend(self._records(show, each))
            elif name in show.columns and isinstance(each.answer, Given):
                found.extend(self._unnamed(each, each.value, show.columns[name]))
                made = self._table(each, show.columns[name])
                # What was chosen for a section, and stands there alone, is what its heading says.
                found.append(made.model_copy(update={"caption": show.title}) if alone else made)
                found.extend(self._remark(each))
            else:
                found.extend(self._linked(block, each.field, each) for block in values.blocks(each, self.say))
        yield from values.merged(found)

    def _stance(self, field: Field) -> object:
        return self.standing.plan.answers.get(field.place.rpartition(".")[0], self)

    def _whole(self, field: Field) -> Iterator[Block]:
        """Say once what was said of a whole consideration, however many of its fields stand here."""
        place = field.place.rpartition(".")[0]
        if place in self._said:
            return
        self._said.add(place)
        stance = self.standing.plan.answers[place]
        words = next(each.words for each in self.standing.plan.template.considerations if each.place == place)
        if isinstance(stance, NotApplicable):
            said = self.say("field.not_applicable", label=words, reason=stance.not_applicable)
            yield Paragraph(line=values.typed(said), tone="muted")
        elif isinstance(stance, Nothing):
            yield Paragraph(line=values.typed(self.say("field.none", label=words, reason=stance.none)))
        else:
            yield Note(tone="medium", line=line(self.say("field.not_known_yet", label=words)))

    def _remark(self, each: FieldStanding) -> Iterator[Block]:
        if each.state == "recommended":
            yield Note(tone="recommended", line=line(self.say("field.recommended_table")))

    def _table(self, each: FieldStanding, names: Sequence[str]) -> Table:
        """Make a table of chosen columns; one of a row that it refers to is named ``reference.column``."""
        field = each.field
        columns: list[Spec] = []
        rows: list[dict[str, Any]] = [{} for _ in each.value]
        mono = set(field.mono)
        for name in names:
            own, _, other = name.partition(".")
            column = field.spec.column(own)
            if column is None:
                continue
            if not other:
                columns.append(column)
                for row, filled in zip(rows, each.value, strict=True):
                    row[name] = filled.get(own)
                continue
            target = self.standing.plan.template.named[column.to or ""]
            found = target.spec.column(other)
            if found is None:
                continue
            columns.append(replace(found, id=name))
            by_key = {str(row.get(target.spec.key or "")): row for row in self._rows(column.to or "")}
            for row, filled in zip(rows, each.value, strict=True):
                row[name] = by_key.get(str(filled.get(own)), {}).get(other)
            if other in target.mono:
                mono.add(name)
        chosen = replace(field, spec=replace(field.spec, columns=tuple(columns)), mono=frozenset(mono))
        made = values.table(chosen, rows)
        return self._with_links(made, chosen, rows)

    def _unnamed(self, each: FieldStanding, rows: Sequence[Row], names: Sequence[str]) -> Iterator[Block]:
        """Yield what rows would refer to, where none does yet: whom one can reach comes before the order."""
        wanted: dict[str, list[str]] = {}
        for own, dot, other in (name.partition(".") for name in names):
            if dot and not any(row.get(own) for row in rows):
                wanted.setdefault(own, []).append(other)
        columns = [each.field.spec.column(own) for own in wanted]
        for column, others in zip(columns, wanted.values(), strict=True):
            if column is not None and self._rows(to := column.to or ""):
                target = self._of(to)
                yield self._table(target, [target.field.spec.key or "", *others])

    def _linked(self, block: Block, field: Field, each: FieldStanding) -> Block:
        if isinstance(block, Table) and field.kind == "table":
            return self._with_links(block, field, each.value)
        return block

    def _with_links(self, made: Table, field: Field, rows: Sequence[Row]) -> Table:
        """Make cells that name a row which has a place of its own here lead to it."""
        filled = [
            column for column in field.spec.columns if any(row.get(column.id) is not None for row in rows)
        ]
        cells = tuple(
            tuple(
                self._link(column, row.get(column.id), cell)
                for column, cell in zip(filled, line_, strict=True)
            )
            for row, line_ in zip(rows, made.rows, strict=True)
        )
        return made.model_copy(update={"rows": cells})

    def _link(self, column: Spec, value: Any, cell: Line) -> Line:
        anchor = self._anchors.get((column.to or "", str(value)))
        return (Span(text=str(value), href=f"#{anchor}"),) if anchor and cell else cell

    # --------------------------------------------------------------------------------------- records

    def _records(self, show: Show, each: FieldStanding) -> Iterator[Block]:
        """Give each row a heading of its own, with an anchor that stays the same as long as its key does."""
        field = each.field
        key = field.spec.key or ""
        base = self.standing.plan.service.runbook_base
        for row in each.value:
            name = str(row.get(key, ""))
            anchor = _anchor(field, name)
            yield Heading(level=3, text=name, anchor=anchor)
            pairs: list[tuple[str, Line]] = []
            for column in field.spec.columns:
                if column.id == key or row.get(column.id) is None:
                    continue
                shown = values.value(row[column.id], column, mono=column.id in field.mono)
                procedure = self._anchors.get((show.leads_to or column.to or "", str(row[column.id])))
                if procedure:
                    shown = (Span(text=str(row[column.id]), href=f"#{procedure}"),)
                pairs.append((column.label, shown))
            if base and show.address:
                address = f"{base}#{anchor}"
                pairs.append((show.address, (Span(text=address, href=address),)))
            if pairs:
                yield Pairs(pairs=tuple(pairs))
        yield from self._remark(each)

    # ----------------------------------------------------------------------------------------- steps

    def _steps(self, show: Show) -> Iterator[Block]:
        """Lay procedures out as numbered steps; without a table of procedures the steps are one procedure."""
        steps = self._of(show.steps or "")
        parents = next((name for name in show.names if self._refers(steps.field, name)), None)
        if parents is None:
            yield from self._fields(show)
            if rows := self._rows(show.steps or ""):
                yield Steps(items=tuple(stepping.step(steps.field, row, self.say) for row in rows))
                yield from self._remark(steps)
            return
        procedures = self._of(parents)
        chosen = [row for row in self._rows(parents) if _holds(show.where, row)]
        reference = next(each for each in steps.field.spec.columns if each.to == parents)
        key = procedures.field.spec.key or ""
        for row in chosen:
            name = str(row.get(key, ""))
            if len(chosen) > 1 or name.casefold() != show.title.casefold():
                yield Heading(level=3, text=_capital(name), anchor=_anchor(procedures.field, name))
            yield from self._about(procedures.field, row)
            mine = [each for each in self._rows(show.steps or "") if str(each.get(reference.id)) == name]
            if mine:
                yield Steps(items=tuple(stepping.step(steps.field, each, self.say) for each in mine))
            else:
                yield Note(tone="medium", line=line(self.say("document.no_steps")))
        if chosen:
            yield from self._remark(procedures)

    def _refers(self, steps: Field, name: str) -> bool:
        return any(column.to == name for column in steps.spec.columns)

    def _about(self, field: Field, row: Row) -> Iterator[Block]:
        said = [
            line(column.label, ": ", *values.value(row[column.id], column, mono=column.id in field.mono))
            for column in field.spec.columns
            if column.id not in (field.spec.key, "kind") and row.get(column.id) is not None
        ]
        if said:
            yield Paragraph(
                line=joined([(*each, *line(".")) if not _ends(each) else each for each in said]), tone="muted"
            )

    # --------------------------------------------------------------------------------------- anchors

    def _anchored(self, deliverable: Deliverable) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield table, key and anchor of the rows that have a heading of their own in this document."""
        for show in deliverable.sections:
            if not (show.each or show.steps):
                continue
            for name in show.names:
                field = self.standing.plan.template.named[name]
                for row in self._rows(name) if field.kind == "table" else ():
                    if _holds(show.where, row):
                        key = str(row.get(field.spec.key or "", ""))
                        alone = show.steps and key.casefold() == show.title.casefold()
                        yield (name, key), show.id if alone else _anchor(field, key)


def _anchor(field: Field, key: str) -> str:
    return f"{slug(field.spec.row or field.id)}-{slug(key)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ends(said: Line) -> bool:
    return bool(said) and said[-1].text.endswith((".", "!", "?"))


def _holds(where: str | None, row: Row) -> bool:
    if where is None:
        return True
    return _condition(where).holds({"row": dict(row)}) is True


@cache
def _condition(text: str) -> Expression:
    return Scope({}, {"row": "row"}).compile(text, Where(path="where"))
