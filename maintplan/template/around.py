"""What stands around the questions: roles, documents, and what changed since earlier versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from maintplan import fields
from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.expressions import Scope
from maintplan.template import files
from maintplan.template.layered import Sources
from maintplan.template.model import TIERS, Template
from maintplan.template.parts import Approvals, Change, Deliverable, Show

ALONE = Approvals({"service-owner": "Service owner"}, dict.fromkeys(TIERS, ("service-owner",)))
"""Who says Yes where a template names nobody."""

_DURATION = fields.Spec(kind="duration", id="lapses_after")


def approvals(sources: Sources, problems: list[MaintplanError]) -> Approvals:
    """Read ``approvals.yaml``: who must say Yes, by tier, and for how long it holds."""
    found = sources.layered("approvals.yaml", files.ApprovalsFile)
    if found is None:
        return ALONE
    entry = found.entries
    for tier in TIERS:
        roles = entry.by_tier.get(tier, [])
        if not roles:
            what = f"nobody says Yes for tier {tier}"
            problems.append(
                InputError(what, found.where("by_tier"), f"add {tier}: [{next(iter(entry.roles), 'role')}]")
            )
        for index, role in enumerate(roles):
            where = found.where("by_tier", str(tier), index)
            if role not in entry.roles:
                problems.append(unknown("role", role, entry.roles, where))
            elif role in roles[:index]:
                problems.append(InputError(f"{role} stands twice", where, "keep one"))
    lapses: dict[int, str] = {}
    for tier, text in entry.lapses_after.items():
        try:
            lapses[tier] = str(fields.parse(text, _DURATION))
        except MaintplanError as error:
            problems.append(error.at(found.where("lapses_after", str(tier))))
    return Approvals(entry.roles, {tier: tuple(roles) for tier, roles in entry.by_tier.items()}, lapses)


def deliverables(
    sources: Sources, template: Template, problems: list[MaintplanError]
) -> Iterator[Deliverable]:
    """Yield the documents of ``deliverables.yaml``; each field that they show is one of the template's."""
    found = sources.layered("deliverables.yaml", files.DeliverablesFile)
    if found is None:
        return
    rows = Scope({}, {"row": "row"})
    for name, entry in found.entries.root.items():
        shows: list[Show] = []
        for index, each in enumerate(() if entry.sections == "all" else entry.sections):
            path = (name, "sections", index)
            for key, field in (*(("from", name) for name in each.names), ("steps", each.steps)):
                if field is not None and field not in template.named:
                    problems.append(unknown("field", field, template.named, found.where(*path, key)))
            if each.where is not None:
                _check_condition(rows, each.where, found.where(*path, "where"), problems)
            problems.extend(_wrong_columns(each, template, partial(found.where, *path)))
            if each.picture is not None and each.picture not in (
                drawn := [one.id for one in template.pictures]
            ):
                problems.append(unknown("picture", each.picture, drawn, found.where(*path, "picture")))
            columns = {table: tuple(chosen) for table, chosen in each.columns.items()}
            shows.append(
                Show(
                    each.show,
                    each.title,
                    tuple(each.names),
                    each.steps,
                    each.where,
                    each.each,
                    columns,
                    each.address,
                    each.leads_to,
                    each.picture,
                    tuple(each.see),
                )
            )
        problems.extend(_wrong_sections(entry, shows, partial(found.where, name)))
        yield Deliverable(
            name,
            entry.title,
            entry.heading,
            entry.reader,
            entry.purpose,
            entry.contents_after,
            tuple(shows),
            tuple(entry.side_by_side),
        )


def _wrong_sections(
    entry: files.DeliverableEntry, shows: Sequence[Show], where: Callable[[str], Where]
) -> Iterator[MaintplanError]:
    """Yield the names of sections that a document does not have."""
    known = [show.id for show in shows]
    after = [entry.contents_after] if entry.contents_after else []
    seen = [name for show in shows for name in show.see]
    for key, names in (("contents_after", after), ("side_by_side", entry.side_by_side), ("sections", seen)):
        for each in names:
            if each not in known:
                yield unknown("section", each, known, where(key))


def _wrong_columns(
    entry: files.ShowEntry, template: Template, where: Callable[[str], Where]
) -> Iterator[MaintplanError]:
    """Yield what is wrong with the columns that a section chooses, and with the table that texts lead to."""
    if entry.leads_to is not None and entry.leads_to not in template.named:
        yield unknown("field", entry.leads_to, template.named, where("leads_to"))
    for table, chosen in entry.columns.items():
        field = template.named.get(table)
        if field is None or table not in entry.names:
            yield unknown("table", table, entry.names, where("columns"))
            continue
        for name in chosen:
            own, _, other = name.partition(".")
            column = field.spec.column(own)
            if column is None:
                yield unknown("column", own, [each.id for each in field.spec.columns], where("columns"))
            elif other:
                target = template.named.get(column.to or "")
                columns = [each.id for each in target.spec.columns] if target else []
                if other not in columns:
                    yield unknown("column", other, columns, where("columns"))


def _check_condition(scope: Scope, text: str, where: Where, problems: list[MaintplanError]) -> None:
    try:
        scope.compile(text, where)
    except MaintplanError as error:
        problems.append(error)


def changes(
    sources: Sources, template: Template, problems: list[MaintplanError]
) -> Mapping[str, tuple[Change, ...]]:
    """Read ``changes.yaml``: what was renamed or dropped, by the version that did it."""
    found = sources.layered("changes.yaml", files.ChangesFile)
    result: dict[str, tuple[Change, ...]] = {}
    for version, entries in (found.entries.root if found else {}).items():
        listed: list[Change] = []
        for index, entry in enumerate(entries):
            where = found.where(version, index) if found else Where()
            if (entry.renamed is None) == (entry.dropped is None):
                mend = "write renamed: {from: ..., to: ...} or dropped: question.field"
                problems.append(InputError("a change is one or the other", where, mend))
            elif entry.renamed is not None:
                listed.append(Change("renamed", entry.renamed.source, entry.renamed.to, entry.why))
            elif entry.dropped is not None:
                listed.append(Change("dropped", entry.dropped, None, entry.why))
        result[version] = tuple(listed)
    if found is not None:
        _check_targets(result, template, found.where, problems)
    return result


def _check_targets(
    found: Mapping[str, tuple[Change, ...]],
    template: Template,
    where: Callable[..., Where],
    problems: list[MaintplanError],
) -> None:
    """Refuse a new name that the template does not have, unless a later change takes it further."""
    every = [
        (version, index, each) for version, entries in found.items() for index, each in enumerate(entries)
    ]
    known = set(template.named)
    for each in template.named.values():
        known.update(f"{each.name}.{column.id}" for column in each.spec.columns)
    for version, index, change in every:
        old, new = change.name, change.to
        if new is not None:
            later = any(other.name == new and other is not change for _, _, other in every)
            if new not in known and not later:
                problems.append(unknown("field", new, known, where(version, index)))
            if old.count(".") != new.count(".") or (
                old.count(".") > 1 and old.split(".")[:2] != new.split(".")[:2]
            ):
                what = f"{old} can't become {new}"
                problems.append(InputError(what, where(version, index), "a column stays in its table"))
        elif old in known:
            what = f"{old} is dropped, and still there"
            problems.append(InputError(what, where(version, index), "take the change or the field out"))
