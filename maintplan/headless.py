"""Execute a notebook without a screen, and say in one line what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import errors
from maintplan.engine import running
from maintplan.errors import MaintplanError, Where

if TYPE_CHECKING:
    from nbformat import NotebookNode

MODULES = ("maintplan.session", "IPython.display")
"""What the notebook's first cells import."""


class CellError(MaintplanError):
    """A cell of the notebook failed.

    Attributes
    ----------
    expected
        Whether it is one of the errors that a person can mend, which its line explains.
    """

    def __init__(
        self, line: str, exit_code: int, where: Where = errors.NOWHERE, *, expected: bool = True
    ) -> None:
        what, *below = line.splitlines() or [""]
        super().__init__(what, where)
        self.below = tuple(below)
        self.exit_code = exit_code
        self.expected = expected


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    *,
    output: str | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> tuple[NotebookNode, CellError | None]:
    """Execute a notebook with parameters, by `maintplan.engine.running.execute`, which explains them.

    Returns
    -------
    notebook, error
        The executed notebook, with the cells up to the failing one where there is an error.
    """
    executed, failure = running.execute(
        notebook, parameters, output=output, modules=MODULES, meanwhile=meanwhile
    )
    return executed, None if failure is None else said(failure)


def said(failure: running.Failure) -> CellError:
    """Say what stopped a notebook as the kit says it; what is not one of our errors names the cell."""
    ours = getattr(errors, failure.name, None)
    if failure.kind == "error" and isinstance(ours, type) and issubclass(ours, MaintplanError):
        return CellError(failure.value, ours.exit_code)
    value = " ".join(failure.value.split())
    what = f"{failure.name}: {value}" if failure.kind == "error" else value
    return CellError(f"cell {failure.cell} of the notebook failed: {what}", 1, expected=False)
