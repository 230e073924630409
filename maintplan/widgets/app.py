"""The app without a screen: one person at one plan, what they see as plain JSON, what they do as messages.

`App.view` is everything that is on the screen. `App.receive` takes one message from it and returns what is
to be sent back: the changes of the view, and nothing else, so that an edit costs the same in a long plan.
What is typed and refused is kept here and shown as typed; the plan holds the last valid value. Every
accepted change is saved before it is acknowledged.

A message is ``{"do": name, "seq": number, ...}``; what is done for each is in `maintplan.widgets.acts`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from maintplan import review as reviewing
from maintplan import served, yamltext
from maintplan.errors import ConflictError, GoneError, InputError, MaintplanError, RefusedError
from maintplan.interview import Interview
from maintplan.plan.model import Plan, Round
from maintplan.plan.places import Place
from maintplan.plan.rebasing import yielding
from maintplan.plan.standing import FieldStanding
from maintplan.review import Review
from maintplan.widgets import clashing, fieldviews, frame, making, margin, startview, stepviews
from maintplan.widgets.acts import ACTS
from maintplan.widgets.desk import Desk, Handle
from maintplan.widgets.fieldviews import Edits
from maintplan.widgets.patch import changes
from maintplan.widgets.reading import Reading
from maintplan.widgets.sentences import sentence, sentence_of
from maintplan.widgets.tables import Wrong
from maintplan.words import Words, words

View = dict[str, Any]
Message = Mapping[str, Any]
LONGEST_NAME = 200


class Clock(Protocol):
    """Says what time it is."""

    def __call__(self) -> dt.datetime:
        """Return the moment, with its zone."""


def now() -> dt.datetime:
    """Return the moment, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


