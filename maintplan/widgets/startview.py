"""The start page as plain JSON: the plans there are, and what is asked to begin one."""

from __future__ import annotations

from typing import Any

from maintplan.widgets import stepviews
from maintplan.widgets.desk import Desk
from maintplan.widgets.fieldviews import Edits
from maintplan.words import words

View = dict[str, Any]


def start(desk: Desk | None, edits: Edits, *, who: str, problem: str, upload_limit: int) -> View:
    """Return the start page.

    Parameters
    ----------
    desk
        Where plans are found and begun; None where there is nothing to choose from.
    edits
        What was typed to begin a plan, and refused.
    who
        The name that is recorded.
    problem
        Why a plan that was asked for is not there.
    upload_limit
        The largest plan file that is taken, in bytes.
    """
    said = words("en")
    return {
        "page": "start",
        "problem": problem,
        "who": who,
        "plans": [
            {
                "name": each.name,
                "service": each.service,
                "says": said(
                    "app.header.about",
                    tier=each.tier,
                    status=said(f"status.{each.status}"),
                    revision=each.revision,
                ),
            }
            for each in (desk.plans() if desk else [])
        ],
        "can_begin": desk is not None and desk.can_begin,
        "upload_limit": upload_limit,
        "begin": {key: wrong.why for key, wrong in edits.wrong.items()},
        **stepviews.choices(said),
    }
