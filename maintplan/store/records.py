"""A plan in a database: opened, saved as a new revision, and kept together with what others save meanwhile.

A save is one transaction. It looks at the newest revision under a lock; where that is not the one that was
opened, what the caller changed is carried over onto it (`maintplan.plan.rebasing`), and where both have
changed the same place nothing is written and both values are told. The snapshot of an approved plan is the
revision itself, which stays as it is.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update

from maintplan.documents import Lines, Unwritten, check
from maintplan.errors import GoneError, InputError, SaveError, Where
from maintplan.plan import approval
from maintplan.plan.model import Approved, Plan, Round, Service
from maintplan.store import address, inherit, loading
from maintplan.store.database import Database
from maintplan.store.kept import Listed, Revision, begun_from, carried_over, next_revision, same
from maintplan.store.loading import Banks
from maintplan.store.tables import plans, revisions

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, RowMapping

    from maintplan.store.address import StoreAddress
    from maintplan.store.sources import Source

DEFAULT_TEMPLATE = "maintenance-rollout"


class PlanRecord:
    """A plan and the place in a database that it is kept at.

    Use `maintplan.store.open`.

    Attributes
    ----------
    address
        That place.
    plan
        The plan as it was last loaded or saved.
    """

    text = None
    """A plan in a database has no lines."""

    def __init__(
        self, database: Database, at: StoreAddress, plan: Plan, *, banks: Banks, given: _Given, exists: bool
    ) -> None:
        self.address = at
        self.plan = plan
        self.exists = exists
        self._database = database
        self._banks = banks
        self._given = given

    @classmethod
    def open(
        cls,
        at: StoreAddress,
        *,
        template: str | None = None,
        service: str | None = None,
        tier: int | None = None,
        stage: str | None = None,
        layers: Sequence[str] = (),
    ) -> PlanRecord:
        """Open a plan in a database, or start a plan that will be kept there.

        Parameters
        ----------
        at
            The place, with the plan's name.
        template
            For a new plan: its template's name or path. For one that exists: where its template lies.
        layers
            Further layers, on top of the plan's own; for looking at a plan, not for saving it.
        service, tier, stage
            For a new plan. Its service is called as the plan is.

        Raises
        ------
        InputError
            When the database can't be read, or names no such plan.
        """
        database, banks = Database(at), Banks()
        name = _named(at, database)
        held = _held(database, name, at.revision)
        given = _Given(template, tuple(layers))
        if held is not None:
            plan = _loaded(held["document"], database, at, banks, given)
            return cls(database, at, plan, banks=banks, given=given, exists=True)
        if at.revision is not None:
            known = [str(each.number) for each in _revisions(database, name)]
            mend = f"the newest is {known[-1]}" if known else "see what the database holds"
            raise InputError(f"there is no revision {at.revision} of {name}", Where(str(at)), mend)
        said = {"name": service or name, "tier": tier, "stage": stage}
        known_of_it = {key: value for key, value in said.items() if value is not None}
        bank = banks.template(template or DEFAULT_TEMPLATE, layers, database.folder)
        plan = Plan(bank, check(Service, known_of_it, Unwritten("service")))
        return cls(database, at, plan, banks=banks, given=given, exists=False)

    @property
    def name(self) -> str:
        """The plan's name in the database."""
        return self.address.name or ""

    def approved(self) -> Plan | None:
        """Return the plan as it was last approved; None before that."""
        approved = self.plan.approved
        if approved is None:
            return None
        return self.at(approved.revision)

    def approved_before(self) -> Plan | None:
        """Return the approved plan that this one is compared with; None where there is none."""
        last, approved = self.approved(), self.plan.approved
        if last is None or approved is None or approval.status(self.plan) != "complete":
            return last
        held = self.at(approved.revision - 1)
        return self.at(held.approved.revision) if held and held.approved else None

    def at(self, number: int) -> Plan | None:
        """Return the plan as a revision kept it; None for a revision that is not there."""
        held = _held(self._database, self.name, number)
        return None if held is None else self._read(held["document"])

    def at_round(self, said: Round) -> Plan | None:
        """Return the plan as it was when the prompt was answered; None where no revision has it."""
        later = (self.at(each.number) for each in self.revisions() if each.when >= said.when)
        return next((plan for plan in later if plan is not None and said in plan.rounds), None)

    def revisions(self) -> list[Revision]:
        """Return all revisions that were saved, the first one first."""
        return _revisions(self._database, self.name)

    def changed(self) -> bool:
        """Say whether somebody else has saved the plan since it was loaded or saved here."""
        if not self._database.is_there:
            return self.exists
        with self._database.reading() as connection:
            newest = connection.execute(select(plans.c.revision).where(plans.c.name == self.name)).scalar()
        return newest != (self.plan.revision if self.exists else None)

    def reload(self) -> Plan:
        """Load the plan again as it is kept now, and return it."""
        held = _held(self._database, self.name, self.address.revision)
        if held is None:
            raise InputError("there is no such plan any more", Where(str(self.address)), "open another one")
        self.plan = _loaded(held["document"], self._database, self.address, self._banks, self._given)
        self.exists = True
        return self.plan

    def save(
        self,
        plan: Plan,
        *,
        create: bool = False,
        header: str = "",
        by: str = "",
        when: dt.datetime | None = None,
    ) -> Plan:
        """Save a plan as its next revision.

        Parameters
        ----------
        plan
            The plan with its changes. Its revision, and where its snapshot lies, are the store's to say.
        create
            Whether to write a new plan even when nothing has been answered yet.
        header
            Nothing here: a database has no comment lines.
        by, when
            Who saves it, and the moment; by default nobody in particular, and now.

        Returns
        -------
        Plan
            The plan as it is now kept, with what others have saved meanwhile; the one that was opened when
            nothing has changed.

        Raises
        ------
        ConflictError
            When somebody else has changed the same place meanwhile; with both values.
        SaveError
            When it can't be written. Everything that existed is then as it was.
        """
        del header
        base, where = self.plan, Where(str(self.address))
        plan = begun_from(base, plan)
        if same(plan, base) and (self.exists or not create):
            return base
        if self.address.revision is not None:
            mend = f"open {replace(self.address, revision=None)}"
            raise SaveError("this is a past revision of the plan, and stays as it is", where, mend)
        if self.exists and not self._database.is_there:
            raise self._gone()
        with self._database.writing() as connection:
            self._database.hold(connection, self.name)
            held = _newest(connection, self.name)
            if held is None and self.exists:
                raise self._gone()
            if held is not None and held["number"] != base.revision:
                theirs = self._read(held["document"])
                plan, base = carried_over(base, plan, theirs, where), theirs
            if plan.inherits != self.plan.inherits:
                plan = _with_inherited(plan, self._database, self.address, self._banks)
            if held is None or not same(plan, base):
                number = 0 if held is None else held["number"]
                plan, _ = next_revision(replace(base, revision=number), plan, f"{self.name}@{number + 1}")
                _write(connection, held, self.name, plan, by, when or dt.datetime.now(dt.UTC))
        self.plan, self.exists = plan, True
        return plan

    def _read(self, text: str) -> Plan:
        return _loaded(text, self._database, self.address, self._banks, self._given, flowing=self.plan)

    def _gone(self) -> GoneError:
        mend = "save it under another name to keep what is here"
        return GoneError("the plan was deleted since it was opened", Where(str(self.address)), mend)


