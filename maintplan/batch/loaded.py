"""All that a row needs, loaded once: the processes that run rows are forked from one that has done so.

Nothing here may start a thread.
"""

from __future__ import annotations

from maintplan import lean

with lean.without(*lean.FORMATS):
    import nbclient  # noqa: F401

import matplotlib.pyplot as plt
import pandas as pd

from maintplan import headless, resources, review, session, store
from maintplan.batch import row
from maintplan.engine import child
from maintplan.reporting import making
from maintplan.store import loading

__all__ = ["child", "headless", "making", "pd", "plt", "row", "session"]

loading.keep_templates()
review.load(store.open(resources.example() / "plan.yaml").plan.template).prepare()  # with its rules compiled
