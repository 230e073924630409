"""The engine for papermill: ``papermill --engine maintplan``, for any notebook.

papermill's own client works through the cells, so parameters, metadata, error marks and time-outs are its
own. What differs is where a cell runs (`maintplan.engine.process`) and that the notebook is saved once, at
the end. papermill loads this module at every start, whichever engine is asked for: it imports nothing heavy.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from maintplan.engine import secrets

if TYPE_CHECKING:
    from nbformat import NotebookNode


class SavedOnce(NotebookExecutionManager):  # type: ignore[misc]
    """papermill's keeper of a notebook's state, that saves no cell by itself.

    Saving after every cell is what stock papermill spends most of its time on. A notebook that takes long is
    still saved every `autosave_cell_every` seconds, and all are at the end, however that comes.
    """

    _ended = False

    def save(self, **kwargs: Any) -> None:
        """Save, where it is time to."""
        waited = (self.now() - self.last_save_time).total_seconds()
        due = self.autosave_cell_every and waited >= self.autosave_cell_every
        if self._ended or due:
            super().save(**kwargs)

    def notebook_complete(self, **kwargs: Any) -> None:
        """Finish the metadata and save the notebook."""
        self._ended = True
        super().notebook_complete(**kwargs)


class MaintplanEngine(Engine):  # type: ignore[misc]
    """Executes a notebook's cells in a child of this process, with IPython's own shell."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,  # noqa: FBT001, FBT002
        log_output: bool = False,  # noqa: FBT001, FBT002
        autosave_cell_every: int = 30,
        **kwargs: Any,
    ) -> NotebookNode:
        """Execute a notebook, as papermill's base class does."""
        password = secrets.taken_out(nb)
        if password is not None:  # the database's own variable hands it on
            kwargs["environment"] = {"PGPASSWORD": password}
        manager = SavedOnce(
            nb,
            output_path=output_path,
            progress_bar=progress_bar,
            log_output=log_output,
            autosave_cell_every=autosave_cell_every,
        )
        manager.notebook_start()
        try:
            with _terminated_like_interrupted():
                cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **kwargs)
        finally:
            manager.cleanup_pbar()
            manager.notebook_complete()
        executed: NotebookNode = manager.nb
        return executed

    @classmethod
    def execute_managed_notebook(cls, nb_man: SavedOnce, kernel_name: str, **kwargs: Any) -> None:
        """Execute the cells of a notebook."""
        from maintplan.engine import needing  # noqa: PLC0415 - only where a notebook is executed

        reason = needing.kernel_of_its_own(nb_man.nb, kernel_name)
        if reason is not None:
            logger.warning("The engine maintplan leaves this notebook to papermill's own: %s", reason)
            kwargs.pop("environment", None)
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **kwargs)
            return
        from maintplan.engine.stock import PapermillClient  # noqa: PLC0415

        PapermillClient.run(nb_man, kernel_name, **kwargs)


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM, which a scheduler sends, end the run in good order: nothing is saved before the end."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
