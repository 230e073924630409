"""The wire between a notebook and its kernel: one socket, messages of bytes, whole or not at all.

A kernel that is a forked child needs no ports, no signatures and no ZeroMQ. Its messages are those of the
Jupyter protocol all the same: each is a channel and some parts (header, parent, metadata, content, buffers).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator, Sequence

IOPUB, SHELL = 0, 1
"""The channels: what a cell puts out, and the replies to what is asked."""

_HEAD = struct.Struct("!BH")
_LENGTH = struct.Struct("!Q")
_PIECE = 1 << 16


def pair() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of a new wire."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def packed(channel: int, parts: Sequence[bytes | memoryview]) -> bytes:
    """Return a message as bytes."""
    lengths = b"".join(_LENGTH.pack(memoryview(part).nbytes) for part in parts)
    return b"".join((_HEAD.pack(channel, len(parts)), lengths, *map(bytes, parts)))


class Sender:
    """The kernel's side: sends from any thread, and from any process that a cell forks off.

    Two processes that write into one socket would mix their messages up, so they take turns by a lock on a
    file: unlike other locks, the system takes it back from a process that dies.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._threads = threading.RLock()
        self._turns = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the kernel
        os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self) -> None:
        self._threads = threading.RLock()  # another thread may have held it

    def send(self, channel: int, parts: Sequence[bytes | memoryview]) -> None:
        """Send one message; returns when the whole of it is on its way."""
        data = packed(channel, parts)
        with self._threads:
            fcntl.lockf(self._turns, fcntl.LOCK_EX)
            try:
                self._end.sendall(data)
            finally:
                fcntl.lockf(self._turns, fcntl.LOCK_UN)


class Receiver:
    """Puts messages together again from what has come in."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._waiting = bytearray()
        self._pieces = bytearray(_PIECE)  # asking for memory anew costs more than copying
        self.closed = False

    def messages(self) -> Iterator[tuple[int, list[bytes]]]:
        """Yield the messages that have come in whole; never waits."""
        while not self.closed:
            try:
                length = self._end.recv_into(self._pieces, _PIECE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            except OSError:
                length = 0
            if not length:
                self.closed = True
                break
            with memoryview(self._pieces) as pieces:
                self._waiting += pieces[:length]
            if length < _PIECE:
                break
        while (found := self._take()) is not None:
            yield found

    def _take(self) -> tuple[int, list[bytes]] | None:
        waiting = self._waiting
        if len(waiting) < _HEAD.size:
            return None
        channel, count = _HEAD.unpack_from(waiting)
        at = _HEAD.size + count * _LENGTH.size
        if len(waiting) < at:
            return None
        lengths = [_LENGTH.unpack_from(waiting, _HEAD.size + n * _LENGTH.size)[0] for n in range(count)]
        if len(waiting) < at + sum(lengths):
            return None
        parts = []
        with memoryview(waiting) as whole:
            for length in lengths:
                parts.append(bytes(whole[at : at + length]))
                at += length
        del waiting[:at]
        return channel, parts


def close(end: socket.socket) -> None:
    """Close an end; the other one reads that it is over."""
    with contextlib.suppress(OSError):
        end.close()
