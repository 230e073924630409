"""The doors to the app's scripts, styles and fonts, which are open to everybody."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import FileFindHandler
from tornado import web
from voila.static_file_handler import MultiStaticFileHandler


class _Plain:
    """What doors to files share: they say nothing more than a number when there is none."""

    def set_extra_headers(self, path: str) -> None:
        """Say that nothing is to be guessed."""
        del path
        self.set_header("X-Content-Type-Options", "nosniff")  # type: ignore[attr-defined]

    def write_error(self, status_code: int, **_given: Any) -> None:
        """Say the number."""
        self.set_header("Content-Type", "text/plain")  # type: ignore[attr-defined]
        self.set_extra_headers("")
        self.finish(str(status_code))  # type: ignore[attr-defined]

    def log_exception(self, *_given: Any) -> None:
        """Say nothing: a file that is not there is nothing to look into."""


class Files(_Plain, web.StaticFileHandler):
    """Fonts and styles of the app."""


class Scripts(_Plain, MultiStaticFileHandler):
    """Voilà's own scripts."""


class Extensions(_Plain, FileFindHandler):
    """The front end's parts, wherever they are installed."""

    def initialize(self, path: Any, **_given: Any) -> None:  # type: ignore[override]
        """Look in all places where they may be."""
        super().initialize(path, no_cache_paths=["/"])

    @allow_unauthenticated
    def get(self, path: str, include_body: bool = True) -> Any:  # noqa: FBT001, FBT002 - as Tornado calls it
        """Send one."""
        return web.StaticFileHandler.get(self, path, include_body)
