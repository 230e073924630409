"""How an exporter stops under nbconvert's own command: with one line and an exit code, not a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from maintplan.errors import MaintplanError, describe


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn an error that a person can mend into the end of ``jupyter nbconvert``, where that is running.

    Everywhere else, such as in JupyterLab's server or in a program, the error stays an error.
    """
    try:
        yield
    except MaintplanError as error:
        if not commanded():
            raise
        print(describe(error), file=sys.stderr)  # noqa: T201 - that command's errors go there
        sys.exit(error.exit_code)


def commanded() -> bool:
    """Return whether ``jupyter nbconvert`` is what runs here."""
    command = sys.modules.get("nbconvert.nbconvertapp")
    return command is not None and bool(command.NbConvertApp.initialized())
