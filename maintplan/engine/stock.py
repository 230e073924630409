"""papermill's client with a kernel of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from maintplan.engine.process import Manager


class PapermillClient(PapermillNotebookClient):  # type: ignore[misc]
    """Works through the cells as papermill does, and marks the cell at which a run was cut off."""

    @classmethod
    def run(  # noqa: PLR0913 - papermill's, and two of ours
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        memory_limit: int | None = None,
        environment: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Execute a notebook; the parameters are those of papermill's own engine.

        Parameters
        ----------
        memory_limit
            Megabytes that the cells may hold.
        environment
            Variables for the cells alone.
        """
        given = merge_kwargs(
            remove_args(["input_path", "timeout", "startup_timeout"], **kwargs),
            timeout=execution_timeout or kwargs.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        memory = None if memory_limit is None else memory_limit << 20
        manager = Manager(memory, environment=environment)
        manager.start_kernel()
        try:
            cls(nb_man, km=manager, **given).execute()
            manager.shutdown_kernel()
        finally:
            manager.shutdown_kernel(now=True)

    def execute_cell(self, cell: Any, cell_index: int, **kwargs: Any) -> Any:
        """Execute a cell, and mark it as failed when it was cut off."""
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except BaseException as error:
            if not cell.metadata.papermill.get("exception"):
                self.nb_man.cell_exception(cell, cell_index=cell_index, exception=error)
            raise
