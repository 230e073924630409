"""The parent's side of the talk with a kernel, in the form that nbclient speaks.

`Client` offers what nbclient asks of jupyter_client's kernel client, so that the code that turns messages
into a notebook's outputs is nbclient's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import deque
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_client.session import Session

from maintplan.engine import messages, wire

if TYPE_CHECKING:
    from maintplan.engine.process import Manager


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
        self.about: dict[str, Any] = {}
        """What the kernel says of itself."""

    def start_channels(self) -> None:
        """Do nothing: the wire is there as soon as the kernel is."""

    stop_channels = start_channels

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - nbclient's
        """Wait until the kernel says that it runs."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                self.about = (await self.shell_channel.get_msg(0.5))["content"]
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
        reply = self.session.msg("kernel_info_reply", self.about, parent=asked["header"])
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
            message = messages.message(self.session, parts)
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
