"""Makes the exporters work from JupyterLab's menu *Save and Export Notebook As*.

Jupyter's server lists every exporter there, but its own address for them takes no hyphen in a format's name:
a click on ``maintplan-pdf`` would lead to a page that does not exist. This server extension has the same
handler at the addresses of ours, which also says in one line what can be done about a notebook that gives no
document, such as one that was never run. It is switched on where the kit is installed
(``templates/jupyter``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from jupyter_server.base.handlers import path_regex
from jupyter_server.nbconvert.handlers import NbconvertFileHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError

from maintplan.errors import MaintplanError, describe

_FORMAT = r"(?P<format>maintplan-\w+)"


class Documents(NbconvertFileHandler):
    """Answers a click in the menu with the document, or with why there is none."""

    async def get(self, format: str, path: str) -> None:  # noqa: A002 - the name in the address
        """Send a notebook's document."""
        try:
            await super().get(format, path)  # type: ignore[misc]  # decorated, it is a coroutine still
        except HTTPError as error:
            if not isinstance(error.__cause__, MaintplanError):
                raise
            self.set_status(HTTPStatus.UNPROCESSABLE_ENTITY)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            await self.finish(describe(error.__cause__) + "\n")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Say what the extension is, as Jupyter's server asks."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Open the addresses in a Jupyter server."""
    address = url_path_join(app.web_app.settings["base_url"], "nbconvert", f"{_FORMAT}{path_regex}")
    app.web_app.add_handlers(".*$", [(address, Documents)])
