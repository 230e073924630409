"""What every plan that is kept somewhere offers, whether in a file or in a database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from maintplan.errors import ConflictError, Where
from maintplan.plan import approval, document
from maintplan.plan.model import Approved, Plan, Round
from maintplan.plan.rebasing import rebase

if TYPE_CHECKING:
    from maintplan import yamltext


class StoredPlan(Protocol):
    """A plan and where it is kept. Use `maintplan.store.open`.

    What was read stays in mind, so that a save is a change of that, and whatever somebody else has saved in
    the meantime is kept.
    """

    plan: Plan
    """The plan as it was last loaded or saved."""

    @property
    def address(self) -> object:
        """Where the plan is kept; its text opens it again."""

    @property
    def exists(self) -> bool:
        """Whether the plan has been written yet."""

    @property
    def text(self) -> yamltext.Document | None:
        """What its file says, with its lines; None before it is written, and for one in a database."""

    def approved(self) -> Plan | None:
        """Return the plan as it was last approved; None before that."""

    def approved_before(self) -> Plan | None:
        """Return the approved plan that this one is compared with, None where there is none.

        It is the last approved one; for a plan that is complete, and so is that one, it is the one before it.
        So what has changed with a Yes is the same on its day and later.
        """

    def at_round(self, said: Round) -> Plan | None:
        """Return the plan as it was when the prompt was answered; None where no history is kept."""

    def save(
        self,
        plan: Plan,
        *,
        create: bool = False,
        header: str = "",
        by: str = "",
        when: dt.datetime | None = None,
    ) -> Plan:
        """Save a plan.

        Parameters
        ----------
        plan
            The plan with its changes. Its revision, and where its snapshot lies, are the store's to say.
        create
            Whether to write a new plan even when nothing has been answered yet.
        header
            Comment lines that a new YAML file begins with.
        by, when
            Who saves it, and the moment; a database keeps them with the revision.

        Returns
        -------
        Plan
            The plan as it is now saved; the one that was opened when nothing has changed.

        Raises
        ------
        SaveError
            When it can't be written. Everything that existed is then as it was.
        """

    def changed(self) -> bool:
        """Say whether somebody else has saved the plan since it was loaded or saved here."""

    def reload(self) -> Plan:
        """Load the plan again as it is kept now, and return it."""


@dataclass(frozen=True)
class Listed:
    """What a list of a store's plans says of one.

    Attributes
    ----------
    name
        Its name in the store.
    service, tier, stage, status
        What it says of itself.
    revision, when, by
        Its newest revision, the moment of it, and who saved it.
    """

    name: str
    service: str
    tier: int
    stage: str
    status: str
    revision: int
    when: dt.datetime
    by: str


@dataclass(frozen=True)
class Revision:
    """One revision of a plan: its number, the moment it was saved, by whom, and the plan's status then."""

    number: int
    when: dt.datetime
    by: str
    status: str


def same(one: Plan, other: Plan) -> bool:
    """Whether two plans are the same document."""
    return document.to_data(one) == document.to_data(other)


def begun_from(before: Plan, plan: Plan) -> Plan:
    """Return a plan to save with what is the store's to say: number and approval of the opened one."""
    return replace(plan, revision=before.revision, approved=before.approved)


def carried_over(before: Plan, plan: Plan, theirs: Plan, where: Where) -> Plan:
    """Carry a caller's changes over onto what somebody else has saved meanwhile.

    Raises
    ------
    ConflictError
        When both have changed the same place; with both values, and where the plan is kept.
    """
    try:
        return rebase(before, plan, theirs)
    except ConflictError as error:
        raise ConflictError(error.clashes, where) from None


def next_revision(before: Plan, plan: Plan, snapshot: str) -> tuple[Plan, bool]:
    """Count a plan's next revision.

    Parameters
    ----------
    before
        The plan as it is kept.
    plan
        The plan to keep.
    snapshot
        What `approved` names where this revision is the one that everybody has said Yes to.

    Returns
    -------
    plan, newly
        The plan with its number, and whether it has just become complete.
    """
    plan = replace(plan, revision=before.revision + 1, approved=before.approved)
    newly = _is_newly_complete(before, plan)
    if newly:
        plan = replace(plan, approved=Approved(revision=plan.revision, snapshot=snapshot))
    return plan, newly


def _is_newly_complete(before: Plan, plan: Plan) -> bool:
    if approval.status(plan) != "complete":
        return False
    was = before.approved is not None and approval.status(before) == "complete"
    return not was or approval.content(before) != approval.content(plan)
