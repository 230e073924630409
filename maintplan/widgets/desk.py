"""Where the app finds plans: what a start page lists and begins.

The store is behind it. `Handle` is one open plan, by the name that the page's address gives it.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Protocol

from maintplan import resources, store
from maintplan.errors import InputError, Where
from maintplan.plan.model import Plan, Round
from maintplan.store.kept import carried_over
from maintplan.words import words

LONGEST_NAME = 60


class Handle(Protocol):
    """One plan that is open."""

    @property
    def plan(self) -> Plan:
        """The plan as it was last opened or saved."""

    @property
    def name(self) -> str:
        """What the address of the page calls it."""

    @property
    def address(self) -> str | None:
        """Where another process finds the plan; None for one that is kept nowhere."""

    def save(self, plan: Plan, by: str, when: dt.datetime) -> Plan:
        """Save the plan, and return it as it is now saved."""

    def approved(self) -> Plan | None:
        """Return the plan as it was last approved; None before that."""

    def at_round(self, said: Round) -> Plan | None:
        """Return the plan as it was when the prompt was answered; None where no history is kept."""

    def reload(self) -> Plan:
        """Load the plan again as it is kept now, and return it."""

    def others(self) -> Plan | None:
        """Return the plan as another screen on this very handle has saved it; None where none has."""


class Desk(Protocol):
    """Where plans are found and begun."""

    can_begin: bool

    def plans(self) -> list[store.Listed]:
        """Return the plans."""

    def open(self, name: str) -> Handle:
        """Open one of them; nothing else can be opened by its name."""

    def opened(self, address: str) -> Handle:
        """Open what the server names by its address."""

    def begin(self, service: str, tier: int, stage: str) -> Handle:
        """Begin a plan for a service."""

    def upload(self, data: bytes, name: str) -> Handle:
        """Keep a plan file that somebody sends, as a plan of its own."""

    def example(self) -> Handle:
        """Open a copy of the example, to be tried."""

    def keep(self, name: str, plan: Plan) -> Handle:
        """Keep a plan as one of its own, under a name like the given one that is free."""


@dataclass
class Opened:
    """A plan of the store that is open on a screen.

    In a notebook several screens and cells may hold one and the same plan of the store. Each screen's changes
    are carried over onto what the others have saved, as those of another program are.
    """

    name: str
    kept: store.StoredPlan
    create: bool = False

    def __post_init__(self) -> None:
        self._seen = self.kept.plan

    @property
    def plan(self) -> Plan:
        """The plan as it was last opened or saved."""
        return self.kept.plan

    @property
    def address(self) -> str | None:
        """Where another process finds the plan."""
        return str(self.kept.address) if self.kept.exists else None

    def save(self, plan: Plan, by: str, when: dt.datetime) -> Plan:
        """Save the plan."""
        if self.kept.plan is not self._seen:
            plan = carried_over(self._seen, plan, self.kept.plan, Where(self.name))
        saved = self._seen = self.kept.save(plan, create=self.create, by=by, when=when)
        self.create = False
        return saved

    def approved(self) -> Plan | None:
        """Return the plan as it was last approved."""
        return self.kept.approved()

    def at_round(self, said: Round) -> Plan | None:
        """Return the plan as it was when the prompt was answered."""
        return self.kept.at_round(said)

    def reload(self) -> Plan:
        """Load the plan again as it is kept now."""
        self._seen = self.kept.reload()
        return self._seen

    def others(self) -> Plan | None:
        """Return the plan as a cell or another screen has saved it; None where none has."""
        if self.kept.plan is self._seen:
            return None
        self._seen = self.kept.plan
        return self._seen


class OnePlan:
    """The desk of a single plan: there is that one, and no other can be begun."""

    can_begin = False

    def __init__(self, address: str, template: str | None = None) -> None:
        self._address = address
        self._template = template

    def plans(self) -> list[store.Listed]:
        """Return nothing to choose from."""
        return []

    def open(self, name: str) -> Handle:
        """Open the plan, whatever it is called."""
        del name
        return self.opened(self._address)

    def opened(self, address: str) -> Handle:
        """Open the plan."""
        return Opened(name_of(address), open_with(address, self._template))

    def begin(self, service: str, tier: int, stage: str) -> Handle:
        """Refuse: this desk has one plan."""
        del service, tier, stage
        raise InputError(words("en")("app.start.cannot"))

    def upload(self, data: bytes, name: str) -> Handle:
        """Refuse: this desk has one plan."""
        del data, name
        raise InputError(words("en")("app.start.cannot"))

    def example(self) -> Handle:
        """Refuse: this desk has one plan."""
        raise InputError(words("en")("app.start.cannot"))

    def keep(self, name: str, plan: Plan) -> Handle:
        """Keep the plan where it was, after somebody has deleted it."""
        return _kept(self._address, name, plan)


class StorePlans:
    """The desk of a store of many plans."""

    can_begin = True

    def __init__(self, address: str, template: str) -> None:
        self._address = address
        self._template = template

    def plans(self) -> list[store.Listed]:
        """Return the plans of the store."""
        return store.list_plans(self._address)

    def open(self, name: str) -> Handle:
        """Open a plan that the store has; a name of anything else opens nothing."""
        if name not in {each.name for each in store.list_plans(self._address)}:
            raise InputError(words("en")("app.start.no_plan"))
        return self.opened(f"{self._address}#{name}")

    def opened(self, address: str) -> Handle:
        """Open a plan by its address."""
        return Opened(name_of(address), open_with(address, self._template))

    def begin(self, service: str, tier: int, stage: str) -> Handle:
        """Begin a plan under a free name, and keep it at once."""
        name = self._free(_slug(service))
        kept = store.open(
            f"{self._address}#{name}", template=self._template, service=service, tier=tier, stage=stage
        )
        kept.save(kept.plan, create=True)
        return Opened(name, kept)

    def upload(self, data: bytes, name: str) -> Handle:
        """Keep a plan file that somebody sends under a free name."""
        plan = store.uploaded(data, name)
        return self.keep(_slug(plan.service.name), plan)

    def example(self) -> Handle:
        """Keep a copy of the example under a free name."""
        plan = store.open(resources.example() / "plan.yaml").plan
        return self.keep(f"{_slug(plan.service.name)}-example", plan)

    def keep(self, name: str, plan: Plan) -> Handle:
        """Keep a plan as one of its own."""
        name = self._free(name)
        return _kept(f"{self._address}#{name}", name, plan)

    def _free(self, name: str) -> str:
        taken = {each.name for each in store.list_plans(self._address)}
        if name not in taken:
            return name
        return next(
            f"{name}-{number}" for number in range(2, len(taken) + 3) if f"{name}-{number}" not in taken
        )


def open_with(address: str, template: str | None) -> store.StoredPlan:
    """Open a plan by the template that it names, and where that is not found by the one that is given.

    Parameters
    ----------
    address
        Where it is kept; one that is not there yet is begun by the given template.
    template
        A template's name or path.

    Raises
    ------
    InputError
        When it can't be opened by either.
    """
    try:
        found = store.open(address)
    except InputError as error:
        if template is None:
            raise
        try:
            return store.open(address, template=template)
        except InputError:
            raise error from None
    return found if found.exists or template is None else store.open(address, template=template)


def name_of(address: str) -> str:
    """Return a plan's name from its address; a file ``plan.yaml`` is named by the folder that it is in."""
    _, mark, name = str(address).rpartition("#")
    if mark:
        return name
    *folders, file = re.split(r"[\\/]", str(address))
    stem = file.rpartition(".")[0] or file
    return folders[-1] if stem == "plan" and folders and folders[-1] else stem


def _kept(address: str, name: str, plan: Plan) -> Opened:
    template = str(plan.template.sources[0]) if plan.template.sources else plan.template.name
    kept = store.open(address, template=template, service=plan.service.name)
    kept.save(plan, create=True)
    return Opened(name, kept)


def _slug(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:LONGEST_NAME]
    return name or f"plan-{secrets.token_hex(3)}"
