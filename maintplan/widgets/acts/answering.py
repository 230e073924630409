"""What a person answers: fields, considerations, inputs, lists, and what they say of values and findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.errors import InputError
from maintplan.plan import edits
from maintplan.plan.model import AcceptedRisk, NotApplicable, Plan
from maintplan.plan.standing import recommended_value
from maintplan.widgets import clashing, controls, stepviews

if TYPE_CHECKING:
    from maintplan.widgets.app import App, Message

LONGEST_NAME = 200


def edit(app: App, message: Message) -> None:
    """Answer a field with what was typed."""
    place, raw = str(message["place"]), message.get("raw")
    held = app.interview.standing.fields.get(place)
    if held is not None and raw == controls.edit(held.value, held.field.spec) and held.answer is not None:
        # What stands there already is no change: leaving a recommended value alone does not decide it.
        app.edits.wrong.pop(place, None)
        return
    app.attempt(place, raw, lambda plan: edits.answer(plan, place, raw))


def clear(app: App, message: Message) -> None:
    """Take an answer back, a field's or what was said of a whole consideration."""
    place = str(message["place"])
    app.edits.wrong.pop(place, None)
    app.change(lambda plan: edits.clear(plan, place))


def stance(app: App, message: Message) -> None:
    """Say that there is none, that it does not apply, or that it is not known yet."""
    place, kind = str(message["place"]), str(message["kind"])
    reason = str(message.get("reason", ""))
    raw = dict(message)
    if kind == "none":
        app.attempt(place, raw, lambda plan: edits.say_none(plan, place, reason))
    elif kind == "not_applicable":
        app.attempt(place, raw, lambda plan: edits.not_applicable(plan, place, reason))
    else:
        app.attempt(place, raw, partial(_unknown, place=place, message=message))


def own(app: App, message: Message) -> None:
    """Say who owns a consideration."""
    place, text = str(message["place"]), message.get("raw")
    app.attempt(f"{place}#owner", text, lambda plan: edits.own(plan, place, text))


def respond(app: App, message: Message) -> None:
    """Write the answer to a question in one's own words."""
    question, text = str(message["place"]), message.get("raw")
    app.attempt(f"{question}#response", text, lambda plan: edits.respond(plan, question, text))


def service(app: App, message: Message) -> None:
    """Change what is said of the service."""
    key, raw = str(message["key"]), message.get("raw")
    value: Any = raw
    if key == "tier":
        value = int(str(raw)) if str(raw).isdigit() else raw
    elif key != "name" and isinstance(raw, str) and not raw.strip():
        value = None
    app.attempt(f"service.{key}", raw, lambda plan: edits.describe_service(plan, **{key: value}))


def required_input(app: App, message: Message) -> None:
    """Say of a required input that it is provided or missing."""
    name = str(message["place"])
    held = app.interview.plan.inputs.get(name)
    status = str(message.get("status", held.status if held else ""))
    references = str(message.get("references", "\n".join(held.references) if held else ""))
    note = str(message.get("note", (held.note or "") if held else ""))

    def provide(plan: Plan) -> Plan:
        return edits.provide_input(
            plan, name, _checked(lambda: stepviews.an_input(held, status, references, note))
        )

    app.attempt(f"inputs.{name}", dict(message), provide)


def cross(app: App, message: Message) -> None:
    """Answer an item of a list that goes across all questions, or say that the list does not apply."""
    list_id = str(message["list"])
    if "item" not in message:
        reason = str(message.get("reason") or "").strip()
        whole = NotApplicable(not_applicable=reason) if reason else None
        app.change(lambda plan: edits.cross_cut(plan, list_id, None, whole))
        return
    item = str(message["item"])
    held = app.interview.plan.cross_cutting.get(list_id, {})
    before = None if isinstance(held, NotApplicable) else held.get(item)

    def answer(plan: Plan) -> Plan:
        given = _checked(lambda: stepviews_item(before, message))
        return edits.cross_cut(plan, list_id, item, given)

    app.attempt(f"{list_id}.{item}", dict(message), answer)


def mine(app: App, message: Message) -> None:
    """Use what was typed here, and not what somebody else has made of it in the meantime."""
    key = str(message["place"])
    held = app.edits.wrong.get(key)
    if held is None or held.theirs is None:
        return
    place, _, part = key.partition("#")
    if part == "response":
        respond(app, {"place": place, "raw": held.raw})
    elif part == "owner":
        own(app, {"place": place, "raw": held.raw})
    elif place.startswith("service."):
        service(app, {"key": place.removeprefix("service."), "raw": held.raw})
    else:
        edit(app, {"place": place, "raw": held.raw})


def theirs(app: App, message: Message) -> None:
    """Leave what somebody else has made of it, and forget what was typed here."""
    held = app.edits.wrong.get(str(message["place"]))
    if held is not None and held.theirs is not None:
        del app.edits.wrong[str(message["place"])]


def clashed(app: App, message: Message) -> None:
    """Take what an earlier page had typed beside what somebody else had saved: it still stands beside it."""
    key, raw = str(message["place"]), message.get("raw")
    held = clashing.theirs_at(app, key)
    if held is not None and key not in app.edits.wrong:
        app.edits.wrong[key] = clashing.beside(app, raw, held)


def name(app: App, message: Message) -> None:
    """Say who is at the keyboard."""
    app.who = " ".join(str(message.get("who", "")).split())[:LONGEST_NAME]


def stand(app: App, message: Message) -> None:
    """Let recommended, inherited or copied values stand: one, or all of a consideration."""
    chosen = [str(place) for place in message["places"]]
    for place in chosen:
        app.edits.wrong.pop(place, None)
    app.change(partial(edits.let_stand, chosen=chosen, by=app.who, when=app.clock()))


def take(app: App, message: Message) -> None:
    """Use the recommended value in place of the one that stands there."""
    place = str(message["place"])
    field = app.interview.standing.fields[place].field
    value = recommended_value(app.interview.plan, field)
    app.edits.wrong.pop(place, None)
    app.change(lambda plan: edits.answer(plan, place, value))


def offer(app: App, message: Message) -> None:
    """Take or dismiss a value that stands beside an answer."""
    index, offers = int(message["index"]), app.interview.plan.offers
    if not 0 <= index < len(offers):
        raise InputError(app.words("app.gone"))
    app.change(partial(edits.settle_offer, offer=offers[index], take=message["what"] == "offer"))


def accept(app: App, message: Message) -> None:
    """Accept a finding as a risk that the team lives with."""
    found = next((each for each in app.review.findings if each.id == message["finding"]), None)
    if found is None:
        raise InputError(app.words("app.margin.gone"))

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
        return edits.accept_risk(plan, risk, app.clock().date())

    app.change(accept)


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
        if first["type"] == "string_too_long":
            most = first["ctx"]["max_length"]
            raise InputError(
                f"this text is {len(first['input']):,} characters long", mend=f"keep it within {most:,}"
            ) from None
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
