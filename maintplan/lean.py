"""Import the notebook libraries without optional parts that cost more than all the rest.

With everything installed, `import nbformat` takes a second, nine tenths of it for jsonschema, which compiles
a grammar of addresses and one of dates to check formats that notebooks do not use. papermill loads the
clients of file stores that nobody here reads from. Those libraries are made to live without such modules:
hidden for as long as they are imported, the modules can be imported by anybody else before and afterwards.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FORMATS = (
    *("rfc3987_syntax", "rfc3986_validator", "rfc3339_validator"),
    *("isoduration", "fqdn", "webcolors", "uri_template", "jsonpointer"),
)
"""What jsonschema checks formats with, where it is there."""
STORES = ("pyarrow", "boto3", "azure", "gcsfs", "github")
"""What papermill reads notebooks from, besides files."""


COLLECTING = gc.get_threshold()
"""How often Python looks for circles that nobody holds; a notebook has it so, whatever its parent chose."""


def collect_seldom() -> None:
    """Look for circles seldom from now on: a command that loads much and ends makes hardly any."""
    gc.set_threshold(100_000, 50, 100)


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """Make modules look as if they were not installed; those that are loaded already stay.

    Examples
    --------
    >>> with without(*FORMATS):
    ...     import nbformat
    """
    hidden = [each for each in modules if each not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for each in hidden:
            sys.modules.pop(each, None)
