"""What a person answers to the validation prompt, and the next revision after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maintplan.plan import approval
from maintplan.widgets.acts import answering

if TYPE_CHECKING:
    from maintplan.widgets.app import App, Message


def yes(app: App, message: Message) -> None:
    """Answer the prompt with Yes."""
    answering.name(app, {"who": message.get("by", "")})
    role = str(message.get("role", ""))
    when = app.clock()
    blocking = app.review.blocking
    app.change(
        lambda plan: approval.say_yes(
            plan, by=app.who, role=role, when=when, blocking=blocking, identity="typed"
        )
    )
    app.revising = False
    left = [each.label for each in app.interview.signed if not each.counts]
    if left:
        app.say("app.confirm.recorded", by=app.who, left=", ".join(left))


def no(app: App, message: Message) -> None:
    """Answer the prompt with No: what to refine, and the questions to reopen."""
    answering.name(app, {"who": message.get("by", "")})
    reopen = [str(each) for each in message.get("reopen", [])]
    feedback, when = str(message.get("feedback", "")), app.clock()
    role = str(message.get("role") or "") or None
    app.revising = True
    try:
        app.change(
            lambda plan: approval.say_no(
                plan,
                by=app.who,
                when=when,
                feedback=feedback,
                reopen=reopen,
                role=role,
                identity="typed",
            )
        )
    finally:
        app.revising = False
    app.remember_no()
    app.say("app.confirm.no_recorded", by=app.who)
    if reopen:
        app.move_to(app.interview.go_to(next(e.id for e in app.interview.steps if e.about in reopen)))


def revise(app: App, message: Message) -> None:
    """Begin the next revision of a complete plan: it can be changed, and then needs its Yeses again."""
    del message
    app.revising = True
    app.move_to(app.interview.go_to("service"))
