"""One row as a job, and what became of it: plain data that goes from process to process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from maintplan.batch.manifest import Row

STAGING = ".staging-"
"""How the folders begin in which rows are being made, beside those of the results."""

Kind = Literal["ok", "input_error", "cell_error", "timeout", "out_of_memory", "killed"]


@dataclass(frozen=True)
class Job:
    """One row to be run.

    Attributes
    ----------
    row
        The row.
    manifest
        The manifest's file; relative paths in the row begin in its folder.
    named
        The manifest as the person named it.
    out
        The batch's folder.
    key
        A digest of all that the results depend on.
    formats
        Formats of the documents, with commas.
    timeout
        Seconds that the notebook may take.
    memory
        Megabytes that it may hold.
    """

    row: Row
    manifest: str
    named: str
    out: str
    key: str
    formats: str = "html"
    timeout: float | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a row.

    Attributes
    ----------
    service, folder, key
        The row's.
    outcome
        The kind of it.
    seconds
        How long the row took.
    cell
        The failed cell, counted from 1.
    path
        The place in the plan, or the column of the manifest, that an error is about.
    message
        What went wrong, in one line.
    kept
        Whether it is an earlier run's, which nothing has changed since.
    """

    service: str
    folder: str
    key: str
    outcome: Kind
    seconds: float
    cell: int | None = None
    path: str | None = None
    message: str | None = None
    kept: bool = False

    def to_data(self) -> dict[str, Any]:
        """Return it as ``batch.json`` shows it."""
        return {
            name: value for name, value in asdict(self).items() if value is not None and value is not False
        }
