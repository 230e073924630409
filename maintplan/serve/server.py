"""The server: Voilà as an application, set up by us alone, and ended without leaving a process behind."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import voila.notebook_renderer
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado import httpserver, netutil, web
from tornado.ioloop import IOLoop
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration
from voila.paths import collect_static_paths, collect_template_paths
from voila.utils import get_voila_labextensions_path

from maintplan import resources
from maintplan.errors import InputError, Where
from maintplan.serve import channels, doors, failures, files
from maintplan.serve.house import House
from maintplan.serve.kernels import Kernels
from maintplan.serve.options import MEGABYTE, Options
from maintplan.serve.page import Page
from maintplan.serve.pool import Pool
from maintplan.serve.shelf import Shelf

log = logging.getLogger("maintplan.serve")

EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget")
"""The front end's parts that the page needs; no other that is installed is loaded or served."""

_LOOK = 1.0
"""Seconds between two looks at the kernels."""

_ROOM = 200_000
"""What a message holds beside the file that it brings, in bytes."""

_LONGEST_SOCKET = 100
"""Characters of a socket's path, at most, on the usual systems."""


class Server(Voila):
    """Voilà with our doors, pool and sessions.

    Parameters
    ----------
    options
        What the server was told.
    shelf
        The plans that it serves.
    began
        When it was asked to start.
    """

    def __init__(self, options: Options, shelf: Shelf, began: float, **given: Any) -> None:
        self._began: float | None = began
        self.house = House(options, shelf)
        super().__init__(config=_config(options), config_file_paths=[], **given)
        self.ip, self.port, self.base_url = options.ip, options.port, options.base_url
        self.open_browser = False
        self.token = options.token
        self.notebook_path = str(resources.notebook())
        self.root_dir = str(Path(self.notebook_path).parent)
        if options.token:  # links and open pages stay good when the server is started again with its key
            self.cookie_secret = hmac.digest(options.token.encode(), b"maintplan cookies", "sha256")

    @property
    def kernels(self) -> Kernels:
        """The kernels."""
        found: Kernels = self.kernel_manager
        return found

    # --- setting up ------------------------------------------------------------------------------------

    def initialize(self, argv: list[str] | None = None) -> None:
        """Take what we say, and neither a command line nor a file that lies around."""
        del argv
        self._init_asyncio_patch()
        self.log.handlers[:] = []  # its lines go where all others go
        self.log.propagate = True
        self.log.setLevel(logging.WARNING)
        self.voila_configuration = VoilaConfiguration(parent=self)
        self.setup_template_dirs()

    def setup_template_dirs(self) -> None:
        """Use the app's template, on top of the parts that Voilà's own are made of."""
        parts = collect_template_paths(["voila", "nbconvert"], "base", prune=True)
        self.template_paths = [str(resources.app_template()), *parts]
        self.static_paths = collect_static_paths(["voila"], "base", prune=True)

    def init_settings(self) -> dict[str, Any]:
        """Set what the doors go by."""
        settings: dict[str, Any] = super().init_settings()
        self.house.kernels = self.kernels
        self.house.pool = Pool(self.kernels, Path(self.notebook_path).name)
        settings.update(
            maintplan_house=self.house,
            log_function=_log_request,
            default_handler_class=doors.Nothing,
            websocket_max_message_size=self.house.options.upload_limit + _ROOM,
            ws_ping_interval=10_000,
            ws_ping_timeout=30_000,
            cookie_options={"path": self.house.options.base_url},
            allow_unauthenticated_access=False,
            xsrf_cookies=False,  # nothing is changed by a form; a socket looks at its origin
        )
        return settings

    def init_handlers(self) -> list[Any]:
        """Return every door there is."""
        base = self.house.options.base_url
        page = {
            "notebook_path": Path(self.notebook_path).name,
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        extensions = "|".join(EXTENSIONS)
        return [
            (f"{base}api/kernels/{doors.KERNEL}/channels", channels.Socket),
            (f"{base}api/kernels/{doors.KERNEL}", doors.Kernel),
            (f"{base}voila/api/shutdown/{doors.KERNEL}", doors.Leaving),
            (f"{base}healthz", doors.Health),
            (f"{base}maintplan/key", doors.Key),
            (f"{base}voila/static/(.*)", files.Scripts, {"paths": self.static_paths}),
            (
                f"{base}voila/labextensions/((?:{extensions})/.*)",
                files.Extensions,
                {"path": get_voila_labextensions_path()},
            ),
            (
                f"{base}voila/api/themes/(@jupyterlab/theme-light-extension/.*)",
                files.Files,
                {"path": self.themes_dir},
            ),
            (f"{base}maintplan/fonts/(.*\\.woff2)", files.Files, {"path": str(resources.fonts())}),
            (f"{base}()", Page, page),
        ]

    # --- running ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen, and go on until told to stop."""
        with _private_folder() as folder:
            self.connection_dir = str(folder)
            os.environ["IPYTHONDIR"] = str(folder / "ipython")  # nobody's own profile is read or needed
            sockets = self._sockets()
            self.port = sockets[0].getsockname()[1]
            asyncio.run(self._serve(sockets))

    def _sockets(self) -> list[Any]:
        options = self.house.options
        try:
            return netutil.bind_sockets(options.port, options.ip)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            what = f"can't listen on {options.ip} port {options.port}: {reason}"
            raise InputError(what, Where(path="--port"), "choose another port or address") from None

    async def _serve(self, sockets: list[Any]) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, stopping.set)
        self.ioloop = IOLoop.current()
        # Voilà's manager starts its pool at once, and asks for the application by then.
        self.app = web.Application()
        settings = self.init_settings()
        self.app = web.Application(self.init_handlers(), **settings)
        server = httpserver.HTTPServer(
            self.app, max_body_size=MEGABYTE, max_header_size=65_536, idle_connection_timeout=120
        )
        server.add_sockets(sockets)
        log.info("serving %s", self.house.shelf.shown)
        print(self.link, flush=True)  # noqa: T201 - what somebody who starts it waits for
        watching = asyncio.create_task(self._watch())
        try:
            await stopping.wait()
        finally:
            log.info("stopping")
            self.log.setLevel(logging.CRITICAL)  # what Jupyter says of kernels that we end is no news
            server.stop()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            for session in self.house.sessions:
                self.house.sessions.close(session.kernel)  # what a page still sends goes nowhere
            await ZMQChannelsWebsocketConnection.close_all()  # type: ignore[no-untyped-call]
            await self._end_all()
            log.info("stopped")

    @property
    def address(self) -> str:
        """The app's address."""
        host = _hostname() if self.house.options.ip in ("0.0.0.0", "::", "") else self.house.options.ip  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}{self.house.options.base_url}"

    @property
    def link(self) -> str:
        """The app's address, with its key where it has one."""
        return (
            f"{self.address}?token={self.house.options.token}" if self.house.options.token else self.address
        )

    async def _end_all(self) -> None:
        """End every kernel, those that are just being started too."""
        await self.house.pool.close()
        for kernel in self.kernels.list_kernel_ids():
            await self.house.end(kernel)
        if self.kernels.nursery is not None:
            await self.kernels.nursery.close()

    async def _watch(self) -> None:
        """Look at the kernels from time to time: who speaks, who has died, who is not needed any more."""
        while True:
            await asyncio.sleep(_LOOK)
            try:
                self._say_when_ready()
                self.house.pool.look(died=await self.house.look())
            except Exception:
                log.exception("the look at the kernels failed")

    def _say_when_ready(self) -> None:
        """Say once that the first page can be had at once."""
        if self._began is None:
            return
        if len(self.house.pool) or self.house.options.pool == 0 or len(self.house.sessions):
            log.info("ready at %s, %.1f s after the start", self.address, time.monotonic() - self._began)
            self._began = None


