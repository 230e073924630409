"""What one person changed, carried over onto what somebody else has saved in the meantime.

Three plans go in: the one that both began with, mine, and theirs. Each of my changes carries the value that
it replaces. Where they left that value alone my change goes in; where they made the very same change there
is nothing to do; where they made another one both values are told, and nothing is decided for anybody. Tables
are taken row by row and cell by cell, and a row that either of them has renamed is the same row.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from maintplan import fields
from maintplan.errors import Clash, ConflictError
from maintplan.plan import diff, places, renaming
from maintplan.plan.document import answer_data
from maintplan.plan.model import Answer, CrossItem, Given, NotApplicable, Plan
from maintplan.template import Field

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
M = TypeVar("M", bound=BaseModel)
Row = dict[str, Any]

_TOGETHER = {"status": "status", "not_applicable": "status"}
"""Keys of an item that are one decision: it has a status, or a reason why it does not apply."""


def rebase(base: Plan, mine: Plan, theirs: Plan) -> Plan:
    """Carry the changes from `base` to `mine` over onto `theirs`.

    Parameters
    ----------
    base
        What both began with.
    mine, theirs
        What each made of it. Revision and approval of the result are those of `theirs`.

    Raises
    ------
    ConflictError
        With every place that both have changed, each in another way.
    """
    if theirs == base:
        return replace(mine, revision=theirs.revision, approved=theirs.approved)
    merging = _Merging()
    base, mine, theirs = merging.aligned(base, mine, theirs)
    merged = merging.plan(base, mine, theirs)
    if merging.clashes:
        raise ConflictError(merging.clashes)
    return merged


def yielding(base: Plan, mine: Plan, theirs: Plan) -> Plan:
    """Carry over as `rebase` does; where both have changed the same place, theirs stands."""
    merging = _Merging(yields=True)
    return merging.plan(*merging.aligned(base, mine, theirs))


class _Merging:
    """One carrying over; collects what clashes, and there takes theirs where it yields."""

    def __init__(self, *, yields: bool = False) -> None:
        self.clashes: list[Clash] = []
        self.yields = yields
        self.given_up: set[str] = set()

    def aligned(self, base: Plan, mine: Plan, theirs: Plan) -> tuple[Plan, Plan, Plan]:
        """Give rows that either side has renamed the same name in all three."""
        ours, others = diff.renames(base, mine), diff.renames(base, theirs)
        for table in {**ours, **others}:
            field = base.template.named[table]
            for was, now in ours.get(table, {}).items():
                then = others.get(table, {}).get(was, now)
                if then != now:
                    place = f"{field.place}{fields.row_selector(was, 0)}.{field.spec.key}"
                    self.clashes.append(Clash(place, was, now, then))
                else:
                    base, theirs = _renamed(base, field, was, now), _renamed(theirs, field, was, now)
            for was, now in others.get(table, {}).items():
                if was not in ours.get(table, {}):
                    base, mine = _renamed(base, field, was, now), _renamed(mine, field, was, now)
        return base, mine, theirs

    def plan(self, base: Plan, mine: Plan, theirs: Plan) -> Plan:
        cross = self.keyed(
            "cross_cutting", base.cross_cutting, mine.cross_cutting, theirs.cross_cutting, self.cross_list
        )
        return replace(
            theirs,
            service=self.model("service", base.service, mine.service, theirs.service) or theirs.service,
            inherits=self.atom("inherits", base.inherits, mine.inherits, theirs.inherits),
            inputs=self.keyed("inputs", base.inputs, mine.inputs, theirs.inputs, self.model),
            responses=self.named("response", base.responses, mine.responses, theirs.responses),
            owners=self.named("owner", base.owners, mine.owners, theirs.owners),
            answers=self.answers(base, mine, theirs),
            cross_cutting=cross,
            accepted_risks=self.listed(
                "accepted_risks",
                base.accepted_risks,
                mine.accepted_risks,
                theirs.accepted_risks,
                lambda each: f"{each.rule} at {each.at}",
            ),
            actions=self.listed("actions", base.actions, mine.actions, theirs.actions, lambda each: each.id),
            comments=self.listed(
                "comments", base.comments, mine.comments, theirs.comments, lambda each: each.id
            ),
            offers=self.listed(
                "offers",
                base.offers,
                mine.offers,
                theirs.offers,
                lambda each: f"{each.at} from {each.origin or each.source}",
            ),
            retired=self.keyed("retired", base.retired, mine.retired, theirs.retired, self.atom),
            rounds=self.rounds(base, mine, theirs),
            # Where a value came from follows the value, which has been looked at already; and what both
            # have let stand was let stand by the first of them.
            provenance=_keyed(base.provenance, mine.provenance, theirs.provenance, _first),
        )

    # --- values ----------------------------------------------------------------------------------------

    def atom(self, place: str, base: T, mine: T, theirs: T) -> T:
        """Take one value as a whole."""
        if _same(mine, theirs) or _same(mine, base):
            return theirs
        if not _same(theirs, base):
            self.clashes.append(Clash(place, _data(base), _data(mine), _data(theirs)))
            return theirs if self.yields else mine
        return mine

    def keyed(
        self,
        part: str,
        base: Mapping[str, T],
        mine: Mapping[str, T],
        theirs: Mapping[str, T],
        how: Callable[[str, Any, Any, Any], Any],
    ) -> dict[str, T]:
        """Take a mapping key by key."""
        found = {}
        for key in [*theirs, *(key for key in mine if key not in theirs)]:
            values = (base.get(key), mine.get(key), theirs.get(key))
            value = how(f"{part}.{key}", *values)
            if value is not None:
                found[key] = value
        return found

    def named(
        self, last: str, base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
    ) -> dict[str, str]:
        """Take texts that stand at a place of their own: the responses, the owners."""
        return _keyed(
            base, mine, theirs, lambda key, *values: self.atom(f"{key}.{last}", *values)
        )  # a text that both have written is no text to mix

    def model(self, place: str, base: M | None, mine: M | None, theirs: M | None) -> M | None:
        """Take an entry key by key, where all three have it."""
        if base is None or mine is None or theirs is None:
            return self.atom(place, base, mine, theirs)
        if not (isinstance(mine, type(theirs)) and isinstance(base, type(theirs))):
            return self.atom(place, base, mine, theirs)
        changes: dict[str, Any] = {}
        groups: dict[str, list[str]] = {}
        for name in type(theirs).model_fields:
            together = _TOGETHER.get(name, name) if isinstance(theirs, CrossItem) else name
            groups.setdefault(together, []).append(name)
        for name, keys in groups.items():
            values = [tuple(getattr(each, key) for key in keys) for each in (base, mine, theirs)]
            if len(keys) == 1:
                changes[name] = self.atom(f"{place}.{name}", *(value[0] for value in values))
            else:
                chosen = self.atom(f"{place}.{name}", *values)
                changes.update(zip(keys, chosen, strict=True))
        return theirs.model_copy(update=changes)

    def cross_list(self, place: str, base: Any, mine: Any, theirs: Any) -> Any:
        """Take one cross-cutting list: its items, or that it does not apply."""
        whole = [isinstance(each, NotApplicable) for each in (base, mine, theirs)]
        if any(whole):
            return self.atom(place, base, mine, theirs)
        return self.keyed(place, base or {}, mine or {}, theirs or {}, self.model) or None

    def listed(
        self,
        part: str,
        base: Sequence[M],
        mine: Sequence[M],
        theirs: Sequence[M],
        name: Callable[[M], str],
    ) -> tuple[M, ...]:
        """Take a list of entries that have names."""
        one, two, three = ({name(each): each for each in each_list} for each_list in (base, mine, theirs))
        if len(two) < len(mine) or len(three) < len(theirs) or len(one) < len(base):
            return self.atom(part, tuple(base), tuple(mine), tuple(theirs))
        found = []
        for key in _in_order(list(one), list(two), list(three)):
            entry = self.model(
                f"{part}{fields.row_selector(key, 0)}", one.get(key), two.get(key), three.get(key)
            )
            if entry is not None:
                found.append(entry)
        return tuple(found)

    def rounds(self, base: Plan, mine: Plan, theirs: Plan) -> Any:
        """Add what was said to the prompt: nobody takes back what somebody else has said."""
        count = len(base.rounds)
        if mine.rounds[:count] != base.rounds or theirs.rounds[:count] != base.rounds:
            return self.atom("rounds", base.rounds, mine.rounds, theirs.rounds)
        new = [each for each in mine.rounds[count:] if each not in theirs.rounds[count:]]
        return (*theirs.rounds, *new)

    # --- answers ---------------------------------------------------------------------------------------

    def answers(self, base: Plan, mine: Plan, theirs: Plan) -> dict[str, Answer]:
        self.whole_and_parts(base, mine, theirs)
        template = theirs.template
        found: dict[str, Answer] = {}
        for place in {**theirs.answers, **mine.answers}:
            values = [each.answers.get(place) for each in (base, mine, theirs)]
            if place in self.given_up:
                values[1] = values[0]
            field = template.fields.get(place)
            if field is not None and field.kind == "table" and _are_rows(values):
                merged = self.table(
                    field, *(each.value if isinstance(each, Given) else [] for each in values)
                )
                answer: Answer | None = Given(merged) if merged else None
            else:
                answer = self.atom(place, *values)
            if answer is not None:
                found[place] = answer
        return found

    def whole_and_parts(self, base: Plan, mine: Plan, theirs: Plan) -> None:
        """See that nobody says something of a whole consideration while somebody else answers a part of it.

        What is said of the whole goes first, and would make the other one's answer vanish from sight.
        """
        for ours, others, is_mine in ((mine, theirs, True), (theirs, mine, False)):
            for place, said in ours.answers.items():
                if place in base.template.fields or _same(said, base.answers.get(place)):
                    continue
                if _same(said, others.answers.get(place)):
                    continue
                answered = {
                    each: answer_data(answer)
                    for each, answer in others.answers.items()
                    if each.startswith(f"{place}.") and not _same(answer, base.answers.get(each))
                }
                if answered:
                    sides = (_data(said), answered) if is_mine else (answered, _data(said))
                    self.clashes.append(Clash(place, _data(base.answers.get(place)), *sides))
                    # The same comes up from both sides: once as mine of the whole, once of its parts.
                    if self.yields:
                        self.given_up.update({place} if is_mine else answered)

    def table(self, field: Field, base: list[Row], mine: list[Row], theirs: list[Row]) -> list[Row]:
        """Take a table row by row, and each row cell by cell."""
        if _same(mine, theirs) or _same(mine, base):
            return theirs
        if _same(theirs, base):
            return mine
        one, two, three = (_identified(rows, field) for rows in (base, mine, theirs))
        if one is None or two is None or three is None:
            return self.atom(field.place, base, mine, theirs)
        common = [each for each in one if each in two and each in three]
        orders = [[each for each in rows if each in set(common)] for rows in (two, three)]
        if common not in orders and orders[0] != orders[1]:  # each has put them in another order
            self.clashes.append(Clash(field.place, base, mine, theirs))
        found = []
        for name in _in_order(list(one), list(two), list(three)):
            place = field.place + (f"[#{name[1]}]" if name[0] == "bare" else fields.row_selector(name[1], 0))
            row = self.row(place, one.get(name), two.get(name), three.get(name))
            if row is not None:
                found.append(row)
        return found

    def row(self, place: str, base: Row | None, mine: Row | None, theirs: Row | None) -> Row | None:
        if mine is None or theirs is None:
            return self.atom(place, base, mine, theirs)
        return self.keyed(place, base or {}, mine, theirs, self.atom)


def _renamed(plan: Plan, field: Field, was: str, now: str) -> Plan:
    """Rename a row, unless it is not there or another one has that name."""
    held = plan.answers.get(field.place)
    rows = held.value if isinstance(held, Given) and isinstance(held.value, list) else []
    keys = [places.key_of(row, field.spec) for row in rows]
    return plan if was not in keys or now in keys else renaming.everywhere(plan, field, was, now)


def _are_rows(values: Sequence[Answer | None]) -> bool:
    """Whether a table is there on both sides, so that its rows can be told apart."""
    _, mine, theirs = values
    rows = all(isinstance(each, Given) and isinstance(each.value, list) for each in (mine, theirs))
    return rows and all(each is None or isinstance(each, Given) for each in values)


def _identified(rows: Sequence[Row], field: Field) -> dict[tuple[str, Any], Row] | None:
    """Return rows by their key, or their number among those without one; None where two are alike."""
    found: dict[tuple[str, Any], Row] = {}
    bare = 0
    for row in rows:
        key = places.key_of(row, field.spec)
        if key is None:
            bare += 1
        name = ("bare", bare) if key is None else ("key", key)
        if name in found:
            return None
        found[name] = row
    return found


def _in_order(base: Sequence[K], mine: Sequence[K], theirs: Sequence[K]) -> list[K]:
    """Return all names in an order that keeps what either side has moved; mine where both have."""
    common = [each for each in base if each in set(mine) and each in set(theirs)]
    moved = [each for each in mine if each in set(common)] != common
    spine, added = (list(mine), theirs) if moved else (list(theirs), mine)
    for index, name in enumerate(added):
        if name in spine:
            continue
        before = next((each for each in reversed(added[:index]) if each in spine), None)
        spine.insert(0 if before is None else spine.index(before) + 1, name)
    return spine


def _keyed(
    base: Mapping[str, T],
    mine: Mapping[str, T],
    theirs: Mapping[str, T],
    how: Callable[[str, T | None, T | None, T | None], T | None],
) -> dict[str, T]:
    found = {}
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        value = how(key, base.get(key), mine.get(key), theirs.get(key))
        if value is not None:
            found[key] = value
    return found


def _first(key: str, base: T, mine: T, theirs: T) -> T:
    del key
    return theirs if _same(mine, base) or not _same(theirs, base) else mine


def _same(one: Any, other: Any) -> bool:
    # True and 1 are equal in Python and two things in a plan.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _data(value: Any) -> Any:
    """Return a value as a plan's document writes it, for a person to compare."""
    if isinstance(value, Given):
        return value.value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, tuple):
        return [_data(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _data(each) for key, each in value.items()}
    return value
