"""Rules: read from the template, its layers and further files, laid over each other, and checked.

A file's entry adds a rule, or changes one that an earlier file made, key by key. A rule that is wrong is
refused here with its line, so that none is found out while a plan is reviewed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from maintplan import fields, yamltext
from maintplan.documents import check, path_text
from maintplan.errors import InputError, MaintplanError, Problems, Where, unknown
from maintplan.review import showing, sight
from maintplan.review.compiling import Compiled, compile_expression
from maintplan.review.files import RuleEntry, RulesFile
from maintplan.review.findings import DANGLING
from maintplan.review.messages import Message, read_message
from maintplan.review.sight import Sight
from maintplan.review.types import Types, apart
from maintplan.review.values import as_cell
from maintplan.template import TIERS, Field, Template
from maintplan.words import words

FILE = "rules.yaml"
SEVERITIES = ("high", "medium", "low")
_NEEDED = ("severity", "require", "message", "fields", "remedy", "source")
_BY_TIER = ("severity", "limit")


@dataclass(frozen=True)
class Limit:
    """What ``limit`` is for one tier: its document value and the spec that reads and shows it."""

    value: Any
    spec: fields.Spec

    @cached_property
    def seen(self) -> Any:
        """The value as rules see it."""
        return as_cell(fields.to_cel(self.value, self.spec))


@dataclass(frozen=True)
class Rule:
    """One cross-answer check.

    Attributes
    ----------
    title
        What it finds, in a few words; empty where nobody gave it one.
    severity
        By tier; a tier that is absent is not judged.
    applies, each, require
        The conditions as they are written, and the table whose rows are judged.
    message
        What a finding says, with ``{name}`` for a value.
    fields
        ``question.field`` or ``question.table.column``; a finding stands at the first.
    since
        The day from which it counts; until then its findings are announced.
    limit
        By tier.
    off
        The reason why it is switched off.
    stages
        The stages that it is for; empty means all.
    flags, accepts
        Plan fragments that it must and must not flag.
    where
        The line of each of its keys; ``id`` for the rule itself.
    """

    id: str
    severity: Mapping[int, str]
    require: str
    message: str
    fields: tuple[str, ...]
    remedy: str
    source: str
    title: str = ""
    applies: str | None = None
    each: str | None = None
    since: dt.date | None = None
    limit: Mapping[int, Limit] = field(default_factory=dict)
    off: str | None = None
    stages: tuple[str, ...] = ()
    flags: tuple[Mapping[str, Any], ...] = ()
    accepts: tuple[Mapping[str, Any], ...] = ()
    where: Mapping[str, Where] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Ready:
    """A rule with its expressions.

    Attributes
    ----------
    names
        All names that it looks at, those of its message left out.
    main
        The field and the column that a finding stands at.
    involved
        The fields and columns of `Rule.fields`, in order.
    types
        What its expressions were checked against.
    """

    rule: Rule
    applies: Compiled | None
    require: Compiled
    message: Message
    names: frozenset[str]
    involved: tuple[tuple[Field, str | None], ...]
    types: Types = field(compare=False, repr=False)

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """All names that it looks at, those of its message among them."""
        return self.names | self.message.names

    @cached_property
    def whole(self) -> Compiled | None:
        """Whether it holds, in one go; null where it does not apply. None where rows hang on each other."""
        return None if "prev" in self.require.names else self.require.under(self.applies, self.rule.each)

    @property
    def text(self) -> str:
        """All its expressions, those of its message among them."""
        holes = (part.compiled for part in self.message.parts if not isinstance(part, str))
        return "\n".join(each.text for each in (self.require, self.applies, *holes) if each is not None)

    @property
    def main(self) -> tuple[Field, str | None]:
        """The field and the column that a finding stands at."""
        return self.involved[0]


@dataclass(frozen=True)
class InForce:
    """Those rules that judge services of one tier and stage: all, or those that a change touches.

    Attributes
    ----------
    ready
        The rules.
    ids
        Their ids.
    names
        All names that they look at.
    limits
        Their limits, as they see them, by rule.
    sights
        What they look at, by table.
    titles
        What all rules are called.
    refers
        Whether what cells refer to may change with it.
    kept
        What they saw last, by name, with what it was made of: most is the same the next time.
    seen
        The same for what hangs on one answer alone, with that answer.
    """

    ready: tuple[Ready, ...]
    ids: frozenset[str]
    names: frozenset[str]
    limits: Mapping[str, Any]
    sights: Mapping[str, Sight]
    titles: Mapping[str, str]
    refers: bool
    kept: dict[str, tuple[tuple[Any, ...], Any]] = field(default_factory=dict, compare=False, repr=False)
    seen: dict[str, tuple[Any, Any]] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Rules:
    """All rules that are in force for a template.

    Attributes
    ----------
    template
        The template that they were checked against.
    ready
        The rules that are switched on, in the order in which they were written.
    off
        Those that are switched off.
    """

    template: Template
    ready: tuple[Ready, ...]
    off: tuple[Rule, ...] = ()

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each rule is called, switched on or off."""
        say = words(self.template.language)
        titles = {each.id: each.title or showing.as_words(each.id, say) for each in (*self, *self.off)}
        return {DANGLING: say("findings.dangling_title"), **titles}

    def __iter__(self) -> Iterator[Rule]:
        return (each.rule for each in self.ready)

    def prepare(self) -> Rules:
        """Compile all expressions now, for a process that is started before it is needed."""
        for each in self.ready:
            if each.whole is not None:
                each.whole.prepare()
        return self

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id, switched on or off, or None."""
        return next((each for each in (*self, *self.off) if each.id == rule_id), None)

    def in_force(self, tier: int, stage: str, places: Iterable[str] | None = None) -> InForce:
        """Return those that judge services of a tier and stage; with places, those of `touching` them."""
        at = None if places is None else frozenset(each.partition("[")[0] for each in places)
        key = (tier, stage, at)
        if key not in self._in_force:
            touched = {each.rule.id for place in at or () for each in self.touching(place)}
            those = self.ready if at is None else [each for each in self.ready if each.rule.id in touched]
            ready = tuple(
                each
                for each in those
                if tier in each.rule.severity and (not each.rule.stages or stage in each.rule.stages)
            )
            self._in_force[key] = InForce(
                ready=ready,
                ids=frozenset(each.rule.id for each in ready),
                names=frozenset[str]().union(*(each.looked_at for each in ready)),
                limits={each.rule.id: each.rule.limit[tier].seen for each in ready if each.rule.limit},
                sights=sight.of(((each.looked_at, each.text) for each in ready), self.template.named),
                titles=self.titles,
                refers=at is None or any(self._changed(place) & self._referring for place in at),
            )
        found = self._in_force[key]
        if at is not None:
            # What somebody is editing now is edited again in a moment; what they have left need not be kept.
            for left in self._edited[:]:
                if left is not found:
                    left.kept.clear()
                    left.seen.clear()
            self._edited[:] = [found]
        return found

    @cached_property
    def _edited(self) -> list[InForce]:
        return []

    @cached_property
    def _in_force(self) -> dict[tuple[int, str, frozenset[str] | None], InForce]:
        return {}

    def touching(self, place: str) -> tuple[Ready, ...]:
        """Return the rules that judge otherwise, or say something else, when what stands at a place changes.

        Parameters
        ----------
        place
            Of a field, of a row or cell in it, or of a consideration or question with all its fields.
        """
        at = place.partition("[")[0]
        if at not in self._touching:
            changed = self._changed(at)
            self._touching[at] = tuple(each for each in self.ready if changed & self._looks_at[each.rule.id])
        return self._touching[at]

    def _changed(self, at: str) -> set[str]:
        """Return the fields that change with what stands at a place."""
        inside = [field for field in self.template.fields if field == at or field.startswith(f"{at}.")]
        return {each for field in inside for each in self._changing.get(field, {field})}

    @cached_property
    def _referring(self) -> frozenset[str]:
        """The fields that refer to others, and those that are referred to."""
        named = self.template.named
        return frozenset(
            place
            for field, _, to in self.template.referring
            for place in (field.place, *([named[to].place] if to in named else []))
        )

    @cached_property
    def _touching(self) -> dict[str, tuple[Ready, ...]]:
        return {}

    @cached_property
    def _looks_at(self) -> dict[str, frozenset[str]]:
        """The fields that each rule looks at, as places."""
        return {each.rule.id: frozenset(self._places(each)) for each in self.ready}

    def _places(self, ready: Ready) -> Iterator[str]:
        yield from (found.place for found, _ in ready.involved)
        named = self.template.named
        names = [apart(name)[0] for name in ready.looked_at]
        sights = sight.of(((ready.looked_at, ready.text),), named)
        seen: set[str] = set()
        while names:
            name = names.pop()
            if name in seen or name not in named:
                continue
            seen.add(name)
            yield named[name].place
            # A cell that refers to a row holds that row, where the rule looks into it.
            followed = sights[name].followed if name in sights else frozenset()
            spec = named[name].spec
            names.extend(
                each.to for each in (spec, *spec.columns) if each.to and (each is spec or each.id in followed)
            )

    @cached_property
    def _changing(self) -> dict[str, set[str]]:
        """What changes with a field: itself, and the fields that its conditions ask or set aside with it."""
        conditions, named = self.template.conditions, self.template.named
        hangs_on: dict[str, set[str]] = {}
        for place, expressions in conditions.by_place.items():
            hangs_on.setdefault(place, set()).update(name for each in expressions for name in each.names)
        for place, columns in conditions.columns.items():
            hangs_on.setdefault(place, set()).update(name for each in columns.values() for name in each.names)
        follows: dict[str, set[str]] = {}
        for place, names in hangs_on.items():
            for name in {apart(each)[0] for each in names} & set(named):
                follows.setdefault(named[name].place, set()).add(place)
        return {place: _reached(place, follows) for place in follows}


def _reached(start: str, follows: Mapping[str, set[str]]) -> set[str]:
    found, left = {start}, [start]
    while left:
        more = follows.get(left.pop(), set()) - found
        found |= more
        left.extend(more)
    return found


_loaded: dict[int, tuple[_Loading, Rules]] = {}
"""By the id of the template, which each holds, so that no other can have it meanwhile."""
_AT_MOST = 16


def load(template: Template, extra: Sequence[str | Path] = ()) -> Rules:
    """Load the rules of a template.

    Parameters
    ----------
    template
        The template; its own rules and those of its layers are found in the folders that it was read from.
    extra
        Further files of rules, the last one on top.

    Raises
    ------
    InputError
        With file, line and mend for every rule that is wrong.
    """
    key = id(template)
    if key not in _loaded:
        loading = _Loading(template)
        paths = [folder / FILE for folder in template.sources if (folder / FILE).is_file()]
        rules = loading.load(paths)
        while len(_loaded) >= _AT_MOST:
            _loaded.pop(next(iter(_loaded)))
        _loaded[key] = (loading, rules)
    loading, rules = _loaded[key]
    return loading.over(rules).load([Path(each) for each in extra]) if extra else rules


@dataclass
class _Draft:
    """What the files so far say of one rule, and where."""

    said: dict[str, Any]
    where: dict[str, Where]


class _Loading:
    """One loading; gathers problems instead of stopping at the first."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.types = Types(template)
        self.drafts: dict[str, _Draft] = {}
        self.problems: list[MaintplanError] = []
        self.checked: dict[str, Ready] = {}

    def over(self, rules: Rules) -> _Loading:
        """Return a loading that lays further files over what this one loaded, and checks what they change."""
        more = copy(self)
        more.drafts = {name: _Draft(dict(each.said), dict(each.where)) for name, each in self.drafts.items()}
        more.problems = []
        more.checked = {each.rule.id: each for each in rules.ready}
        return more

    def load(self, paths: Sequence[Path]) -> Rules:
        for path in paths:
            self.read(path)
        self.stop()
        ready: list[Ready] = []
        off: list[Rule] = []
        for draft in self.drafts.values():
            try:
                rule = self.rule(draft)
                before = self.checked.get(rule.id)
                if rule.off:
                    off.append(rule)
                else:
                    ready.append(before if before and before.rule == rule else self.ready(rule))
            except MaintplanError as error:
                self.problems.append(error)
        self.stop()
        return Rules(self.template, tuple(ready), tuple(off))

    def stop(self) -> None:
        if self.problems:
            raise Problems(self.problems) if len(self.problems) > 1 else self.problems[0]

    def read(self, path: Path) -> None:
        """Lay one file over the others."""
        document = yamltext.read_file(path, top="list")
        try:
            entries = check(RulesFile, document.data, document).root
        except Problems as error:
            self.problems.extend(error.problems)
            return
        except MaintplanError as error:
            self.problems.append(error)
            return
        seen: dict[str, int] = {}
        for index, entry in enumerate(entries):
            if entry.id in seen:
                first = document.line((seen[entry.id],))
                what = f"the rule {entry.id} stands twice in this file, first in line {first}"
                self.problems.append(InputError(what, _where(document, index, "id", entry), "keep one"))
                continue
            seen[entry.id] = index
            self.lay(entry, document, index)

    def lay(self, entry: RuleEntry, document: yamltext.Document, index: int) -> None:
        said = {
            name: getattr(entry, name) for name in entry.model_fields_set if getattr(entry, name) is not None
        }
        where = {name: _where(document, index, name, entry) for name in said}
        draft = self.drafts.get(entry.id)
        if draft is None:
            missing = [name for name in _NEEDED if name not in said]
            if missing and self.drafts and "require" not in said:
                self.problems.append(unknown("rule", entry.id, self.drafts, where["id"]))
            elif missing:
                mend = f"add {', '.join(missing)}"
                self.problems.append(InputError(f"the rule {entry.id} is not whole", where["id"], mend))
            else:
                self.drafts[entry.id] = _Draft(said, where)
            return
        for name, value in said.items():
            before = draft.said.get(name)
            if name in _BY_TIER and isinstance(value, dict) and before is not None:
                draft.said[name] = {**_by_tier(before), **value}
            else:
                draft.said[name] = value
            if name != "id":
                draft.where[name] = where[name]

    def rule(self, draft: _Draft) -> Rule:
        said, where = draft.said, draft.where
        severity = _by_tier(said["severity"])
        if not said["fields"]:
            raise InputError(
                "the rule names no field", where["fields"], "add the field that a finding stands at"
            )
        limit = _limits(_by_tier(said["limit"]), where["limit"]) if "limit" in said else {}
        for tier in severity:
            if limit and tier not in limit:
                raise InputError(
                    f"there is no limit for tier {tier}", where["limit"], "add it, or its severity is void"
                )
        return Rule(
            id=said["id"],
            severity=severity,
            require=said["require"],
            message=said["message"],
            fields=tuple(said["fields"]),
            remedy=said["remedy"],
            source=said["source"],
            title=said.get("title", ""),
            applies=said.get("applies"),
            each=said.get("each"),
            since=said.get("since"),
            limit=limit,
            off=said.get("off"),
            stages=tuple(said.get("stages", ())),
            flags=tuple(said.get("flags", ())),
            accepts=tuple(said.get("accepts", ())),
            where=where,
        )

    def ready(self, rule: Rule) -> Ready:
        if rule.each is not None and rule.each not in self.types.tables:
            raise unknown("table", rule.each, self.types.tables, rule.where["each"])
        involved = tuple(self.involved(name, rule.where["fields"]) for name in rule.fields)
        limit = next(iter(rule.limit.values()), None)
        kind = fields.cel_type(limit.spec) if limit else None
        applies = None
        if rule.applies is not None:
            # Whether a rule applies is asked once for the plan, before its rows are looked at.
            applies = compile_expression(
                rule.applies, self.types, rule.where["applies"], rule=rule.id, each=None, limit=kind
            )
        require = compile_expression(
            rule.require, self.types, rule.where["require"], rule=rule.id, each=rule.each, limit=kind
        )
        message = read_message(
            rule.message,
            self.types,
            rule.where["message"],
            rule=rule.id,
            each=rule.each,
            limit=limit.spec if limit else None,
        )
        names = (
            require.names
            | (applies.names if applies else frozenset())
            | ({rule.each} if rule.each else set())
        )
        return Ready(rule, applies, require, message, frozenset(names), involved, self.types)

    def involved(self, name: str, where: Where) -> tuple[Field, str | None]:
        """Find what an entry of ``fields`` names: a field, or a column of a table."""
        named = self.template.named
        if name in named:
            return named[name], None
        table, _, column = name.rpartition(".")
        if table in self.types.tables:
            found = named[table]
            if found.spec.column(column) is None:
                raise unknown("column", column, [each.id for each in found.spec.columns], where)
            return found, column
        raise unknown("field", name, named, where)


def _where(document: yamltext.Document, index: int, name: str, entry: RuleEntry) -> Where:
    key = "from" if name == "since" else name
    return Where(
        document.name, document.line((index, key)), entry.id if name == "id" else path_text((entry.id, key))
    )


def _by_tier(value: Any) -> dict[int, Any]:
    return dict(value) if isinstance(value, Mapping) else dict.fromkeys(TIERS, value)


def _limits(by_tier: Mapping[int, str], where: Where) -> dict[int, Limit]:
    """Read the limits: durations, dates, percents, numbers, or else words; of one kind for all tiers."""
    for kind in ("duration", "date", "number", "percent", "text"):
        spec = fields.Spec(kind=kind, id="limit")
        try:
            return {tier: Limit(fields.parse(text, spec), spec) for tier, text in by_tier.items()}
        except MaintplanError:
            continue
    raise InputError(
        "the limits are of no kind that can be compared", where, "write all as 30d, or all as numbers"
    )
