"""The child's side of a kernel's process: from the fork, or a new interpreter, to its end."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator

from maintplan.engine import fresh, kernel
from maintplan.engine.task import Task


def main(end: socket.socket, task: Task) -> None:
    """Be a kernel until the wire is closed, then end as a Python process does.

    Parameters
    ----------
    end
        The kernel's end of the wire.
    task
        What the parent asks of it.
    """
    with said_on_failure():
        fresh.forget()
        watch(task.parent)
        os.environ.update(task.environment)
        if task.folder is not None:
            os.chdir(task.folder)
        for module in task.modules:
            importlib.import_module(module)
        uninterrupted()
        kernel.serve(end, task.memory)
        end_process()


@contextlib.contextmanager
def said_on_failure() -> Iterator[None]:
    """Say on the terminal what goes wrong here: it is a failing of ours, not of a cell."""
    terminal = os.dup(2)
    try:
        yield
    except BaseException:
        os.write(terminal, traceback.format_exc().encode())
        raise


def uninterrupted() -> None:
    """Let no interrupt count but while a cell runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def watch(parent: int) -> None:
    """End when the parent has ended, however that was."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.killpg(0, 9)

    threading.Thread(target=look, name="parent", daemon=True).start()


def end_process() -> None:
    """Do what is registered for a process's end; threads that a cell left behind are not waited for."""
    atexit._run_exitfuncs()  # noqa: SLF001 - os._exit does not call them
    with contextlib.suppress(OSError):  # nobody listens any more
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), Task(**json.loads(sys.argv[2])))
    os._exit(0)
