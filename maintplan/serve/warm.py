"""The process of which every kernel is a fork: it has loaded what a page needs, and runs nothing itself.

A kernel is there in milliseconds, and shares with the others the memory of what was loaded. Forking wants a
process with one thread, so it is not the server; started as ``python -m maintplan.serve.warm FD``, where the
descriptor is a socket. Over it come lines of JSON: ``{"start": n, "arguments", "environment", "folder"}`` is
answered by ``{"started": n, "pid"}``, ``{"signal": number, "pid"}`` by nothing; ``{"ended": pid, "code"}``
goes back when a kernel has ended. When the socket is closed, all kernels end.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from typing import Any

_PIECE = 65_536

_LOADED = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel_launcher",
    "ipywidgets",
    "maintplan.session",
    "tornado.platform.asyncio",
    "tornado.queues",
)
"""What a kernel loads when it starts, and the notebook's first cells."""


def main() -> None:
    """Load what a page needs, then fork a kernel whenever the server asks for one."""
    end = socket.socket(fileno=int(sys.argv[1]))
    load()
    asked = serve(end)
    if asked is not None:
        end.close()
        be_kernel(asked)


def load() -> None:
    """Load what every page needs, and go through it once: what is made at first use is then there for all."""
    # Nobody debugs a page, and the debugger would be a third of what it holds.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    for name in _LOADED:
        importlib.import_module(name)
    from maintplan.widgets import page  # noqa: PLC0415 - with all the rest

    page.warm()
    gc.collect()
    gc.freeze()  # what is shared stays shared: no collection looks through it, page by page


def serve(end: socket.socket) -> dict[str, Any] | None:
    """Fork kernels until the socket is closed; in a kernel, return what was asked of it."""
    wakes, wake = socket.socketpair()
    for each in (wakes, wake, end):
        each.settimeout(0)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    kernels: set[int] = set()
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(end, selectors.EVENT_READ)
        selector.register(wakes, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wakes in ready:
                with contextlib.suppress(BlockingIOError):
                    wakes.recv(_PIECE)
                _reap(kernels, end)
            if end not in ready:
                continue
            data = _received(end)
            if not data:
                for pid in kernels:
                    _signal(pid, signal.SIGKILL)
                return None
            *lines, pending = (pending + data).split(b"\n")
            for asked in map(json.loads, filter(None, lines)):
                if _do(asked, kernels, end) == 0:
                    wakes.close()
                    wake.close()
                    return dict(asked)


def _do(asked: dict[str, Any], kernels: set[int], end: socket.socket) -> int:
    """Send a signal to a kernel, or fork one; return its number, which is 0 in itself."""
    if "signal" in asked:
        if asked["pid"] in kernels:  # a number that is nobody's any more may be somebody else's
            _signal(asked["pid"], asked["signal"])
        return int(asked["pid"])
    pid = os.fork()
    if pid:
        kernels.add(pid)
        _tell(end, {"started": asked["start"], "pid": pid})
    return pid


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(_PIECE)
    except BlockingIOError:
        return b"\n"
    except OSError:
        return b""


def _tell(end: socket.socket, message: dict[str, int]) -> None:
    end.settimeout(None)
    with contextlib.suppress(OSError):  # the server has ended; that is seen when it is listened to
        end.sendall(json.dumps(message).encode() + b"\n")
    end.settimeout(0)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)  # a kernel may not lead its group yet
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _reap(kernels: set[int], end: socket.socket) -> None:
    for pid in list(kernels):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            kernels.discard(pid)
            _tell(end, {"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def be_kernel(asked: dict[str, Any]) -> None:
    """Be a kernel, as `ipykernel_launcher` is one, and end with it."""
    from maintplan.engine import fresh  # noqa: PLC0415

    code = 1
    try:
        fresh.forget()
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)  # the server's standard output has the app's address, and nothing else
        # A kernel ends with the process that it is from.
        sys.argv[1:] = [*asked["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"]

        from ipykernel import kernelapp  # noqa: PLC0415

        kernelapp.launch_new_instance()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as its parent
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
