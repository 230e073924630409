"""Execute a notebook without a screen, by papermill, and say in one line what went wrong."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import errors, lean
from maintplan.errors import MaintplanError, SaveError, Where

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = "python3"
"""The kernel that is used whatever name a notebook stores: it runs in this environment."""


QUIET = ["--IPKernelApp.log_level=CRITICAL"]
"""Arguments of the kernel. It tells the terminal that it listens unencrypted on this machine, and that it was
interrupted when it is shut down; what goes wrong in a cell stands in the notebook."""


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
        super().__init__(line, where)
        self.exit_code = exit_code
        self.expected = expected


def execute(notebook: Path, parameters: Mapping[str, Any]) -> tuple[NotebookNode, CellError | None]:
    """Execute a notebook with parameters.

    Parameters
    ----------
    notebook
        The notebook's file; it stays as it is.
    parameters
        Values for the cell tagged ``parameters``.

    Returns
    -------
    notebook, error
        The executed notebook, with the cells up to the failing one where there is an error.

    Raises
    ------
    SaveError
        When there is no room for it.
    """
    with lean.without(*lean.FORMATS, *lean.STORES):
        import nbformat  # noqa: PLC0415 - papermill and its parts are imported where something is executed
        import papermill  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    logging.getLogger("papermill").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="maintplan-") as folder:
        path = Path(folder) / "executed.ipynb"
        try:
            papermill.execute_notebook(
                notebook,
                path,
                dict(parameters),
                kernel_name=KERNEL,
                progress_bar=False,
                extra_arguments=QUIET,
                autosave_cell_every=0,
            )
            error = None
        except PapermillExecutionError as failure:
            error = _in_one_line(failure.ename, failure.evalue, failure.cell_index)
        except OSError as failure:
            what = f"the executed notebook can't be kept: {(failure.strerror or str(failure)).lower()}"
            raise SaveError(
                what, Where(folder), "make room there, or name another folder in TMPDIR"
            ) from None
        executed: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return executed, error


def _in_one_line(name: str, value: str, cell: int) -> CellError:
    """Say a cell's error as the kit says it; what is not one of ours names the cell."""
    ours = getattr(errors, name, None)
    if isinstance(ours, type) and issubclass(ours, MaintplanError):
        return CellError(value, ours.exit_code)
    return CellError(f"cell {cell + 1} of the notebook failed: {name}: {value}", 1, expected=False)
