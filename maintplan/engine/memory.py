"""How much memory the cells may hold: a limit of this process's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


def limit(memory: int | None) -> tuple[int, int] | None:
    """Limit the bytes of data that this process may hold; return the limits that there were."""
    if memory is None:
        return None
    import resource  # noqa: PLC0415 - only where a limit is asked for, and not on every system

    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, before[1]))
    return before


def unlimit(before: tuple[int, int] | None) -> None:
    """Take a limit back."""
    if before is None:
        return
    import resource  # noqa: PLC0415 - see above

    resource.setrlimit(resource.RLIMIT_DATA, before)


@contextlib.contextmanager
def unlimited() -> Iterator[None]:
    """Let no limit count for a while: also saying that memory has run out takes some."""
    try:
        import resource  # noqa: PLC0415 - see above
    except ImportError:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (before[1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
