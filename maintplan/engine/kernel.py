"""The kernel's side: ipykernel's own kernel and shell, with a wire of ours in the place of ZeroMQ.

Nothing of how a cell is run, shown or fails is written here. The shell, its display hook, its publisher, its
streams, comms, magics and tracebacks are ipykernel's and IPython's; a session that hands each message to the
wire is all that is exchanged.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import types
import uuid
from contextlib import suppress
from functools import partial
from typing import Any

from IPython.core.error import UsageError
from jupyter_client.session import Session as JupyterSession
from tornado.ioloop import IOLoop
from traitlets.config import Config

from maintplan import lean
from maintplan.engine import memory, messages, streams, wire

with lean.without("debugpy"):  # two seconds to load, for what a headless run can't use
    import ipykernel.debugger  # noqa: F401
    from ipykernel import eventloops
    from ipykernel.ipkernel import IPythonKernel

REPLIES: Any = object()
"""Stands where the kernel expects the socket that replies go to."""
_OUT_OF_MEMORY = 137
"""How a process ends that the system takes for memory's sake."""


class Session(JupyterSession):
    """Makes the messages as a kernel's session does, and hands them to the wire."""

    sender: wire.Sender
    """Where they go; given when the wire is there."""

    def send(  # noqa: PLR0913, PLR0917 - the base class's
        self,
        stream: Any,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: bytes | list[bytes] | None = None,
        buffers: list[Any] | None = None,
        track: bool = False,  # noqa: FBT001, FBT002
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        """Send one message."""
        del ident, track
        if self.check_pid and os.getpid() != self.pid:  # a cell's fork has no say, as in ipykernel
            return None
        if isinstance(msg_or_type, dict):
            message = msg_or_type
            buffers = buffers or message.get("buffers") or []
        else:
            message = self.msg(msg_or_type, content, parent, header, metadata)
        flat = [memoryview(each).cast("B") for each in buffers or []]
        self.hand_on(wire.SHELL if stream is REPLIES else wire.IOPUB, message, flat)
        return message

    def hand_on(self, channel: int, message: dict[str, Any], buffers: list[memoryview]) -> None:
        """Hand a message to the wire."""
        self.sender.send(channel, [*self.parts(message), *buffers])

    def parts(self, message: dict[str, Any]) -> list[bytes]:
        """Return a message's parts as bytes."""
        return self.serialize(message)[2:]  # without the delimiter and the signature

    def begin(self) -> None:
        """Be the session of this process, where it was made in another one."""
        self.pid, self.session = os.getpid(), str(uuid.uuid4())


class Kernel(IPythonKernel):
    """ipykernel's kernel, fed from the wire."""

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits: the notebook asks for one cell at a time."""

    async def handle(self, message: dict[str, Any]) -> None:
        """Do what a message asks; as the base class does with one that came in by ZeroMQ."""
        self.set_parent([], message, channel="shell")
        self._publish_status("busy", "shell")
        handler = self.shell_handlers.get(message["header"]["msg_type"])
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            result = handler(REPLIES, [], message) if handler else None
            if result is not None:
                await result
        except MemoryError:  # outside a cell: there is no reply, for which somebody would wait for ever
            os._exit(_OUT_OF_MEMORY)
        except Exception:
            self.log.error("Exception in message handler:", exc_info=True)  # noqa: G201
        except KeyboardInterrupt:
            self.log.error("KeyboardInterrupt caught in kernel.")  # noqa: TRY400
        finally:
            signal.signal(signal.SIGINT, before)
        sys.stdout.flush()
        sys.stderr.flush()
        self._publish_status("idle", "shell")

    async def do_execute(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run a cell, and wait for what its subprocesses have written before the reply."""
        reply: dict[str, Any] = await super().do_execute(*args, **kwargs)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, streams.OutStream):
                stream.settle()
        return reply


def serve(end: socket.socket, most: int | None = None) -> None:
    """Be a kernel until the other end of the wire is closed.

    Parameters
    ----------
    end
        The kernel's end of the wire.
    most
        Bytes of data that this process may hold; None for as many as there are.
    """
    with suppress(RuntimeError):  # a cell that calls exit() stops the loop, as it does ipykernel's
        asyncio.run(_serve(end, most))


async def _serve(end: socket.socket, most: int | None) -> None:
    session = Session()
    session.sender = wire.Sender(end)
    streams.redirect(session)
    kernel = made(session)
    begin(kernel)
    memory.limit(most)
    requests: asyncio.Queue[list[bytes] | None] = asyncio.Queue()
    receiver = wire.Receiver(end)

    def read() -> None:
        for _, parts in receiver.messages():
            requests.put_nowait(parts)
        if receiver.closed:
            loop.remove_reader(end)
            requests.put_nowait(None)

    loop = asyncio.get_running_loop()
    loop.add_reader(end, read)
    session.send(REPLIES, "kernel_info_reply", {"language_info": kernel.language_info})
    while (parts := await requests.get()) is not None:
        await kernel.handle(messages.message(session, parts))


def made(session: Session) -> Kernel:
    """Return a kernel, which may have been made in the process that this one was forked from."""
    config = Config(
        {
            "HistoryManager": {"hist_file": ":memory:"},
            "IPKernelApp": {"connection_file": ""},
            "Kernel": {"_execute_sleep": 0},  # what a cell has put out is on the wire when it ends
        }
    )
    log = logging.getLogger("IPKernelApp")
    log.propagate = False  # what goes wrong in a cell stands in the notebook
    log.addHandler(logging.NullHandler())
    kernel = Kernel.instance(config=config, session=session, iopub_socket=object(), user_ns={}, log=log)
    shell: Any = kernel.shell
    shell.exit_now = False
    shell.set_custom_exc((MemoryError,), _out_of_memory)
    shell.enable_gui = partial(_enable_gui, kernel, shell)
    widgets = sys.modules.get("ipywidgets")
    if widgets is not None:
        widgets.register_comm_target()
    return kernel


def begin(kernel: Kernel) -> None:
    """Make a kernel that of this process and of the loop that runs here."""
    kernel.io_loop = IOLoop.current()
    # What an async cell asks for, to know that it runs in the main thread.
    kernel.shell_channel_thread = types.SimpleNamespace(parent_thread=threading.current_thread())
    shell: Any = kernel.shell
    sys.displayhook = shell.displayhook


def _out_of_memory(shell: Any, kind: type, error: BaseException, where: Any, tb_offset: int | None) -> None:
    """Show where memory has run out, as any other error is shown."""
    with memory.unlimited():
        shell.showtraceback((kind, error, where), tb_offset=tb_offset, running_compiled_code=True)


def _enable_gui(kernel: Kernel, shell: Any, gui: str | None = None) -> None:
    """Do as ipykernel's shell, for this kernel; that one asks for the application around it."""
    try:
        eventloops.enable_gui(gui, kernel=kernel)
    except ValueError as error:
        raise UsageError(str(error)) from error
    shell.active_eventloop = gui
