"""The titles of the steps that no template words; the one catalogue of this floor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Titles:
    """Titles of the steps that every walk has."""

    service: str = "Service"
    inputs: str = "Required inputs"
    summary: str = "Summary"
    confirm: str = "Confirmation"


ENGLISH = Titles()
