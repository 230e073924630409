"""The kernels: each is started with the names of two private files, and nothing else of the server's own.

In the one its ticket will lie, in the other it leaves its log lines (`maintplan.served`). Voilà keeps some of
them waiting, with the notebook run up to the ticket. Where that is possible,
each is a fork of one warm process.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager

from maintplan import served
from maintplan.serve.forking import Forked, Nursery, can_fork
from maintplan.serve.options import TOKEN

_HIDDEN = (TOKEN, "JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "VOILA_REQUEST_URL")
"""What a kernel has no use for: the server's own secrets."""


class Kernel(ServerKernelManager):
    """One kernel; Jupyter calls it a manager."""

    async def _async_pre_start_kernel(self, **given: Any) -> Any:
        kernels = self.parent
        if self.provisioner is None and isinstance(kernels, Kernels) and kernels.nursery is not None:
            self.kernel_id = self.kernel_id or given.pop("kernel_id")
            self.provisioner = Forked(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self, config=self.config
            )
            self.provisioner.nursery = kernels.nursery
        return await super()._async_pre_start_kernel(**given)

    pre_start_kernel = _async_pre_start_kernel  # type: ignore[assignment]


class Kernels(AsyncMappingKernelManager):
    """Starts kernels with their private files; Voilà's pool is laid over it."""

    def __init__(self, **given: Any) -> None:
        self._files: dict[str, Path] = {}
        self._read: dict[str, int] = {}
        self.nursery = Nursery(_environment(os.environ)) if can_fork() else None
        super().__init__(**given)  # type: ignore[no-untyped-call]

    async def start_kernel(self, **given: Any) -> str:  # type: ignore[override]
        """Start a kernel in an environment of its own."""
        place = Path(self.connection_dir) / secrets.token_hex(8)
        env = _environment(given.pop("env", None) or os.environ)
        env[served.TICKET] = f"{place}.ticket"
        env[served.LOG] = f"{place}.log"
        kernel: str = await ensure_async(super().start_kernel(env=env, **given))
        self._files[kernel] = place
        return kernel

    def admit(self, kernel: str, ticket: served.Ticket) -> None:
        """Let a kernel know the page that it is for."""
        place = self._files[kernel]
        temporary = place.with_suffix(".tmp")
        temporary.write_text(ticket.text(), encoding="utf-8")
        temporary.chmod(0o600)
        temporary.replace(place.with_suffix(".ticket"))

    def said(self, kernel: str) -> list[str]:
        """Return the log lines that a kernel has left since the last look."""
        place = self._files.get(kernel)
        if place is None:
            return []
        try:
            with place.with_suffix(".log").open("rb") as file:
                file.seek(self._read.get(kernel, 0))
                data = file.read(100_000)
        except OSError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._read[kernel] = self._read.get(kernel, 0) + len(whole)
        return whole.decode("utf-8", "replace").splitlines()

    async def end(self, kernel: str) -> None:
        """End a kernel at once: what a page has saved is saved."""
        with contextlib.suppress(KeyError, RuntimeError):
            await ensure_async(self.shutdown_kernel(kernel, now=True))  # type: ignore[no-untyped-call]
        place = self._files.pop(kernel, None)
        self._read.pop(kernel, None)
        for suffix in (".ticket", ".log") if place is not None else ():
            with contextlib.suppress(OSError):
                (place or Path()).with_suffix(suffix).unlink(missing_ok=True)

    def pid(self, kernel: str) -> int | None:
        """Return the number of a kernel's process."""
        if kernel not in self:
            return None
        return getattr(self.get_kernel(kernel).provisioner, "pid", None)

    async def lives(self, kernel: str) -> bool:
        """Whether a kernel's process is there."""
        return kernel in self and bool(await ensure_async(self.get_kernel(kernel).is_alive()))


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what a kernel has no use for."""
    return {name: value for name, value in given.items() if name not in _HIDDEN}