class App:
    """One person at one plan.

    Parameters
    ----------
    desk
        Where plans are found and begun; the start page shows it. None where there is one plan and no other.
    handle
        The plan that is open; None for the start page.
    at, focus
        The step to begin with, and the place in it.
    who
        The name that is recorded, where somebody else vouches for it.
    clock
        Says what time it is.
    keep
        Whether changes are saved; a preview keeps nothing.
    upload_limit
        The largest plan file that the start page takes, in bytes.
    """

    def __init__(
        self,
        desk: Desk | None = None,
        handle: Handle | None = None,
        *,
        at: str | None = None,
        focus: str | None = None,
        who: str = "",
        clock: Clock = now,
        keep: bool = True,
        upload_limit: int = 10_000_000,
    ) -> None:
        self.desk = desk
        self.handle: Handle | None = None
        self.only: Place | None = None
        self.clock = clock
        self.keep = keep
        self.upload_limit = min(upload_limit, yamltext.MAX_BYTES)  # what is sent in here are plan files
        self.buffers: tuple[bytes, ...] = ()
        self.who = who
        self.problem = ""
        self.made: list[View] = []
        self.edits = Edits()
        self._reading = Reading()
        self._sent: View = {}
        self._saved_at: dt.datetime | None = None
        self._save_failed = self._failure = ""
        self._gone = False
        self._told: list[Message] = []
        self.revising = False
        if handle is not None:
            self.take(handle, at, focus)

    # -------------------------------------------------------------------------------------- the plan

    def take(self, handle: Handle, at: str | None = None, focus: str | None = None) -> None:
        """Open a plan, at a step and there at a place."""
        self.handle = handle
        self.edits = Edits()
        reviewing.load(handle.plan.template)
        self.words: Words = words(handle.plan.template.language)
        self._base = handle.plan
        interview = Interview(handle.plan)
        self.interview = interview.go_to(beginning(interview, at), focus)
        self._saved_at, self.revising, self._gone = None, False, False
        self._save_failed = self._failure = ""
        self._at_no: tuple[Round, Plan | None] | None = None
        self.opened = self._work(focus)

    def show_only(self, place: Place) -> None:
        """Show nothing of the question but one consideration or field."""
        self.only = place
        self.opened = self._work()

    @property
    def review(self) -> Review:
        """What the rules find in the plan as it is."""
        return self.interview.review(self.clock().date())

    def _work(self, focus: str | None = None) -> str | None:
        """Return the consideration to open: the one that one came for, else the first that is open."""
        if self.interview.question is None:
            return None
        if self.only is not None:
            return f"{self.only.question}.{self.only.consideration}"
        asked = self.interview.asked_now()
        if focus is not None:
            name = ".".join(focus.partition("[")[0].split(".")[:2])
            if any(each.consideration.place == name for each in asked):
                return name
        open_ = (each for each in asked if each.state in ("missing", *fieldviews.WAITING))
        first = next(open_, asked[0] if asked else None)
        return first.consideration.place if first else None

    def on_screen(self) -> list[FieldStanding]:
        """Return the fields of the consideration that is open."""
        if self.handle is None:
            return []
        return [
            field
            for each in self.interview.asked_now()
            if each.consideration.place == self.opened
            for field in (*each.fields, *each.more)
            if self.only is None or self.only.field in (None, field.field.id)
        ]

    @property
    def read_only(self) -> bool:
        """Whether the plan is complete, and nobody has begun its next revision."""
        return self.interview.status == "complete" and not self.revising

    # -------------------------------------------------------------------------------------- the view

    def view(self) -> View:
        """Return everything that is on the screen."""
        if self.handle is None:
            return startview.start(
                self.desk, self.edits, who=self.who, problem=self.problem, upload_limit=self.upload_limit
            )
        interview, said = self.interview, self.words
        step = interview.step
        shown: list[FieldStanding] = []
        body: View
        if step.kind == "service":
            body = stepviews.service(interview.plan, self.edits, said)
        elif step.kind == "inputs":
            body = stepviews.inputs(interview.plan, self.edits, said)
        elif step.kind == "question":
            body = stepviews.question(interview, self.review, self.edits, said, self.opened, self.only)
            shown = self.on_screen()
        elif step.kind == "cross_cutting":
            body = stepviews.cross_cutting(interview, self.edits, said)
        elif step.kind == "summary":
            body = stepviews.summary(interview, self.review, said, self._reading)
        else:
            body = stepviews.confirm(interview, self.review, said, self._refused())
        return {
            "page": "plan",
            "many": self.desk is not None and self.desk.can_begin,
            "plan": self.handle.name,
            "at": step.id,
            "focus": interview.focus or "",
            "who": self.who,
            "problem": self.problem,
            "read_only": self.read_only,
            "complete": stepviews.complete(interview, said) if interview.status == "complete" else None,
            "header": frame.header(interview, said),
            "rail": frame.rail(interview, self.review, said, self.edits),
            "foot": frame.foot(interview, self.review, said),
            "step": {"id": step.id, "kind": step.kind, **body},
            "notes": margin.notes(shown, interview.standing, self.review, said) if shown else {},
            "undo": interview.can_undo,
            "redo": interview.can_redo,
            "saved": self._saved(),
            "refused": self.edits.refused(),
            "draft": bool(self._first_question_answered()),
            "documents": making.offered(interview.plan),
            "formats": making.formats(),
        }

    def _refused(self) -> Plan | None:
        """Return the plan as it was when somebody last said No, where the store can say so."""
        said = next((each for each in reversed(self.interview.plan.rounds) if not each.confirmed), None)
        if said is None or self.handle is None:
            return None
        if self._at_no is None or self._at_no[0] != said:
            try:
                self._at_no = (said, self.handle.at_round(said))
            except MaintplanError as error:  # a store that can't be read just now is told when one saves
                served.log().warning("plan %s at its last No: %s", self.name, error)
                return None
        return self._at_no[1]

    def remember_no(self) -> None:
        """Keep the plan as it is after a No, for a store that keeps no earlier versions."""
        self._at_no = (self.interview.plan.rounds[-1], self.interview.plan)

    def _saved(self) -> View:
        at = self._saved_at.isoformat() if self._saved_at else ""
        return {"at": at, "failed": self._save_failed, "gone": self._gone, "keeps": self.keep}

    def _first_question_answered(self) -> bool:
        first = self.interview.plan.template.questions[0].id if self.interview.plan.template.questions else ""
        plan = self.interview.plan
        return first in plan.responses or any(place.startswith(f"{first}.") for place in plan.answers)

    def whole(self) -> View:
        """Return the view, and take it as what the screen shows."""
        self._sent = self.view()
        return self._sent

    # -------------------------------------------------------------------------------------- messages

    def receive(self, message: Message, buffers: Sequence[bytes] = ()) -> list[Message]:
        """Take one message from the screen, and return what is to be sent back.

        Nothing that goes wrong in here is silent: a person's mistake is said beside what they did, anything
        else in one sentence with a reference, under which the log has the whole story.
        """
        seq, at = message.get("seq"), self._at()
        self._told = []
        self.buffers = tuple(buffers)
        try:
            name = str(message.get("do", ""))
            if name == "ping":
                return [{"type": "pong", "n": message.get("n")}, *self._others()]
            if name == "make":  # the screen's own business: see `Walk`
                return self._patches(seq)
            if name == "hello":
                return [{"type": "view", "view": self.whole(), "seq": seq}]
            ACTS.get(name, _unknown)(self, message)
            return [*self._patches(seq), *self._told]
        except MaintplanError as error:
            told = {"type": "say", "text": sentence_of(error), "tone": "high"}
            self._told.append(told)
            return [*({**each, "refused": True} for each in self._shown(seq, at)), *self._told]
        except Exception:
            failed = self.failed(f"message {name}")
            if os.environ.get("PYTEST_CURRENT_TEST"):
                raise
            self._told.append(failed)
        return [*self._shown(seq, at), *self._told]

    def failed(self, what: str) -> Message:
        """Log the exception that is at hand under a new reference; return what the screen is to say of it."""
        reference = served.reference()
        served.log().exception("reference %s: plan %s, step %s, %s", reference, self.name, self._at(), what)
        return {"type": "failed", "reference": reference}

    def _others(self) -> list[Message]:
        """Return what a cell of the notebook, or another question in it, has changed of the plan."""
        if self.handle is None or self._save_failed or (plan := self.handle.others()) is None:
            return []
        self._base = plan
        self.interview = self.interview.saved(plan)
        return self._patches(None)

    def _shown(self, seq: Any, before: str) -> list[Message]:
        """Return what has changed after a failure; where that can't be shown, go back to the step before."""
        try:
            return self._patches(seq)
        except Exception as error:
            if self.handle is None or self.interview.at == before:
                raise
            if isinstance(error, MaintplanError):  # anything else is told already
                reference = self.failed("which can't be shown")["reference"]
                step, why = frame.short(self.interview.step, self.words), sentence_of(error)
                text = self.words("app.not_shown", step=step, why=why, reference=reference)
                self._told = [{"type": "say", "text": text, "tone": "high"}]
            self.move_to(self.interview.go_to(before))
            return self._patches(seq)

    @property
    def name(self) -> str:
        """What the page's address calls the plan; a dash on the start page."""
        return self.handle.name if self.handle else "-"

    @property
    def language(self) -> str:
        """The language of the plan's template, and of the page."""
        return self.handle.plan.template.language if self.handle else "en"

    def _at(self) -> str:
        return self.interview.at if self.handle else "start"

    def _patches(self, seq: Any) -> list[Message]:
        before, after = self._sent, self.view()
        self._sent = after
        if before.get("page") != after["page"] or before.get("plan") != after.get("plan"):
            return [{"type": "view", "view": after, "seq": seq}]
        saved = not self._save_failed
        return [{"type": "patch", "changes": changes(before, after), "seq": seq, "saved": saved}]

    def ahead(self) -> bool:
        """Make a part of what the summary will show, while nobody waits; say whether more is left to make."""
        return self.handle is not None and self._reading.ahead(self.interview)

    def tell(self, message: Message) -> None:
        """Send something to the screen beside what has changed."""
        self._told.append(message)

    def say(self, key: str, **values: object) -> None:
        """Say something above the page."""
        self.tell({"type": "say", "text": self.words(key, **values), "tone": "plain"})

    # -------------------------------------------------------------------------------------- changing

    def change(self, edit: Callable[[Plan], Plan]) -> None:
        """Change the plan and save it.

        Raises
        ------
        MaintplanError
            When the edit is refused; the plan is then as it was.
        """
        if self.read_only:
            raise RefusedError(self.words("app.read_only"))
        changed = self.interview.apply(edit)
        if changed is self.interview:
            return
        self.interview = changed
        self.save()

    def save(self) -> None:
        """Save the plan as it is; a failure is shown, and tried again until it is mended."""
        if self.handle is None:
            return
        if not self.keep:
            self._saved_at = None
            return
        try:
            saved = self.handle.save(self.interview.plan, self.who, self.clock())
        except ConflictError as error:
            self._take_theirs(error)
            return
        except MaintplanError as error:
            self._gone = isinstance(error, GoneError)
            self._not_saved(sentence_of(error), error)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the page has to say that nothing was saved
            self._not_saved(self.words("app.saved.failed"), error)
            return
        self._save_failed, self._gone, self._failure = "", False, ""
        self._saved_at, self._base = self.clock(), saved
        if saved is not self.interview.plan:
            self.interview = self.interview.saved(saved)

    def _not_saved(self, why: str, error: Exception) -> None:
        """Say why nothing was saved, with a reference under which the log has the rest.

        It is tried again every few seconds: what fails in the same way is the same failure.
        """
        if why != self._failure:
            reference = served.reference()
            served.log().warning(
                "reference %s: plan %s was not saved: %s", reference, self.name, error, exc_info=error
            )
            self._failure = why
            self._save_failed = self.words("app.saved.why", why=why, reference=reference)

    def _take_theirs(self, error: ConflictError) -> None:
        """Go on with what somebody else has saved; what was typed at the same place stands beside it."""
        if self.handle is None:
            return
        theirs = self.handle.reload()
        # What could not be saved before, and is in nobody's way, is kept.
        rest = yielding(self._base, self.interview.plan, theirs)
        self._base = theirs
        self.interview = self.interview.saved(theirs)
        clashing.stand_beside(self, error.clashes)
        if rest != theirs and not self.read_only:
            self.interview = self.interview.apply(lambda _: rest)
            self.save()

    def retry(self) -> None:
        """Try again to save what could not be saved."""
        if self._save_failed:
            self.save()

    def attempt(self, at: str, raw: Any, edit: Callable[[Plan], Plan]) -> bool:
        """Make a change; where it is refused, what was typed stays beside the last valid value."""
        if self.read_only:
            raise RefusedError(self.words("app.read_only"))
        self.edits.wrong.pop(at, None)
        try:
            self.change(edit)
        except InputError as error:
            self.edits.wrong[at] = Wrong(raw, sentence(error))
            return False
        return at not in self.edits.wrong

    def move_to(self, interview: Interview) -> None:
        """Go to where an interview stands."""
        if interview.at != self.interview.at:
            # What is left is freed: tables, and widgets of other packages.
            self.edits.leave()
        self.interview = interview
        self.opened = self._work(interview.focus)


def beginning(interview: Interview, wanted: str | None = None) -> str:
    """Return the step to begin with: the one that is wanted, else the first that is not done."""
    if any(each.id == wanted for each in interview.steps):
        return str(wanted)
    if interview.status == "complete":
        return "confirm"
    left = (each.step.id for each in interview.progress() if each.state != "done")
    return next(left, "summary")


def _unknown(_app: App, message: Message) -> None:
    raise InputError(f"unknown message {str(message.get('do'))[:40]!r}")
