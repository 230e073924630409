"""What a person does on the start page: begin a plan, open one, send one in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maintplan.errors import InputError, MaintplanError
from maintplan.widgets.fieldviews import Edits
from maintplan.widgets.sentences import sentence, sentence_of
from maintplan.widgets.tables import Wrong
from maintplan.words import words

if TYPE_CHECKING:
    from maintplan.widgets.app import App, Message


_LONGEST = 80
"""Characters of a file's name that are said."""


def begin(app: App, message: Message) -> None:
    """Begin a plan for a service."""
    if app.desk is None or not app.desk.can_begin:
        raise InputError(words("en")("app.start.cannot"))
    name, tier, stage = (str(message.get(key) or "").strip() for key in ("name", "tier", "stage"))
    said = words("en")
    wrong = {
        key: Wrong(value, said(f"app.start.needs_{key}"))
        for key, value in (("name", name), ("tier", tier), ("stage", stage))
        if not value
    }
    app.edits = Edits(wrong=wrong)
    if wrong:
        return
    try:
        handle = app.desk.begin(name, int(tier), stage)
    except InputError as error:
        app.edits = Edits(wrong={"name": Wrong(name, sentence(error))})
        return
    app.take(handle, "inputs")


def example(app: App, message: Message) -> None:
    """Open a copy of the example, to be tried."""
    del message
    if app.desk is None or not app.desk.can_begin:
        raise InputError(words("en")("app.start.cannot"))
    app.take(app.desk.example(), None)


def choose(app: App, message: Message) -> None:
    """Open a plan of the desk."""
    if app.desk is None:
        raise InputError(words("en")("app.start.cannot"))
    app.take(app.desk.open(str(message["plan"])))


def anew(app: App, message: Message) -> None:
    """Keep what is open as a plan of its own, where the plan itself was deleted."""
    del message
    if app.desk is None or app.handle is None:
        raise InputError(words("en")("app.start.cannot"))
    app.take(app.desk.keep(app.name, app.interview.plan), app.interview.at, app.opened)


def upload(app: App, message: Message) -> None:
    """Take a plan file that somebody sends, as a plan of its own."""
    if app.desk is None or not app.desk.can_begin or not app.buffers:
        raise InputError(words("en")("app.start.cannot"))
    data = app.buffers[0]
    if len(data) > app.upload_limit:
        limit = f"{app.upload_limit / 1e6:g}"
        raise InputError(words("en")("app.start.too_large", size=f"{len(data) / 1e6:.1f}", limit=limit))
    name, app.problem = str(message.get("name", "")), ""
    try:
        app.take(app.desk.upload(data, name))
    except MaintplanError as error:
        line = error.where.line
        key = f"app.start.{'no_plan_file' if line is None else 'no_plan_in_line'}"
        why = words("en")(key, name=name[:_LONGEST], line=line, why=sentence_of(error))
        raise InputError(why) from error


def leave(app: App, message: Message) -> None:
    """Go back to the start page."""
    del message
    if app.desk is not None:
        app.handle = None
        app.edits = Edits()
        app.problem = ""
