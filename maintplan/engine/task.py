"""What a parent asks of a kernel that it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One kernel's start.

    Attributes
    ----------
    parent
        The process that starts it; when it is gone, so is the kernel.
    memory
        Bytes of data that the kernel may hold.
    modules
        What it loads before anything is asked of it.
    environment
        Variables for it alone.
    folder
        Its working folder; None for the parent's.
    """

    parent: int
    memory: int | None
    modules: Sequence[str]
    environment: Mapping[str, str]
    folder: str | None
