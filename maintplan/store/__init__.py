"""Where plans are kept: opening a plan by its address, and saving it safely.

A plan lives in a file today. An address that names a database is recognised, so that nothing is mistaken
for a file, and refused with what to do instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from maintplan.store import address as _address
from maintplan.store.files import PlanFile

__all__ = ["PlanFile", "open", "open_plan"]


def open(  # noqa: A001 - read as store.open(...)
    address: str | Path,
    *,
    template: str | None = None,
    service: str | None = None,
    tier: int | None = None,
    stage: str | None = None,
    layers: Sequence[str] = (),
) -> PlanFile:
    """Open the plan at an address; the one entry of notebook and command.

    Parameters
    ----------
    address
        A plan file. One that is not there starts a new plan, and is not written until it is saved.
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
        For an address that can't be opened or holds a password, and for a file that is no plan.
    """
    path = _address.path(address)
    return PlanFile.open(path, template=template, service=service, tier=tier, stage=stage, layers=layers)


open_plan = open
"""`open`, by the name that it has among the names of the package."""
