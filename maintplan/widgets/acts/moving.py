"""Where a person goes: steps, places, considerations; what they take back, look for and look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from maintplan.errors import InputError, RefusedError
from maintplan.plan import places
from maintplan.plan.diff import Difference, differences
from maintplan.widgets import search as searching
from maintplan.widgets import stepviews
from maintplan.widgets.acts.tables import sheet_of

if TYPE_CHECKING:
    from maintplan.interview import Interview
    from maintplan.widgets.app import App, Message


def go(app: App, message: Message) -> None:
    """Go to a step, and there to a place; a place alone says its step."""
    place = message.get("place")
    step = message.get("step")
    if place and not step:
        step = _step_of(app, str(place))
    app.move_to(app.interview.go_to(str(step), str(place) if place else None))


def onward(app: App, message: Message) -> None:
    """Go one step on."""
    del message
    app.move_to(app.interview.next())


def back(app: App, message: Message) -> None:
    """Go one step back."""
    del message
    app.move_to(app.interview.back())


def missing(app: App, message: Message) -> None:
    """Go to what needs an answer next."""
    del message
    found = app.interview.next_missing()
    if found is None:
        app.say("app.rail.nothing_missing")
        return
    app.move_to(app.interview.to_next_missing())
    app.tell({"type": "focus", "place": found.place})


def unfold(app: App, message: Message) -> None:
    """Open a consideration, and close the one that was open; or close it, as the page says it is wanted.

    What it was when somebody clicked is the page's to know: here it may have been opened meanwhile.
    """
    place = str(message["place"])
    if message.get("open", True):
        app.opened = place
    elif app.opened == place:
        app.opened = None


def undo(app: App, message: Message) -> None:
    """Take the last change back."""
    del message
    _redone(app, app.interview.undo())


def redo(app: App, message: Message) -> None:
    """Make the change again that was taken back."""
    del message
    _redone(app, app.interview.redo())


def search(app: App, message: Message) -> None:
    """Look for words in questions and answers, or for what is unanswered."""
    unanswered = bool(message.get("unanswered"))
    found = searching.search(app.interview, str(message.get("text", "")), app.words, unanswered=unanswered)
    app.tell({"type": "found", "text": message.get("text", ""), "found": found})


def preview(app: App, message: Message) -> None:
    """Show Markdown as the report will."""
    html = stepviews.preview(str(message.get("text", "")))
    app.tell({"type": "preview", "place": message.get("place"), "html": html})


def _step_of(app: App, place: str) -> str:
    question = places.parse(place).question
    found = next((each.id for each in app.interview.steps if each.about == question), None)
    if found is None:
        raise InputError(app.words("app.gone"))
    return found


def _redone(app: App, interview: Interview) -> None:
    if interview is app.interview:
        return
    if app.read_only:
        raise RefusedError(app.words("app.read_only"))
    before, app.interview = app.interview.plan, interview
    changed = list(differences(before, interview.plan))
    tables = [each for each in app.edits.sheets if any(_is_in(each, one.place) for one in changed)]
    for place in tables:
        app.edits.sheets[place].remember()
    _forget(app, {each.place.partition("[")[0].removeprefix("cross_cutting.") for each in changed})
    app.save()
    for place in tables:
        sheet_of(app, place).recall()
    _show_change(app, changed)


def _is_in(table: str, place: str) -> bool:
    return place.partition("[")[0] == table


def _forget(app: App, changed: set[str]) -> None:
    """Forget what was typed and refused at places that are changed; elsewhere it still stands."""
    for at in list(app.edits.wrong):
        told = at.replace("#", ".")
        if any(place == told or place.startswith(f"{told}.") for place in changed):
            del app.edits.wrong[at]


def _show_change(app: App, changed: Iterable[Difference]) -> None:
    """Go to what was taken back or made again, where it is not on the screen."""
    shown = (_where(each) for each in changed)
    about, place = next((each for each in shown if each is not None), (None, ""))
    step = next((each.id for each in app.interview.steps if each.about == about), None)
    if step is None:
        return
    consideration = ".".join(place.split(".")[:2])
    is_folded = app.interview.question is not None and consideration != app.opened and place.count(".") > 1
    goes = step != app.interview.at or is_folded
    if goes:
        app.move_to(app.interview.go_to(step, place))
    app.tell({"type": "focus", "place": place, "gently": not goes})


def _where(difference: Difference) -> tuple[str, str] | None:
    """Return what the step is about in which something is changed, and the place in it."""
    place = difference.place.partition("[")[0]
    first, _, rest = place.partition(".")
    match difference.part:
        case "service":
            return first, place
        case "inputs":
            return first, rest
        case "cross_cutting":
            return rest.partition(".")[0], rest
        case "answers" | "sources":
            return first, f"{first}#response" if rest == "response" else place
    return None
