"""All that a row needs, loaded once: the processes that run rows are forked from one that has done so.

Nothing here may start a thread.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from maintplan import lean

with lean.without(*lean.FORMATS):
    import nbclient  # noqa: F401

from maintplan import headless, resources, review, session, store
from maintplan.batch import row
from maintplan.engine import child, outputs
from maintplan.errors import MaintplanError
from maintplan.handover import shown
from maintplan.reporting import formats, making
from maintplan.store import loading

__all__ = ["child", "headless", "outputs", "row", "session"]


def _once() -> None:
    """Go through one plan: what is made at first use (rules, fonts, glyphs) is then there in every fork."""
    plan = store.open(resources.example() / "plan.yaml").plan
    review.load(plan.template)
    one = session.Session(session.Parameters(plan=str(resources.example() / "plan.yaml")))
    parts = [one.cover(), one.progress(), *one.sections(), one.improvement(), *one.checks(), one.sign_off()]
    notebook = shown.notebook([*parts, *one.documents()])
    with tempfile.TemporaryDirectory() as folder:
        for _ in making.make(notebook, formats.named("html"), Path(folder), {}):
            pass


loading.keep_templates()
with contextlib.suppress(MaintplanError):  # a row says better what is wrong
    _once()
