"""Where plans are kept: opening a plan by its address, and saving it safely.

A plan lives in a file, or in a database together with others. Either way it is opened and saved alike
(`StoredPlan`); a database also keeps every revision, and lets several people save the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import overload

from maintplan.errors import InputError, Where
from maintplan.store import address as _address
from maintplan.store.files import PlanFile
from maintplan.store.kept import Listed, Revision, StoredPlan
from maintplan.store.uploading import uploaded

__all__ = ["Listed", "PlanFile", "Revision", "StoredPlan", "list_plans", "open", "open_plan", "uploaded"]


@overload
def open(  # noqa: A001 - as below
    address: Path,
    *,
    template: str | None = None,
    service: str | None = None,
    tier: int | None = None,
    stage: str | None = None,
    layers: Sequence[str] = (),
) -> PlanFile: ...


@overload
def open(  # noqa: A001 - as below
    address: str | Path,
    *,
    template: str | None = None,
    service: str | None = None,
    tier: int | None = None,
    stage: str | None = None,
    layers: Sequence[str] = (),
) -> StoredPlan: ...


def open(  # noqa: A001 - read as store.open(...)
    address: str | Path,
    *,
    template: str | None = None,
    service: str | None = None,
    tier: int | None = None,
    stage: str | None = None,
    layers: Sequence[str] = (),
) -> StoredPlan:
    """Open the plan at an address; the one entry of notebook and command.

    Parameters
    ----------
    address
        A plan file, or a plan in a database: ``sqlite:///plans.db#directory``. One that is not there starts
        a new plan, and is not written until it is saved.
    template
        For a new plan: its template's name or path. For one that exists: where its template lies, when that
        is neither beside the plan nor among the usual templates.
    layers
        Further layers, on top of the plan's own; for looking at a plan, not for saving it.
    service, tier, stage
        For a new plan; those of one that exists are changed by `maintplan.plan.edits.describe_service`.

    Raises
    ------
    InputError
        For an address that can't be opened or holds a password, and for what is no plan.
    """
    found = _address.parse(address)
    if isinstance(found, Path):
        return PlanFile.open(found, template=template, service=service, tier=tier, stage=stage, layers=layers)
    from maintplan.store.records import PlanRecord  # noqa: PLC0415 - a plan file needs no SQLAlchemy

    return PlanRecord.open(found, template=template, service=service, tier=tier, stage=stage, layers=layers)


open_plan = open
"""`open`, by the name that it has among the names of the package."""


def list_plans(address: str) -> list[Listed]:
    """Return the plans of a database, by name; none where it is not there yet.

    Raises
    ------
    InputError
        When the address names no database, or the database can't be read.
    """
    found = _address.parse(address)
    if isinstance(found, Path):
        raise InputError("this is no database", Where(str(address)), "write sqlite:///plans.db")
    from maintplan.store.records import listed  # noqa: PLC0415

    return listed(found)
