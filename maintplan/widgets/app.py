"""The app without a screen: one person at one plan, what they see as plain JSON, what they do as messages.

`App.view` is everything that is on the screen. `App.receive` takes one message from it and returns what is
to be sent back: the changes of the view, and nothing else, so that an edit costs the same in a long plan.
What is typed and refused is kept here and shown as typed; the plan holds the last valid value. Every
accepted change is saved before it is acknowledged.

A message is ``{"do": name, "seq": number, ...}``; each has a method ``do_name``.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from maintplan import fields, served
from maintplan import review as reviewing
from maintplan.errors import ConflictError, InputError, MaintplanError, RefusedError
from maintplan.interview import Interview
from maintplan.plan import approval, edits, places
from maintplan.plan.model import AcceptedRisk, Given, NotApplicable, Plan, Round
from maintplan.plan.standing import FieldStanding, recommended_value
from maintplan.review import Review
from maintplan.widgets import controls, fieldviews, frame, margin, stepviews
from maintplan.widgets.desk import Desk, Handle
from maintplan.widgets.fieldviews import Edits
from maintplan.widgets.patch import changes
from maintplan.widgets.search import search
from maintplan.widgets.tables import Sheet, Wrong, sentence
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
        self.clock = clock
        self.keep = keep
        self.upload_limit = upload_limit
        self._buffers: tuple[bytes, ...] = ()
        self.who = who
        self.problem = ""
        self.made: list[View] = []
        self.edits = Edits()
        self._sent: View = {}
        self._saved_at: dt.datetime | None = None
        self._save_failed = ""
        self._told: list[Message] = []
        self._revising = False
        if handle is not None:
            self.take(handle, at, focus)

    # -------------------------------------------------------------------------------------- the plan

    def take(self, handle: Handle, at: str | None = None, focus: str | None = None) -> None:
        """Open a plan, at a step and there at a place."""
        self.handle = handle
        self.edits = Edits()
        reviewing.load(handle.plan.template)
        self.words: Words = words(handle.plan.template.language)
        interview = Interview(handle.plan)
        self.interview = interview.go_to(beginning(interview, at), focus)
        self._saved_at, self._save_failed, self._revising = None, "", False
        self._at_no: tuple[Round, Plan | None] | None = None
        self.opened = self._work(focus)

    @property
    def review(self) -> Review:
        """What the rules find in the plan as it is."""
        return self.interview.review(self.clock().date())

    def _work(self, focus: str | None = None) -> str | None:
        """Return the consideration to open: the one that one came for, else the first that is open."""
        if self.interview.question is None:
            return None
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
        ]

    @property
    def read_only(self) -> bool:
        """Whether the plan is complete, and nobody has begun its next revision."""
        return (
            approval.status(self.interview.plan, self.interview.standing) == "complete" and not self._revising
        )

    # -------------------------------------------------------------------------------------- the view

    def view(self) -> View:
        """Return everything that is on the screen."""
        if self.handle is None:
            return self._start_view()
        interview, said = self.interview, self.words
        step = interview.step
        shown: list[FieldStanding] = []
        body: View
        if step.kind == "service":
            body = stepviews.service(interview.plan, self.edits, said)
        elif step.kind == "inputs":
            body = stepviews.inputs(interview.plan, self.edits, said)
        elif step.kind == "question":
            body = stepviews.question(interview, self.review, self.edits, said, self.opened)
            shown = self.on_screen()
        elif step.kind == "cross_cutting":
            body = stepviews.cross_cutting(interview, self.edits, said)
        elif step.kind == "summary":
            body = stepviews.summary(interview, self.review, said)
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
            "complete": stepviews.complete(interview, said)
            if approval.status(interview.plan, interview.standing) == "complete"
            else None,
            "header": frame.header(interview, said),
            "rail": frame.rail(interview, self.review, said),
            "foot": frame.foot(interview, self.review, said),
            "step": {"id": step.id, "kind": step.kind, **body},
            "notes": margin.notes(shown, interview.standing, self.review, said) if shown else {},
            "undo": interview.can_undo,
            "redo": interview.can_redo,
            "saved": self._saved(),
            "draft": bool(self._first_question_answered()),
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

    def _saved(self) -> View:
        at = self._saved_at.isoformat() if self._saved_at else ""
        return {"at": at, "failed": self._save_failed, "keeps": self.keep}

    def _first_question_answered(self) -> bool:
        first = self.interview.plan.template.questions[0].id if self.interview.plan.template.questions else ""
        plan = self.interview.plan
        return first in plan.responses or any(place.startswith(f"{first}.") for place in plan.answers)

    def _start_view(self) -> View:
        said = words("en")
        listed = self.desk.plans() if self.desk else []
        return {
            "page": "start",
            "problem": self.problem,
            "who": self.who,
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
                for each in listed
            ],
            "can_begin": self.desk is not None and self.desk.can_begin,
            "upload_limit": self.upload_limit,
            "begin": {key: wrong.why for key, wrong in self.edits.wrong.items()},
            **stepviews.choices(said),
        }

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
        seq = message.get("seq")
        self._told = []
        self._buffers = tuple(buffers)
        try:
            name = str(message.get("do", ""))
            if name == "ping":
                return [{"type": "pong", "n": message.get("n")}]
            if name == "make":  # the screen's own business: see `Walk`
                return self._patches(seq)
            if name == "hello":
                return [{"type": "view", "view": self.whole(), "seq": seq}]
            getattr(self, f"do_{name}", self._unknown)(message)
        except MaintplanError as error:
            self._told.append({"type": "say", "text": sentence_of(error), "tone": "high"})
        except Exception:
            reference = secrets.token_hex(4)
            served.log().exception(
                "reference %s: plan %s, step %s, message %s", reference, self.name, self._at(), name
            )
            if os.environ.get("PYTEST_CURRENT_TEST"):
                raise
            self._told.append({"type": "failed", "reference": reference})
        return [*self._patches(seq), *self._told]

    @staticmethod
    def _unknown(message: Message) -> None:
        raise InputError(f"unknown message {str(message.get('do'))[:40]!r}")

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

    def _say(self, key: str, **values: object) -> None:
        self._told.append({"type": "say", "text": self.words(key, **values), "tone": "plain"})

    def _focus(self, place: str) -> None:
        self._told.append({"type": "focus", "place": place})

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
            served.log().warning("plan %s was not saved: %s", self.name, error)
            self._save_failed = sentence_of(error)
            return
        except Exception:  # noqa: BLE001 - whatever it is, the page has to say that nothing was saved
            reference = secrets.token_hex(4)
            served.log().exception("reference %s: plan %s was not saved", reference, self.name)
            self._save_failed = self.words("app.saved.failed", reference=reference)
            return
        self._save_failed = ""
        self._saved_at = self.clock()
        if saved is not self.interview.plan:
            self.interview = self.interview.saved(saved)

    def _take_theirs(self, error: ConflictError) -> None:
        """Go on with what somebody else has saved; what was typed here stands beside it."""
        if self.handle is None:
            return
        self.interview = self.interview.saved(self.handle.reload())
        self.edits.sheets.clear()
        for clash in error.clashes:
            held = self.interview.standing.fields.get(clash.place)
            if held is not None and held.field.kind != "table":
                shown = "" if held.value is None else fields.show(held.value, held.field.spec)
                raw = controls.edit(clash.mine, held.field.spec) if clash.mine is not None else ""
                self.edits.wrong[clash.place] = Wrong(raw, self.words("app.saved.theirs", theirs=shown))
            else:
                self._say("app.saved.theirs_stands")

    def do_save(self, message: Message) -> None:
        """Try again to save what could not be saved."""
        del message
        if self._save_failed:
            self.save()

    def _try(self, at: str, raw: Any, edit: Callable[[Plan], Plan]) -> bool:
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

    def do_edit(self, message: Message) -> None:
        """Answer a field with what was typed."""
        place, raw = str(message["place"]), message.get("raw")
        held = self.interview.standing.fields.get(place)
        if held is not None and raw == controls.edit(held.value, held.field.spec) and held.answer is not None:
            # What stands there already is no change: leaving a recommended value alone does not decide it.
            self.edits.wrong.pop(place, None)
            return
        self._try(place, raw, lambda plan: edits.answer(plan, place, raw))

    def do_clear(self, message: Message) -> None:
        """Take an answer back, a field's or what was said of a whole consideration."""
        place = str(message["place"])
        self.edits.wrong.pop(place, None)
        self.change(lambda plan: edits.clear(plan, place))

    def do_stance(self, message: Message) -> None:
        """Say that there is none, that it does not apply, or that it is not known yet."""
        place, kind = str(message["place"]), str(message["kind"])
        reason = str(message.get("reason", ""))
        raw = dict(message)
        if kind == "none":
            self._try(place, raw, lambda plan: edits.say_none(plan, place, reason))
        elif kind == "not_applicable":
            self._try(place, raw, lambda plan: edits.not_applicable(plan, place, reason))
        else:
            self._try(place, raw, partial(_unknown, place=place, message=message))

    def do_own(self, message: Message) -> None:
        """Say who owns a consideration."""
        place, text = str(message["place"]), message.get("raw")
        self._try(f"{place}#owner", text, lambda plan: edits.own(plan, place, text))

    def do_respond(self, message: Message) -> None:
        """Write the answer to a question in one's own words."""
        question, text = str(message["place"]), message.get("raw")
        self._try(f"{question}#response", text, lambda plan: edits.respond(plan, question, text))

    def do_service(self, message: Message) -> None:
        """Change what is said of the service."""
        key, raw = str(message["key"]), message.get("raw")
        value: Any = raw
        if key == "tier":
            value = int(str(raw)) if str(raw).isdigit() else raw
        elif key != "name" and isinstance(raw, str) and not raw.strip():
            value = None
        self._try(f"service.{key}", raw, lambda plan: edits.describe_service(plan, **{key: value}))

    def do_input(self, message: Message) -> None:
        """Say of a required input that it is provided or missing."""
        name = str(message["place"])
        held = self.interview.plan.inputs.get(name)
        status = str(message.get("status", held.status if held else ""))
        references = str(message.get("references", "\n".join(held.references) if held else ""))
        note = str(message.get("note", (held.note or "") if held else ""))

        def provide(plan: Plan) -> Plan:
            return edits.provide_input(
                plan, name, _checked(lambda: stepviews.an_input(held, status, references, note))
            )

        self._try(f"inputs.{name}", dict(message), provide)

    def do_cross(self, message: Message) -> None:
        """Answer an item of a list that goes across all questions, or say that the list does not apply."""
        list_id = str(message["list"])
        if "item" not in message:
            reason = str(message.get("reason") or "").strip()
            whole = NotApplicable(not_applicable=reason) if reason else None
            self.change(lambda plan: edits.cross_cut(plan, list_id, None, whole))
            return
        item = str(message["item"])
        held = self.interview.plan.cross_cutting.get(list_id, {})
        before = None if isinstance(held, NotApplicable) else held.get(item)

        def answer(plan: Plan) -> Plan:
            given = _checked(lambda: stepviews_item(before, message))
            return edits.cross_cut(plan, list_id, item, given)

        self._try(f"{list_id}.{item}", dict(message), answer)

    # -------------------------------------------------------------------------------------- values

    def do_name(self, message: Message) -> None:
        """Say who is at the keyboard."""
        self.who = " ".join(str(message.get("who", "")).split())[:LONGEST_NAME]

    def do_stand(self, message: Message) -> None:
        """Let recommended, inherited or copied values stand: one, or all of a consideration."""
        chosen = [str(place) for place in message["places"]]
        for place in chosen:
            self.edits.wrong.pop(place, None)
        self.change(partial(edits.let_stand, chosen=chosen, by=self.who, when=self.clock()))

    def do_take(self, message: Message) -> None:
        """Use the recommended value in place of the one that stands there."""
        place = str(message["place"])
        field = self.interview.standing.fields[place].field
        value = recommended_value(self.interview.plan, field)
        self.edits.wrong.pop(place, None)
        self.change(lambda plan: edits.answer(plan, place, value))

    def do_offer(self, message: Message) -> None:
        """Take or dismiss a value that stands beside an answer."""
        index, offers = int(message["index"]), self.interview.plan.offers
        if not 0 <= index < len(offers):
            raise InputError(self.words("app.gone"))
        self.change(partial(edits.settle_offer, offer=offers[index], take=message["what"] == "offer"))

    def do_accept(self, message: Message) -> None:
        """Accept a finding as a risk that the team lives with."""
        found = next((each for each in self.review.findings if each.id == message["finding"]), None)
        if found is None:
            raise InputError(self.words("app.margin.gone"))

        def accept(plan: Plan) -> Plan:
            risk = _checked(
                lambda: AcceptedRisk(
                    rule=found.rule,
                    at=found.at,
                    reason=str(message.get("reason", "")).strip(),
                    by=str(message.get("by", "")).strip(),
                    agreed_by=str(message.get("agreed_by", "")).strip() or None,
                    until=_date(message.get("until")),
                )
            )
            return edits.accept_risk(plan, risk, self.clock().date())

        self.change(accept)

    # -------------------------------------------------------------------------------------- tables

    def _sheet(self, place: str) -> Sheet:
        if place not in self.edits.sheets:
            held = self.interview.standing.fields[place]
            self.edits.sheets[place] = Sheet(
                held.field.spec, held.value if isinstance(held.value, list) else []
            )
        return self.edits.sheets[place]

    def _keep(self, place: str, sheet: Sheet) -> None:
        rows = sheet.values()
        held = self.interview.standing.fields[place]
        if isinstance(held.answer, Given) and rows == held.value:
            return
        self._try(place, None, lambda plan: edits.answer(plan, place, rows))

    def do_cell(self, message: Message) -> None:
        """Put what was typed into a cell."""
        place = str(message["place"])
        sheet = self._sheet(place)
        row = sheet.row_at(str(message["row"]), message.get("index"))
        if sheet.put(row, str(message["column"]), message.get("raw")) is None:
            self._keep(place, sheet)

    def do_row(self, message: Message) -> None:
        """Add, remove or move a row."""
        if self.read_only:
            raise RefusedError(self.words("app.read_only"))
        place, what = str(message["place"]), str(message["what"])
        sheet, row = self._sheet(place), message.get("row")
        if what == "add":
            added = sheet.add(str(row) if row else None)
            self._told.append({"type": "cell", "place": place, "row": added, "column": message.get("column")})
            return
        if what == "remove":
            near = sheet.remove(str(row))
            self._told.append({"type": "cell", "place": place, "row": near, "column": message.get("column")})
        else:
            sheet.move(str(row), -1 if what == "up" else 1)
            self._told.append({"type": "cell", "place": place, "row": row, "column": message.get("column")})
        self._keep(place, sheet)

    def do_paste(self, message: Message) -> None:
        """Paste a block of cells."""
        place = str(message["place"])
        sheet = self._sheet(place)
        shown = [str(column) for column in message.get("columns", [])]
        row, column = message.get("row"), message.get("column")
        if row is None and self.interview.standing.fields[place].state in fieldviews.WAITING:
            # One's own rows come in the place of those that were only recommended.
            sheet.rows.clear()
        count, refused = sheet.paste(
            str(row) if row else None, str(column) if column else None, str(message["text"]), shown
        )
        self._keep(place, sheet)
        rows = fieldviews.counted(self.words, "row", count)
        if refused:
            self._say(
                "app.table.pasted_wrong", rows=rows, cells=fieldviews.counted(self.words, "cell", refused)
            )
        else:
            self._say("app.table.pasted", rows=rows)

    # -------------------------------------------------------------------------------------- moving about

    def do_go(self, message: Message) -> None:
        """Go to a step, and there to a place; a place alone says its step."""
        place = message.get("place")
        step = message.get("step")
        if place and not step:
            step = self._step_of(str(place))
        self._move(self.interview.go_to(str(step), str(place) if place else None))

    def _step_of(self, place: str) -> str:
        question = places.parse(place).question
        found = next((each.id for each in self.interview.steps if each.about == question), None)
        if found is None:
            raise InputError(self.words("app.gone"))
        return found

    def do_next(self, message: Message) -> None:
        """Go one step on."""
        del message
        self._move(self.interview.next())

    def do_back(self, message: Message) -> None:
        """Go one step back."""
        del message
        self._move(self.interview.back())

    def do_missing(self, message: Message) -> None:
        """Go to what needs an answer next."""
        del message
        if self.interview.next_missing() is None:
            self._say("app.rail.nothing_missing")
            return
        self._move(self.interview.to_next_missing())

    def _move(self, interview: Interview) -> None:
        if interview.at != self.interview.at:
            # What is left is freed: tables, and widgets of other packages.
            self.edits.sheets.clear()
        self.interview = interview
        self.opened = self._work(interview.focus)

    def do_open(self, message: Message) -> None:
        """Open a consideration, and close the one that was open."""
        place = str(message["place"])
        self.opened = None if self.opened == place else place

    def do_undo(self, message: Message) -> None:
        """Take the last change back."""
        del message
        self._redone(self.interview.undo())

    def do_redo(self, message: Message) -> None:
        """Make the change again that was taken back."""
        del message
        self._redone(self.interview.redo())

    def _redone(self, interview: Interview) -> None:
        if interview is self.interview:
            return
        if self.read_only:
            raise RefusedError(self.words("app.read_only"))
        self.interview = interview
        self.edits.wrong.clear()
        self.save()

    def do_search(self, message: Message) -> None:
        """Look for words in questions and answers, or for what is unanswered."""
        unanswered = bool(message.get("unanswered"))
        found = search(self.interview, str(message.get("text", "")), self.words, unanswered=unanswered)
        self._told.append({"type": "found", "text": message.get("text", ""), "found": found})

    def do_preview(self, message: Message) -> None:
        """Show Markdown as the report will."""
        html = stepviews.preview(str(message.get("text", "")))
        self._told.append({"type": "preview", "place": message.get("place"), "html": html})

    # -------------------------------------------------------------------------------------- the prompt

    def do_yes(self, message: Message) -> None:
        """Answer the prompt with Yes."""
        self.do_name({"who": message.get("by", "")})
        role = str(message.get("role", ""))
        when = self.clock()
        blocking = self.review.blocking
        self.change(
            lambda plan: approval.say_yes(
                plan, by=self.who, role=role, when=when, blocking=blocking, identity="typed"
            )
        )
        self._revising = False

    def do_no(self, message: Message) -> None:
        """Answer the prompt with No: what to refine, and the questions to reopen."""
        self.do_name({"who": message.get("by", "")})
        reopen = [str(each) for each in message.get("reopen", [])]
        feedback, when = str(message.get("feedback", "")), self.clock()
        role = str(message.get("role") or "") or None
        self._revising = True
        try:
            self.change(
                lambda plan: approval.say_no(
                    plan,
                    by=self.who,
                    when=when,
                    feedback=feedback,
                    reopen=reopen,
                    role=role,
                    identity="typed",
                )
            )
        finally:
            self._revising = False
        if reopen:
            self._move(self.interview.go_to(next(e.id for e in self.interview.steps if e.about in reopen)))

    def do_revise(self, message: Message) -> None:
        """Begin the next revision of a complete plan: it can be changed, and then needs its Yeses again."""
        del message
        self._revising = True
        self._move(self.interview.go_to("service"))

    # -------------------------------------------------------------------------------- the start page

    def do_begin(self, message: Message) -> None:
        """Begin a plan for a service."""
        if self.desk is None or not self.desk.can_begin:
            raise InputError(words("en")("app.start.cannot"))
        name, tier, stage = (str(message.get(key) or "").strip() for key in ("name", "tier", "stage"))
        said = words("en")
        wrong = {
            key: Wrong(value, said(f"app.start.needs_{key}"))
            for key, value in (("name", name), ("tier", tier), ("stage", stage))
            if not value
        }
        self.edits = Edits(wrong=wrong)
        if wrong:
            return
        try:
            handle = self.desk.begin(name, int(tier), stage)
        except InputError as error:
            self.edits = Edits(wrong={"name": Wrong(name, sentence(error))})
            return
        self.take(handle, "inputs")

    def do_example(self, message: Message) -> None:
        """Open a copy of the example, to be tried."""
        del message
        if self.desk is None or not self.desk.can_begin:
            raise InputError(words("en")("app.start.cannot"))
        self.take(self.desk.example(), None)

    def do_plan(self, message: Message) -> None:
        """Open a plan of the desk."""
        if self.desk is None:
            raise InputError(words("en")("app.start.cannot"))
        self.take(self.desk.open(str(message["plan"])))

    def do_upload(self, message: Message) -> None:
        """Take a plan file that somebody sends, as a plan of its own."""
        if self.desk is None or not self.desk.can_begin or not self._buffers:
            raise InputError(words("en")("app.start.cannot"))
        data = self._buffers[0]
        if len(data) > self.upload_limit:
            limit = f"{self.upload_limit / 1e6:g}"
            raise InputError(words("en")("app.start.too_large", size=f"{len(data) / 1e6:.1f}", limit=limit))
        try:
            self.take(self.desk.upload(data, str(message.get("name", ""))))
        except MaintplanError as error:
            self.problem = sentence_of(error)

    @staticmethod
    def do_nothing(message: Message) -> None:
        """Do nothing; what has changed otherwise is sent."""

    def do_leave(self, message: Message) -> None:
        """Go back to the start page."""
        del message
        if self.desk is not None:
            self.handle = None
            self.edits = Edits()
            self.problem = ""


