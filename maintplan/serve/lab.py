"""Makes the exporters work from JupyterLab's menu *Save and Export Notebook As*.

Jupyter's server lists every exporter there, but its own address for them takes no hyphen in a format's name:
a click on ``maintplan-pdf`` would lead to a page that does not exist. This server extension has the same
handler at the addresses of ours. It is switched on where the kit is installed (``templates/jupyter``).
"""

from __future__ import annotations

from typing import Any

from jupyter_server.base.handlers import path_regex
from jupyter_server.nbconvert.handlers import NbconvertFileHandler
from jupyter_server.utils import url_path_join

_FORMAT = r"(?P<format>maintplan-\w+)"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Say what the extension is, as Jupyter's server asks."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Open the addresses in a Jupyter server."""
    address = url_path_join(app.web_app.settings["base_url"], "nbconvert", f"{_FORMAT}{path_regex}")
    app.web_app.add_handlers(".*$", [(address, NbconvertFileHandler)])
