"""What a visitor and an operator see of a failure: a sentence with a reference, and its traceback.

The page has the reference (`maintplan.served.reference`), the log has it with everything else, and the page
has nothing else.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from nbclient.exceptions import CellExecutionError, DeadKernelError
from voila.execute import VoilaExecutor

from maintplan.served import reference

log = logging.getLogger("maintplan.serve")

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Executor(VoilaExecutor):
    """Runs the cells; what goes wrong in one goes to the log, and its reference to the page."""

    async def execute_cell(self, cell: Any, *given: Any, **more: Any) -> Any:
        """Run one cell."""
        try:
            return await super().execute_cell(cell, *given, **more)
        except CellExecutionError:
            raise  # and then `strip_code_cell_errors` is called
        except DeadKernelError:
            _stopped(cell, "")  # whose kernel it was, and that it has died, is told by who looks after them
            raise TimeoutError from None
        except Exception as error:
            number = reference()
            log.exception("reference %s: cell %r could not be run", number, cell.get("id"))
            _stopped(cell, number)
            raise TimeoutError from error  # by which Voilà ends the page with what the cell holds

    def strip_code_cell_errors(self, cell: Any) -> Any:
        """Leave a reference where the error stood."""
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                number = reference()
                trace = _COLOURS.sub("", "\n".join(output["traceback"]))
                log.error("reference %s: cell %r failed\n%s", number, cell.get("id"), trace)
                output.update(ename="Failure", evalue=number, traceback=[])
        return cell


def _stopped(cell: Any, number: str) -> None:
    cell["outputs"] = [{"output_type": "error", "ename": "Failure", "evalue": number, "traceback": []}]
