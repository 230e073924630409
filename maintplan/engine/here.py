"""A kernel in the very process that executes a notebook: what `maintplan.engine.apart` forks.

ipykernel's kernel and nbclient's client share one event loop; a message goes from one to the other as what
JSON would have made of it, and, to whoever watches this process, along the wire as well.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import os
import pickle
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import tornado.platform.asyncio  # noqa: F401 - what the kernel's loop is made of, loaded before the fork

from maintplan.engine import client, fresh, kernel, memory, messages, streams, wire

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL, MESSAGE, DONE, RESULT = range(4)
"""What goes along the wire: that a cell begins, what it puts out, that all are done, what came of it."""
_PLAIN = frozenset({"status", "execute_input", "stream"})
_SHOWN = frozenset({"display_data", "execute_result"})

_made: kernel.Kernel | None = None
"""A kernel that was made in the process that this one was forked from."""


def prepare() -> None:
    """Make a kernel in this process, for those that are forked from it: it does nothing else from now on."""
    global _made  # noqa: PLW0603 - a process has one kernel
    fresh.settle()
    _made = kernel.made(Session())
    shell: Any = _made.shell
    # Made at first use, which a fork finds done: what shows an object, reads a cell, and notes it.
    shell.display_formatter.format(None)
    shell.transform_cell("")
    shell.logger  # noqa: B018 - a property that loads and makes it


def begin() -> None:
    """Put this process, which was just forked, in the state of a new one."""
    fresh.begin()
    if _made is None:
        fresh.settle()


def _tidy(shell: Any) -> None:
    """Do what of a shell's own end somebody could see: taking every name apart takes as long as a cell."""
    for path in shell.tempfiles:
        Path(path).unlink(missing_ok=True)
    for path in shell.tempdirs:
        shutil.rmtree(path, ignore_errors=True)


class Session(kernel.Session):
    """Hands messages to the client in this process."""

    here: Here

    def hand_on(self, channel: int, message: dict[str, Any], buffers: list[memoryview]) -> None:
        """Hand a message to the client, and to whoever watches."""
        read = self._read(message, buffers)
        self.here.heard(channel, read)

    def _read(self, message: dict[str, Any], buffers: list[memoryview]) -> dict[str, Any]:
        """Return a message as it is read from a wire; most of it is text already."""
        kind, content = message["msg_type"], message["content"]
        if kind in _SHOWN and not content.get("transient") and isinstance(content["data"], dict):
            about = ((name, self._json(value)) for name, value in content.items() if name != "data")
            data = {name: self._json(value) for name, value in content["data"].items()}
            return {**message, "content": {**dict(about), "data": data}, "buffers": []}
        if kind in _PLAIN:
            return {**message, "buffers": []}
        return messages.message(self, [*self.parts(message), *map(bytes, buffers)])

    def _json(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.unpack(self.pack(value))


class Client(client.Client):
    """What nbclient calls the kernel client."""

    def __init__(self, here: Here, kernel: kernel.Kernel) -> None:
        self.session, self.allow_stdin = cast("Session", kernel.session), False
        self.iopub_channel, self.shell_channel = client.Channel(self), client.Channel(self)
        self.about = {"language_info": kernel.language_info}
        self._here, self._kernel = here, kernel
        self._asked: asyncio.Queue[dict[str, Any]] | None = None

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - nbclient's
        """Begin to listen."""
        del timeout
        kernel.begin(self._kernel)
        self._asked = asyncio.Queue()
        self._listening = asyncio.ensure_future(self._listen(self._asked))

    async def _listen(self, asked: asyncio.Queue[dict[str, Any]]) -> None:
        while True:
            await self._kernel.handle(await asked.get())

    def is_alive(self) -> bool:
        """Whether the kernel runs."""
        return self._here.is_alive()

    def send(self, message: dict[str, Any]) -> None:
        """Let the kernel do what a message asks."""
        if self._asked is None:
            raise RuntimeError("the kernel was not started")
        self._asked.put_nowait({"buffers": [], **message})

    def read(self) -> None:
        """Do nothing: what comes in is here already."""

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Do nothing, likewise."""
        yield


class Here:
    """What nbclient calls the kernel manager, for a kernel in this process.

    Parameters
    ----------
    sender
        This side of the wire.
    memory
        Bytes of data that the cells may hold.
    folder
        Their working folder.
    """

    kernel_name = "python3"
    ipykernel = True
    has_kernel = True
    status = None

    def __init__(self, sender: wire.Sender, memory: int | None, folder: Path) -> None:
        self._sender, self._memory, self._folder = sender, memory, folder
        self._client: Client | None = None
        self._before: tuple[Path, Any] | None = None
        self._silent = False

    def start_kernel(self, **_: Any) -> None:
        """Start the kernel."""
        made = _made or kernel.made(Session())
        session, shell = cast("Session", made.session), cast("Any", made.shell)
        if _made is not None:  # forgotten with what the other process had registered
            atexit.register(_tidy, shell)
        session.here = self
        session.begin()
        made._stdout, made._stderr = streams.redirect(session)  # noqa: SLF001 - as if it was made now
        self._client = Client(self, made)
        self._before = Path.cwd(), memory.limit(self._memory)
        os.chdir(self._folder)

    def client(self) -> Client:
        """Return what speaks with the kernel."""
        if self._client is None:
            raise RuntimeError("the kernel was not started")
        return self._client

    @property
    def names(self) -> dict[str, Any]:
        """What the notebook's names stand for, when its cells are done."""
        shell: Any = kernel.Kernel.instance().shell
        names: dict[str, Any] = shell.user_ns
        return names

    def heard(self, channel: int, message: dict[str, Any]) -> None:
        """Take a message of the kernel's."""
        client = self.client()
        (client.shell_channel if channel == wire.SHELL else client.iopub_channel).put(message)
        if channel == wire.IOPUB and not self._silent:
            if message["buffers"]:
                message = {**message, "buffers": [bytes(each) for each in message["buffers"]]}
            self.tell(MESSAGE, message)

    def goes_on(self, notebook: NotebookNode, cell: int) -> None:
        """Say that a cell begins."""
        first = pickle.dumps(notebook) if cell == 0 else b""
        self._send(CELL, [first, cell.to_bytes(4, "big")])

    def tell(self, kind: int, what: Any) -> None:
        """Say something to whoever watches this process."""
        self._send(kind, [pickle.dumps(what)])

    def _send(self, kind: int, parts: list[bytes]) -> None:
        try:
            self._sender.send(kind, parts)
        except OSError:  # who watched this process is gone, and so is this one, with what it has started
            os.killpg(0, signal.SIGKILL)

    def is_alive(self) -> bool:
        """Whether the kernel runs: as long as this process does."""
        return self._before is not None

    def interrupt_kernel(self) -> None:
        """Do nothing: who waits for a cell can't interrupt it."""

    def shutdown_kernel(self, **_: Any) -> None:
        """End the kernel: what was its own in this process is put back."""
        if self._before is None:
            return
        folder, limit = self._before
        self._before = None
        sys.stdout.flush()
        sys.stderr.flush()
        self._silent = True
        gc.disable()  # what is left to do makes no circles worth looking for, and then the process ends
        memory.unlimit(limit)
        os.chdir(folder)
        self._send(DONE, [])
