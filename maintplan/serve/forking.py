"""Kernels as forks of one warm process (`maintplan.serve.warm`): the server's side.

`Nursery` starts that process with the first kernel and talks to it; `Forked` is what Jupyter calls a
provisioner, and its process is a `Child`. Where there is no fork, kernels are started as Jupyter does.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

log = logging.getLogger("maintplan.serve")

_LAUNCHER = "ipykernel_launcher"
_LONGEST = 1_000_000


class Child:
    """One kernel's process, with what is asked of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended."""
        del timeout  # asked for only when it has ended
        return self.returncode if self.returncode is not None else 0

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.returncode is None:
            self._nursery.signal(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Nursery:
    """The warm process, and the kernels that it has forked."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._opening = asyncio.Lock()
        self._writer: asyncio.StreamWriter | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Child]] = {}
        self._children: dict[int, Child] = {}
        self._closing = False

    async def fork(self, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> Child:
        """Fork a kernel.

        Raises
        ------
        ConnectionError
            When the warm process ends instead.
        """
        async with self._opening:
            if self._writer is None:
                await self._open()
        number = next(self._numbers)
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        self._say({"start": number, "arguments": arguments, "environment": environment, "folder": folder})
        child: Child = await asked
        return child

    def signal(self, pid: int, number: int) -> None:
        """Send a signal to a kernel."""
        self._say({"signal": int(number), "pid": pid})

    async def close(self) -> None:
        """End the warm process, and with it every kernel that there still is."""
        self._closing = True
        if self._writer is not None:
            self._writer.close()
        if self._process is not None:
            if not self._children and self._process.returncode is None:
                self._process.kill()  # it may still be loading, and has nothing to end
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._listening is not None:
            await self._listening

    async def _open(self) -> None:
        here, there = socket.socketpair()
        with there:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "maintplan.serve.warm", str(there.fileno())),
                pass_fds=[there.fileno()],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C is for the server, which ends its kernels in order
            )
        reader, self._writer = await asyncio.open_connection(sock=here, limit=_LONGEST)
        self._listening = asyncio.create_task(self._listen(reader, self._process))

    def _say(self, message: dict[str, Any]) -> None:
        if self._writer is not None:
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def _listen(self, reader: asyncio.StreamReader, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ConnectionError):  # it ended before it had read all that was said to it
            while line := await reader.readline():
                self._hear(json.loads(line))
        self._writer = None
        code = await process.wait()
        if code and not self._closing:
            log.error("the process from which kernels are forked has ended by itself (%s)", code)
        # Its kernels see that it is gone, and end.
        for child in self._children.values():
            child.returncode = -signal.SIGKILL
        self._children.clear()
        waiting, self._asked = self._asked, {}
        for each in waiting.values():
            if not each.done():
                each.set_exception(ConnectionError("the process from which kernels are forked has ended"))

    def _hear(self, told: dict[str, Any]) -> None:
        if "started" in told:
            child = self._children[told["pid"]] = Child(told["pid"], self)
            asked = self._asked.pop(told["started"])
            if asked.cancelled():
                child.kill()
            else:
                asked.set_result(child)
        else:
            self._children.pop(told["ended"]).returncode = told["code"]


class Forked(LocalProvisioner):
    """Starts a kernel as a fork of the warm process."""

    nursery: Nursery

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel that does what the command does."""
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        environment = {name: str(value) for name, value in (kwargs.get("env") or os.environ).items()}
        folder = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109 - as text
        child = await self.nursery.fork(arguments, environment, folder)
        self.process = child  # type: ignore[assignment]  # it is asked for what a Child has
        self.pid = child.pid
        self.pgid = None  # signals go by the warm process, which knows whether the kernel still is
        self.cwd = folder
        return self.connection_info


def can_fork() -> bool:
    """Whether kernels can be forked here; macOS's libraries do not bear it."""
    return hasattr(os, "fork") and sys.platform != "darwin"