@dataclass(frozen=True)
class _Given:
    """What the caller said of the template, for reading the plan again."""

    template: str | None
    layers: tuple[str, ...]


@dataclass(frozen=True)
class InDatabase:
    """A plan in a database, as one that others inherit from."""

    database: Database
    address: StoreAddress
    seen: str

    @classmethod
    def at(cls, found: StoreAddress) -> InDatabase:
        """Return the plan at an address."""
        return cls(Database(found), found, str(found))

    @property
    def name(self) -> str:
        """Its address."""
        return str(self.address)

    @property
    def key(self) -> Hashable:
        """The database and the plan's name."""
        file = self.database.file
        return (str(file.resolve()) if file is not None else self.address.database, self.address.name)

    def beside(self, written: str) -> Source:
        """Return another plan: ``#name`` of the same database, or whatever an address names."""
        from maintplan.store import sources  # noqa: PLC0415 - it knows this module as well

        if written.startswith("#"):
            at = address.parse(self.address.store + written)
            if isinstance(at, Path):  # pragma: no cover - a store's address is no path
                raise TypeError(written)
            return InDatabase(self.database, at, written)
        found = address.parse(written)
        if isinstance(found, Path):
            return sources.InFile((self.database.folder / found).resolve(), written, written)
        return sources.in_database(found, self.database.folder)

    def snapshot(self, approved: Approved) -> InDatabase:
        """Return the approved revision."""
        return replace(self, address=replace(self.address, revision=approved.revision))

    def load(self, banks: Banks) -> tuple[Plan, Lines] | None:
        """Read it."""
        held = _held(self.database, self.address.name or "", self.address.revision)
        if held is None:
            return None
        lines = Unwritten(str(self.address))
        plan, _ = loading.read(_data(held["document"], lines), lines, banks, self.database.folder)
        return plan, lines


