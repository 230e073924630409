"""The door to a kernel's channels: which messages a page may send."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from maintplan.serve.doors import Door

log = logging.getLogger("maintplan.serve")


class Socket(Door, VoilaKernelWebsocketHandler):
    """A kernel's socket, for the page that got the kernel."""

    def set_default_headers(self) -> None:
        """Leave a socket's headers to it."""

    def prepare(self, **_given: Any) -> Any:
        """Look at the host; the rest is a socket's own."""
        if not self.house.serves(self.request.host_name):
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        return super(Door, self).prepare()

    @allow_unauthenticated
    async def get(self, kernel_id: str) -> None:
        """Open the socket to who holds the key and the kernel."""
        if not self.current_user:
            raise web.HTTPError(HTTPStatus.FORBIDDEN)
        self.own(kernel_id)
        answer: Any = super().get(kernel_id=kernel_id)
        await answer

    async def pre_get(self) -> None:
        """Get ready; a page that has left meanwhile, as one that is loaded again does, gets no socket."""
        ready: Any = super().pre_get()
        await ready
        if self.connection is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)

    async def open(self, kernel_id: str) -> None:
        """Note that the page is there."""
        self.house.sessions.connect(kernel_id, self)
        opened: Any = super().open(kernel_id)
        await opened

    def on_message(self, ws_message: Any) -> Any:
        """Pass on what a page of ours sends, and note that somebody does something."""
        if self.house.sessions.get(self.kernel_id) is None:
            return None  # its kernel has just been ended; the page sees its socket close
        header, content = _parts(ws_message)
        if not _is_allowed(header, content):
            log.warning("refused: a message of session %s", self.kernel_id[:8])
            return None
        if not _is_beat(content):
            self.house.sessions.touch(self.kernel_id)
        return super().on_message(ws_message)

    def on_close(self) -> None:
        """Note that the page is gone."""
        kernel = getattr(self, "kernel_id", "")
        self.house.sessions.disconnect(kernel, self)
        if getattr(self, "connection", None) is not None:
            super().on_close()


ALLOWED = ("comm_close", "comm_msg", "comm_info_request", "kernel_info_request")
"""The messages that a page may send, beside the one by which it asks for the widgets that are there."""


def _is_allowed(header: dict[str, Any], content: dict[str, Any]) -> bool:
    """Whether a message is one that a page of ours sends: no code, and no widget of the page's choice."""
    kind = header.get("msg_type")
    if kind == "comm_open":
        return content.get("target_name") == "jupyter.widget.control"
    return kind in ALLOWED


def _is_beat(content: dict[str, Any]) -> bool:
    """Whether a message is the walk's own, by which a page only asks whether its kernel is there."""
    data = content.get("data")
    inner = data.get("content") if isinstance(data, dict) else None
    return isinstance(inner, dict) and inner.get("do") == "ping"


def _parts(message: str | bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a message's header and content; of one that can't be read, nothing."""
    try:
        if isinstance(message, str):
            data = json.loads(message)
            return data["header"], data["content"]
        count = int.from_bytes(message[:8], "little")
        offsets = [
            int.from_bytes(message[8 * (each + 1) : 8 * (each + 2)], "little") for each in range(count)
        ]
        return (
            json.loads(message[offsets[1] : offsets[2]]),
            json.loads(message[offsets[4] : offsets[5]]),
        )
    except (ValueError, KeyError, IndexError, TypeError):
        return {}, {}
