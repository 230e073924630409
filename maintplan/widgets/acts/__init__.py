"""What a person can do: a function for each message of the screen, by the message's name.

A function gets the app and the message. What it refuses it raises; `App.receive` says it on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from maintplan.widgets.acts import answering, moving, prompt, starting, tables

if TYPE_CHECKING:
    from maintplan.widgets.app import App

ACTS: Mapping[str, Callable[[App, Mapping[str, Any]], None]] = {
    "edit": answering.edit,
    "clear": answering.clear,
    "stance": answering.stance,
    "own": answering.own,
    "respond": answering.respond,
    "service": answering.service,
    "input": answering.required_input,
    "cross": answering.cross,
    "mine": answering.mine,
    "theirs": answering.theirs,
    "clashed": answering.clashed,
    "name": answering.name,
    "stand": answering.stand,
    "take": answering.take,
    "offer": answering.offer,
    "accept": answering.accept,
    "cell": tables.cell,
    "row": tables.row,
    "paste": tables.paste,
    "go": moving.go,
    "next": moving.onward,
    "back": moving.back,
    "missing": moving.missing,
    "open": moving.unfold,
    "undo": moving.undo,
    "redo": moving.redo,
    "search": moving.search,
    "preview": moving.preview,
    "yes": prompt.yes,
    "no": prompt.no,
    "revise": prompt.revise,
    "begin": starting.begin,
    "example": starting.example,
    "plan": starting.choose,
    "upload": starting.upload,
    "leave": starting.leave,
    "anew": starting.anew,
    "save": lambda app, _: app.retry(),
    "nothing": lambda _app, _message: None,  # what has changed otherwise is sent
}
