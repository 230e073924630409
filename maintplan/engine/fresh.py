"""What a forked child forgets of its parent, so that a notebook finds what it would in a new process.

Loaded modules stay: that they need not be loaded again is why a fork is fast. Their settings do not: a
warning filter, a log handler, a figure or a seeded generator of the parent's is none of the notebook's
business.
"""

# ruff: noqa: SLF001 - much of what a process carries along has no public way to be let go

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

from maintplan import lean

BACKEND = "module://matplotlib_inline.backend_inline"


def forget() -> None:
    """Put this process in the state of a new one. Called once, in the child, before anything else runs."""
    begin()
    settle()


def begin() -> None:
    """Do what only the child can."""
    gc.set_threshold(*lean.COLLECTING)
    gc.freeze()  # what came with the fork is shared memory: not to be looked through, page by page
    with contextlib.suppress(PermissionError):  # a new interpreter has done so already
        os.setsid()  # interrupts from the terminal are the parent's; and all that a cell starts ends together
    _signals()
    atexit._clear()  # the parent's; those that a cell registers run when the kernel ends
    asyncio.set_event_loop(None)
    _random()


def settle() -> None:
    """Do the rest, which a process whose only purpose is to be forked has done before."""
    _python()
    _logging()
    _warnings()
    _paths()
    _shells()
    _plots()


def _signals() -> None:
    for each in (
        signal.SIGTERM,
        signal.SIGHUP,
        signal.SIGALRM,
        signal.SIGCHLD,
        signal.SIGUSR1,
        signal.SIGUSR2,
    ):
        signal.signal(each, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)


def _python() -> None:
    sys.settrace(None)
    sys.setprofile(None)
    threading.settrace(None)
    threading.setprofile(None)
    sys.excepthook = sys.__excepthook__
    sys.displayhook = sys.__displayhook__
    asyncio.set_event_loop_policy(None)


def _logging() -> None:
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    logging.disable(logging.NOTSET)
    for each in (root, *logging.Logger.manager.loggerDict.values()):
        if isinstance(each, logging.Logger):
            each.handlers[:] = [kept for kept in each.handlers if isinstance(kept, logging.NullHandler)]


def _warnings() -> None:
    """Python's own filters; before them those that name a message or a module, which libraries set."""
    own = [each for each in warnings.filters if each[1] is not None or each[3] is not None]
    warnings.resetwarnings()
    warnings.filters.extend(each for each in own if "__main__" not in str(each[3]))  # type: ignore[attr-defined]
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__", append=True)
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category, append=True)


def _paths() -> None:
    """Look for modules in the working folder, where IPython has it, and not beside the parent's script."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    started = str(Path(script).absolute().parent) if script else None
    sys.path[:] = [each for each in sys.path if each not in ("", started)]
    if not sys.flags.safe_path:
        installed = (at for at, each in enumerate(sys.path) if Path(each).name.endswith("-packages"))
        sys.path.insert(next(installed, 0), "")
    import ipykernel_launcher  # noqa: PLC0415 - the script that a kernel of its own runs

    sys.argv = [str(ipykernel_launcher.__file__)]


def _shells() -> None:
    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415

    if InteractiveShell.initialized():
        InteractiveShell.clear_instance()
    kernels = sys.modules.get("ipykernel.kernelbase")
    if kernels is not None and kernels.Kernel.initialized():
        kernels.Kernel.clear_instance()
    applications = sys.modules.get("traitlets.config.application")
    if applications is not None and applications.Application.initialized():
        applications.Application.clear_instance()
    comms: Any = sys.modules.get("ipykernel.ipkernel")
    if comms is not None:
        comms._comm_manager = None
    widgets = sys.modules.get("ipywidgets.widgets.widget")
    if widgets is not None:
        widgets._instances.clear()


def _random() -> None:
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:  # Python's own generator sees to that itself
        numpy.seed()


def _plots() -> None:
    """No figure and no setting of the parent's, and the backend of a notebook."""
    os.environ["MPLBACKEND"] = BACKEND
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is None or not hasattr(matplotlib, "rcParams"):
        return
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    matplotlib.rcParams.update({**matplotlib.rcParamsOrig, "backend": BACKEND})
    if pyplot is not None:
        pyplot._backend_mod = None  # the next figure asks for it
    # Loaded anew, it ties itself to the shell that there is then.
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    config = sys.modules.get("matplotlib_inline.config")
    if config is not None:
        config.InlineBackend.clear_instance()