def beginning(interview: Interview, wanted: str | None = None) -> str:
    """Return the step to begin with: the one that is wanted, else the first that is not done."""
    if any(each.id == wanted for each in interview.steps):
        return str(wanted)
    if approval.status(interview.plan) == "complete":
        return "confirm"
    left = (each.step.id for each in interview.progress() if each.state != "done")
    return next(left, "summary")


def _unknown(plan: Plan, *, place: str, message: Message) -> Plan:
    who = str(message.get("who") or "").strip()
    due = _date(message.get("due")) if message.get("due") else None
    note = str(message.get("reason") or "").strip()
    return edits.not_known_yet(plan, place, who=who or None, due=due, note=note or None)


def _date(raw: Any) -> dt.date:
    text = fields.parse(raw, fields.Spec(kind="date", id="date"))
    if text is None:
        raise InputError("the date is missing", mend="give a date")
    return dt.date.fromisoformat(str(text))


def _checked(make: Callable[[], Any]) -> Any:
    """Make a part of the plan; what its model refuses becomes a sentence."""
    from pydantic import ValidationError  # noqa: PLC0415 - loaded long since; only its name is needed here

    try:
        return make()
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(str(first["msg"]).removeprefix("Value error, ")) from None


def stepviews_item(before: Any, message: Message) -> Any:
    """Return the answer to a cross-cutting item with what the message changes of it."""
    from maintplan.plan.model import CrossItem  # noqa: PLC0415

    status = str(message.get("status", "")) or None
    held = before or CrossItem()
    values: dict[str, Any] = held.model_dump()
    for key in ("note", "owner", "due"):
        if key in message:
            values[key] = str(message[key]).strip() or None
    if "status" in message:
        values["status"] = None if status == "not-applicable" else status
        if status != "not-applicable":
            values["not_applicable"] = None
    if "reason" in message:
        reason = str(message["reason"]).strip()
        values |= {"not_applicable": reason or None, "status": None if reason else values["status"]}
    return CrossItem(**values)


def sentence_of(error: MaintplanError) -> str:
    """Say an error as a sentence for the screen, its reasons with it."""
    reasons = error.reasons if isinstance(error, RefusedError) else ()
    return " ".join([sentence(error), *(f"{reason[:1].upper()}{reason[1:]}." for reason in reasons[:5])])