def run(options: Options, began: float) -> None:
    """Serve the app until the process is told to stop.

    Parameters
    ----------
    began
        The moment at which this was asked for, by `time.monotonic`.
    """
    shelf = Shelf(options)
    _set_up_log()
    # Voilà names the class itself and offers no setting for it.
    voila.notebook_renderer.VoilaExecutor = failures.Executor
    server = Server(options, shelf, began)
    server.initialize()
    server.start()


def _config(options: Options) -> Config:
    config = Config()
    settings = config.VoilaConfiguration
    settings.template = "app"
    settings.allow_template_override = "NO"
    settings.allow_theme_override = "NO"
    settings.theme = "light"
    settings.file_allowlist = []
    settings.extension_allowlist = list(EXTENSIONS)
    settings.show_tracebacks = False
    settings.strip_sources = True
    settings.http_keep_alive_timeout = 2  # seconds: how soon a page notices that its kernel does not start
    settings.preheat_kernel = options.pool > 0
    settings.default_pool_size = min(options.pool, options.sessions)
    settings.multi_kernel_manager_class = "maintplan.serve.kernels.Kernels"
    settings.attempt_fix_notebook = True
    config.Kernels.default_kernel_name = "python3"
    config.Kernels.kernel_manager_class = "maintplan.serve.kernels.Kernel"
    config.KernelManager.autorestart = False
    config.KernelManager.shutdown_wait_time = 2.0
    if os.name == "posix":
        config.KernelManager.transport = "ipc"
    config.ZMQChannelsWebsocketConnection.limit_rate = False  # a document on its way to the page is no flood
    # Jupyter remembers which notebooks it trusts in the user's home, and a service may have none.
    config.NotebookNotary.db_file = ":memory:"
    config.NotebookNotary.secret = secrets.token_bytes(32)
    config.VoilaExecutor.timeout = -1  # a kernel waits for its page for as long as it takes
    config.Executor.timeout = -1
    return config


@contextlib.contextmanager
def _private_folder() -> Any:
    """Make a folder for the kernels' sockets and tickets that nobody else may look into."""
    place = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    if len(place) > _LONGEST_SOCKET - 70 and os.name == "posix":
        place = "/tmp"  # noqa: S108 - the folder in it is our own
    if not os.access(place, os.W_OK):
        place = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="mp-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hostname() -> str:
    import socket  # noqa: PLC0415 - for the link alone

    return socket.gethostname()


_TOLD_ELSEWHERE = (
    "Error at server while executing cell",
    "Kernel died while waiting",
    "Error occurred while starting new kernel client",
    "Clearing invalid/expired login cookie",  # of pages that were open before a new start
)


def _set_up_log() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S"))
    handler.addFilter(_is_told_elsewhere)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("maintplan").setLevel(logging.INFO)
    # What they tell is told by our own lines already, with a reference and without the whole address.
    for name in ("tornado.access", "tornado.general", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _is_told_elsewhere(record: logging.LogRecord) -> bool:
    """Leave out what Voilà and Jupyter say of what has lines of ours, or is no news."""
    text = str(record.msg)
    return not (text.startswith(_TOLD_ELSEWHERE) or "is not trusted" in text)


def _log_request(handler: web.RequestHandler) -> None:
    """Log what was refused or failed; what was asked for, without the query, which may hold the key."""
    status = handler.get_status()
    if status < 400 or status in (403, 404, 503):  # noqa: PLR2004 - those are told where they happen
        return
    path = handler.request.path
    log.warning("%d %s %s from %s", status, handler.request.method, path, handler.request.remote_ip)