def listed(at: StoreAddress) -> list[Listed]:
    """Return the plans of a database, by name."""
    database = Database(at)
    if not database.is_there:
        return []
    newest = and_(revisions.c.plan == plans.c.id, revisions.c.number == plans.c.revision)
    columns = [each for each in revisions.c if each.name not in ("plan", "document")]
    with database.reading() as connection:
        rows = connection.execute(select(plans.c.name, *columns).join(revisions, newest)).mappings().all()
    found = [
        Listed(
            name=row["name"],
            service=row["service"],
            tier=row["tier"],
            stage=row["stage"],
            status=row["status"],
            revision=row["number"],
            when=row["saved"],
            by=row["author"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.name))


def _named(at: StoreAddress, database: Database) -> str:
    if at.name is not None:
        return at.name
    names = [each.name for each in listed(at)]
    if names:
        mend = f"write one of its plans after it: {', '.join(f'#{name}' for name in names[:12])}"
    else:
        mend = "write the name of a plan after it, such as #directory"
    raise InputError("the address names a database and no plan in it", Where(database.shown), mend)


def _held(database: Database, name: str, revision: int | None) -> RowMapping | None:
    """Return one revision of a plan, by default the newest."""
    if not database.is_there:
        return None
    with database.reading() as connection:
        if revision is None:
            return _newest(connection, name)
        wanted = select(revisions).join(plans, revisions.c.plan == plans.c.id)
        wanted = wanted.where(plans.c.name == name, revisions.c.number == revision)
        return connection.execute(wanted).mappings().one_or_none()


def _newest(connection: Connection, name: str) -> RowMapping | None:
    """Return the newest revision of a plan."""
    newest = and_(revisions.c.plan == plans.c.id, revisions.c.number == plans.c.revision)
    wanted = select(revisions).join(plans, newest).where(plans.c.name == name)
    return connection.execute(wanted).mappings().one_or_none()


def _revisions(database: Database, name: str) -> list[Revision]:
    if not database.is_there:
        return []
    columns = (revisions.c.number, revisions.c.saved, revisions.c.author, revisions.c.status)
    wanted = select(*columns).join(plans, revisions.c.plan == plans.c.id).where(plans.c.name == name)
    with database.reading() as connection:
        rows = connection.execute(wanted.order_by(revisions.c.number)).all()
    return [Revision(number=row[0], when=row[1], by=row[2], status=row[3]) for row in rows]


def _write(
    connection: Connection, held: RowMapping | None, name: str, plan: Plan, by: str, when: dt.datetime
) -> None:
    if held is None:
        made = connection.execute(insert(plans).values(name=name, revision=plan.revision))
        key = made.inserted_primary_key
        number = key[0] if key is not None else None
    else:
        number = held["plan"]
        connection.execute(update(plans).where(plans.c.id == number).values(revision=plan.revision))
    document = approval.document(plan)
    connection.execute(
        insert(revisions).values(
            plan=number,
            number=plan.revision,
            saved=when,
            author=by,
            document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
            service=plan.service.name,
            tier=plan.service.tier,
            stage=plan.service.stage,
            status=document["status"],
        )
    )


def _loaded(
    text: str,
    database: Database,
    at: StoreAddress,
    banks: Banks,
    given: _Given,
    flowing: Plan | None = None,
) -> Plan:
    """Read a document; what flows in is taken from a plan that inherits the same, where there is one."""
    lines = Unwritten(str(at))
    data = _data(text, lines)
    plan, _ = loading.read(data, lines, banks, database.folder, given.template, given.layers)
    if flowing is not None and flowing.inherits == plan.inherits:
        return replace(plan, inherited=flowing.inherited)
    return _with_inherited(plan, database, at, banks)


def _with_inherited(plan: Plan, database: Database, at: StoreAddress, banks: Banks) -> Plan:
    source = InDatabase(database, replace(at, revision=None), f"#{at.name}")
    return replace(plan, inherited=inherit.resolve(plan, source, Unwritten(str(at)), banks))


def _data(text: str, lines: Unwritten) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        what = "the database holds something else than a plan there"
        raise InputError(what, Where(lines.name), "bring it back from its backup") from None
