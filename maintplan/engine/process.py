"""The parent's side: start a kernel as a child of this process, and speak with it as nbclient does.

`Manager` and `Client` offer what nbclient asks of jupyter_client's kernel manager and kernel client, so that
the code that turns messages into a notebook's outputs is nbclient's own.

A process with one thread is forked: that takes milliseconds, and what it has loaded need not be loaded again.
Forking a process with several threads can leave a lock locked for ever; it gets a new interpreter instead.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from queue import Empty
from typing import Any

from jupyter_client.session import Session

from maintplan.engine import wire

GRACE = 5.0
"""Seconds that a kernel has to end by itself when its notebook is done, before it is killed."""


class Channel:
    """One direction of talk, with the method that nbclient waits on."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._messages: deque[dict[str, Any]] = deque()
        self._waiting: asyncio.Future[None] | None = None

    def put(self, message: dict[str, Any]) -> None:
        """Add a message that has come in."""
        self._messages.append(message)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # noqa: ASYNC109 - nbclient's
        """Return the next message.

        Raises
        ------
        queue.Empty
            None has come in time.
        """
        self._client.read()
        if not self._messages:
            self._waiting = asyncio.get_running_loop().create_future()
            with self._client.reading():
                try:
                    await asyncio.wait_for(self._waiting, timeout)
                except TimeoutError:
                    raise Empty from None
                finally:
                    self._waiting = None
        return self._messages.popleft()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message to the kernel, such as a widget's."""
        self._client.send(message)


class Client:
    """What nbclient calls the kernel client.

    Parameters
    ----------
    manager
        The kernel's process.
    end
        This side's end of the wire.
    """

    def __init__(self, manager: Manager, end: socket.socket) -> None:
        self.session = Session()
        self.allow_stdin = False
        self.iopub_channel, self.shell_channel = Channel(self), Channel(self)
        self._manager = manager
        self._end = end
        self._receiver = wire.Receiver(end)
        self._out = bytearray()
        self._readers = 0
        self._about: dict[str, Any] = {}

    def start_channels(self) -> None:
        """Do nothing: the wire is there as soon as the kernel is."""

    stop_channels = start_channels

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - nbclient's
        """Wait until the kernel says that it runs."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                self._about = (await self.shell_channel.get_msg(0.5))["content"]
            except Empty:
                if not self.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if until is not None and time.monotonic() > until:
                    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None
            else:
                return

    def kernel_info(self) -> str:
        """Ask what the kernel speaks; it has said so when it started."""
        asked = self.session.msg("kernel_info_request")
        reply = self.session.msg("kernel_info_reply", self._about, parent=asked["header"])
        self.shell_channel.put(reply)
        return str(asked["header"]["msg_id"])

    def execute(self, code: str, *, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Ask for a cell to be run, and return the request's id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": store_history,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        asked = self.session.msg("execute_request", content)
        self.send(asked)
        return str(asked["header"]["msg_id"])

    def is_alive(self) -> bool:
        """Whether the kernel runs, or has something left to say."""
        alive = self._manager.is_alive()
        self.read()
        return alive

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; what does not go through at once goes when the kernel reads again."""
        names = ("header", "parent_header", "metadata", "content")
        parts = [self.session.pack(message[name]) for name in names]
        self._out += wire.packed(wire.SHELL, [*parts, *message.get("buffers", [])])
        self._write()

    def _write(self) -> None:
        while self._out:
            try:
                sent = self._end.send(self._out, socket.MSG_DONTWAIT)
            except BlockingIOError:
                asyncio.get_running_loop().add_writer(self._end, self._write)
                return
            except OSError:  # the kernel is gone, which is noticed elsewhere
                self._out.clear()
                return
            del self._out[:sent]
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().remove_writer(self._end)

    def read(self) -> None:
        """Put what has come in into its channel."""
        for channel, parts in self._receiver.messages():
            message = wire.message(self.session, parts)
            (self.shell_channel if channel == wire.SHELL else self.iopub_channel).put(message)

    @contextlib.contextmanager
    def reading(self) -> Any:
        """Read whatever comes in while somebody waits for it."""
        loop = asyncio.get_running_loop()

        def read() -> None:
            self.read()
            if self._receiver.closed:
                loop.remove_reader(self._end)

        self._readers += 1
        if not self._receiver.closed:
            loop.add_reader(self._end, read)
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                loop.remove_reader(self._end)


class Manager:
    """What nbclient calls the kernel manager: one kernel, as a child of this process.

    Parameters
    ----------
    memory
        Bytes of data that the kernel may hold; None for as many as there are.
    """

    kernel_name = "python3"
    ipykernel = True

    def __init__(self, memory: int | None = None) -> None:
        self._memory = memory
        self._pid: int | None = None
        self._started: subprocess.Popen[bytes] | None = None
        self._here: socket.socket | None = None
        self.status: int | None = None
        """How the kernel ended: its exit code, or the negative number of the signal that killed it."""

    @property
    def has_kernel(self) -> bool:
        """Whether a kernel was started."""
        return self._pid is not None

    def start_kernel(self, **_: Any) -> None:
        """Start the kernel."""
        self._here, there = wire.pair()
        if threading.active_count() == 1:
            self._pid = self._fork(self._here, there)
        else:
            self._started = self._open(there)
            self._pid = self._started.pid
        there.close()

    def _fork(self, here: socket.socket, there: socket.socket) -> int:
        from maintplan.engine import child  # noqa: PLC0415 - loaded once, before the first fork

        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()  # or the child would say it once more
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                here.close()
                contextvars.Context().run(child.main, there, parent, self._memory)
                status = 0
            finally:
                os._exit(status)
        return pid

    def _open(self, there: socket.socket) -> subprocess.Popen[bytes]:
        given = [there.fileno(), os.getpid(), *([] if self._memory is None else [self._memory])]
        return subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "maintplan.engine.child", *map(str, given)],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def client(self) -> Client:
        """Return what speaks with the kernel."""
        if self._here is None:
            raise RuntimeError("the kernel was not started")
        return Client(self, self._here)

    def is_alive(self) -> bool:
        """Whether the kernel's process runs."""
        if self._pid is None or self.status is not None:
            return False
        if self._started is not None:
            self.status = self._started.poll()
        else:
            self._wait(os.WNOHANG)
        return self.status is None

    def _wait(self, how: int = 0) -> None:
        own = self._pid or 0
        try:
            pid, status = os.waitpid(own, how)
        except ChildProcessError:  # somebody else has asked after it
            pid, status = own, 0
        if pid:
            self.status = os.waitstatus_to_exitcode(status)

    def interrupt_kernel(self) -> None:
        """Interrupt the cell that runs."""
        if self._pid is not None and self.is_alive():
            os.kill(self._pid, signal.SIGINT)

    def shutdown_kernel(self, *, now: bool = False, **_: Any) -> None:
        """End the kernel, and whatever it has started with it."""
        if self._pid is None:
            return
        if self._here is not None:
            wire.close(self._here)  # reading that nothing more comes, it ends
        until = time.monotonic() + (0.0 if now else GRACE)
        pause = 0.0005
        while self.is_alive() and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        if self.is_alive():
            self._wait() if self._started is None else self._started.wait()
        self._pid = self._here = None
