"""The app's server: Voilà with our own doors, for the one notebook that is a plan.

Voilà runs the notebook and renders its page. Everything that a person or a program can reach is listed in
`doors`, and nothing else is there; which plans are served is `shelf`'s to say, which kernel belongs to which
page is `sessions`'.
"""

from __future__ import annotations

import sys
import time

from maintplan import lean
from maintplan.serve.options import Options

__all__ = ["Options", "serve"]


def serve(options: Options) -> None:
    """Serve the app until the process is told to stop.

    Raises
    ------
    InputError
        When what is asked for can't be served.
    """
    began = time.monotonic()
    if sys.stderr.isatty():  # in a log the first line comes soon enough
        print("starting …", end="\r", file=sys.stderr, flush=True)  # noqa: T201 - somebody waits
    # Voilà takes its time to import, and more than half of it for checks of formats that it has no use for.
    # JupyterLab's server loads requests, which can't do without idna.
    with lean.without(*(each for each in lean.FORMATS if each != "idna")):
        from maintplan.serve.server import run  # noqa: PLC0415

    run(options, began)
