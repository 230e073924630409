"""The walk and a single question as widgets: an `App` and the page that shows it.

One anywidget holds the whole screen, so that it has one way to the kernel, one place for focus and
announcements, and nothing of the core widgets' layout shows through. What a person does comes as messages,
what changes goes back as messages; no trait but the first view is synchronised, so that no late echo can
overwrite what is being typed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import anywidget
import traitlets

from maintplan import served
from maintplan.widgets import assets, making
from maintplan.widgets.app import App
from maintplan.widgets.slots import Slots
from maintplan.words import words

PAUSE = 1.0
"""Seconds without a message after which work is done ahead."""
BREATH = 0.02
"""Seconds between two pieces of it, in which a message is taken."""


class Walk(anywidget.AnyWidget):
    """The walk through a plan.

    Parameters
    ----------
    app
        What it shows.
    in_app
        Whether it takes over the page of the app; in a notebook it stands under its cell.
    alone
        Whether it is one question alone, without the way to others.
    """

    _esm = assets.script()
    # A trait of the class: given to the constructor alone, it would stay in the kernel.
    _css = traitlets.Unicode("").tag(sync=True)
    in_app = traitlets.Bool(default_value=False).tag(sync=True)
    alone = traitlets.Bool(default_value=False).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)

    def __init__(self, app: App, *, in_app: bool = False, alone: bool = False) -> None:
        self.app = app
        self._slots = Slots(app, self._answer, lambda what: self.send(app.failed(what)))
        self._slots.follow()
        self._maker = making.Maker()
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet: asyncio.TimerHandle | None = None
        # In the app the style sheet comes with the page, before any script.
        super().__init__(
            in_app=in_app,
            alone=alone,
            words=words(app.language).under("app.ui."),
            start=app.whole(),
            _css="" if in_app else assets.notebook_style(),
        )
        self.on_msg(self._receive)

    def _repr_mimebundle_(self, **wanted: Any) -> Any:
        """Show it; where a notebook is only read, as text, say how it comes to life."""
        bundle = super()._repr_mimebundle_(**wanted)
        if bundle is not None:
            bundle[0]["text/plain"] = words(self.app.language)("app.not_running", plan=self.app.name)
        return bundle

    def _receive(self, _widget: Any, content: Mapping[str, Any], buffers: Any) -> None:
        if content.get("do") == "fonts":
            faces, files = assets.notebook_fonts()
            self.send({"type": "fonts", "faces": faces}, files)
            return
        if content.get("do") == "make":
            self._make(str(content.get("what")))
        self._answer(content, [bytes(each) for each in buffers or ()])

    def _answer(self, content: Mapping[str, Any], buffers: Sequence[bytes] = ()) -> None:
        answers = self.app.receive(content, buffers)
        if self._slots.follow():
            # Widgets of other packages have come or gone with the step; the screen is told with the rest.
            answers += self.app.receive({"do": "nothing"})
        for message in answers:
            self.send(message)
        if content.get("do") != "ping":
            self._work_ahead(PAUSE)

    def _work_ahead(self, after: float) -> None:
        """Make the sections of the summary one by one while nothing else is to be done."""
        if self._quiet is not None:
            self._quiet.cancel()
            self._quiet = None
        with suppress(RuntimeError):  # a notebook that is executed without an event loop
            self._quiet = asyncio.get_running_loop().call_later(after, self._one_ahead)

    def _one_ahead(self) -> None:
        self._quiet = None
        try:
            more = self.app.ahead()
        except Exception:  # noqa: BLE001 - it is said, with its reference, when somebody goes there
            return
        if more:
            self._work_ahead(BREATH)

    def close(self) -> None:
        """Close the widget, and with it those of other packages that stand in it."""
        if self._quiet is not None:
            self._quiet.cancel()
        self._slots.close()
        super().close()

    def _make(self, what: str) -> None:
        """Have a document made by another process, and send it when it is there."""
        plan = self.app.interview.plan if self.app.handle is not None else None
        if plan is None or not making.may(what, self.app):
            return
        self.send({"type": "making", "what": what})
        task = asyncio.get_running_loop().create_task(self._made(what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _made(self, what: str) -> None:
        plan, handle = self.app.interview.plan, self.app.handle
        # What could not be saved stands on the screen alone.
        address = handle.address if handle and handle.plan == plan else None
        try:
            made = await self._maker.make(what, plan, address, self.app.clock().astimezone(dt.UTC).date())
        except making.NotMadeError as error:
            served.log().error(
                "reference %s: %s of plan %s: %s", error.reference, what, self.app.name, error.detail
            )
            text = words(self.app.language)("app.making.failed", reference=error.reference)
            self.send({"type": "not_made", "what": what, "text": text})
            return
        self.send({"type": "made", "what": what, "name": made.name, "mime": made.type}, [made.data])
