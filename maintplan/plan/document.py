"""A plan as a document: read from plain data, and turned into plain data again.

`read` checks the envelope against its models and each answer against its field's kind, and says every
problem with its line. `to_data` gives the document form, in the order in which keys are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from maintplan.documents import Lines, gathered
from maintplan.errors import InputError, unknown
from maintplan.plan import changes
from maintplan.plan.envelope import Envelope, TemplateRef, envelope
from maintplan.plan.model import (
    FORMAT,
    AcceptedRisk,
    Action,
    Answer,
    Comment,
    Given,
    NotApplicable,
    Offer,
    Plan,
    Provenance,
    Round,
    Service,
)
from maintplan.plan.reading import Reading
from maintplan.plan.stances import STANCES
from maintplan.template import Template

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "STANCES",
    "Envelope",
    "TemplateRef",
    "answer_data",
    "answers_data",
    "envelope",
    "read",
    "read_answers",
    "to_data",
]

P = TypeVar("P", AcceptedRisk, Action, Comment, Offer)


def read(data: Any, template: Template, lines: Lines) -> Plan:
    """Read a plan.

    Parameters
    ----------
    data
        Plain data, as a YAML document or a program gives it.
    template
        What the plan names, with its layers.
    lines
        Where the data stands, for errors.

    Raises
    ------
    InputError
        With every problem's line.
    """
    head = envelope(data, lines)
    moves = changes.moves(template, head.template.version, lines)
    reading = Reading(template, lines)
    reading.answers(moves.answers(head.answers) if moves else head.answers)
    around = _Around(reading, moves, {**head.retired, **(moves.retired if moves else {})})
    plan = Plan(
        template=template,
        service=head.service,
        revision=head.revision,
        inherits=head.inherits,
        inputs=reading.known("input", head.inputs, {each.id for each in template.inputs}, ("inputs",)),
        responses=reading.responses,
        owners=reading.owners,
        answers=reading.answered,
        cross_cutting=reading.cross_cutting(head.cross_cutting),
        accepted_risks=around.placed("accepted_risks", head.accepted_risks),
        actions=around.placed("actions", head.actions),
        comments=around.placed("comments", head.comments),
        provenance=around.provenance(head.provenance),
        offers=around.offers(head.offers),
        retired=around.retired,
        rounds=head.rounds,
        approved=head.approved,
    )
    around.ids("action", "actions", head.actions)
    around.ids("comment", "comments", head.comments)
    around.replies(head.comments)
    around.rounds(head.rounds)
    if reading.problems:
        raise gathered(reading.problems)
    return plan


def read_answers(data: Any, template: Template, lines: Lines, at: Sequence[str] = ()) -> Plan:
    """Read what is shaped like ``answers:`` alone; the result is a plan with nothing but those answers."""
    reading = Reading(template, lines, tuple(at))
    reading.answers(data)
    if reading.problems:
        raise gathered(reading.problems)
    return Plan(
        template=template,
        service=Service(name="answers"),
        responses=reading.responses,
        owners=reading.owners,
        answers=reading.answered,
    )


class _Around:
    """What stands around the answers and names their places."""

    def __init__(self, reading: Reading, moves: changes.Moves | None, retired: dict[str, Any]) -> None:
        self.reading = reading
        self.moves = moves
        self.retired = retired

    def place(self, text: str, path: Sequence[str | int]) -> str:
        moved = self.moves.place(text) if self.moves else text
        return self.reading.place(moved, path, self.retired)

    def placed(self, key: str, entries: tuple[P, ...]) -> tuple[P, ...]:
        found = []
        for index, each in enumerate(entries):
            at = None if each.at is None else self.place(each.at, (key, index, "at"))  # type: ignore[redundant-expr]
            found.append(each if at == each.at else each.model_copy(update={"at": at}))
        return tuple(found)

    def provenance(self, entries: Mapping[str, Provenance]) -> dict[str, Provenance]:
        return {self.place(text, ("provenance", text)): each for text, each in entries.items()}

    def offers(self, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
        known = len(self.reading.problems)
        placed = self.placed("offers", offers)
        if len(self.reading.problems) > known:
            return placed
        return tuple(
            each if each.at in self.retired else self.reading.offer(each, index)
            for index, each in enumerate(placed)
        )

    def ids(self, kind: str, key: str, entries: Sequence[Action | Comment]) -> None:
        seen: dict[str, int] = {}
        for index, each in enumerate(entries):
            if each.id in seen:
                what = f"{each.id} is the id of two {kind}s, {seen[each.id] + 1} and {index + 1}"
                error = InputError(what, self.reading.where((key, index, "id")), "give each an id of its own")
                self.reading.problem(error)
            seen.setdefault(each.id, index)

    def replies(self, comments: Sequence[Comment]) -> None:
        known = {each.id for each in comments}
        for index, each in enumerate(comments):
            path = ("comments", index)
            if each.re is not None and each.re not in known:
                self.reading.problem(unknown("comment", each.re, known, self.reading.where((*path, "re"))))
            elif each.re is None and each.at is None:
                mend = "add at: and a place, or re: and the comment that it answers"
                self.reading.problem(InputError("the comment stands nowhere", self.reading.where(path), mend))

    def rounds(self, rounds: Sequence[Round]) -> None:
        names = [each.id for each in self.reading.template.questions]
        for index, each in enumerate(rounds):
            for number, question in enumerate(each.reopen):
                if question not in names and self.moves is None:
                    path = ("rounds", index, "reopen", number)
                    self.reading.problem(unknown("question", question, names, self.reading.where(path)))


def to_data(plan: Plan) -> dict[str, Any]:
    """Turn a plan into its document form, without its status, which `maintplan.plan.approval` derives."""
    data: dict[str, Any] = {
        "maintplan": FORMAT,
        "template": {"name": plan.template.name, "version": plan.template.version},
        "layers": list(plan.template.layers),
        "inherits": list(plan.inherits),
        "service": _dump(plan.service),
        "revision": plan.revision,
        "inputs": {name: _dump(entry) for name, entry in plan.inputs.items()},
        "answers": answers_data(plan),
        "cross_cutting": {
            name: _dump(entry)
            if isinstance(entry, NotApplicable)
            else {key: _dump(item) for key, item in entry.items()}
            for name, entry in plan.cross_cutting.items()
        },
        "accepted_risks": [_dump(each) for each in plan.accepted_risks],
        "actions": [_dump(each) for each in plan.actions],
        "comments": [_dump(each) for each in plan.comments],
        "provenance": {place: _dump(each) for place, each in plan.provenance.items()},
        "offers": [_dump(each) for each in plan.offers],
        "retired": dict(plan.retired),
        "rounds": [_dump(each) for each in plan.rounds],
        "approved": _dump(plan.approved) if plan.approved else None,
    }
    return {key: value for key, value in data.items() if value not in ([], {}, None)}


def answers_data(plan: Plan) -> dict[str, Any]:  # noqa: C901 - it goes through the nesting that it writes
    """Return the answers in the nested form of ``answers:``, in the template's order."""
    data: dict[str, Any] = {}
    for question in plan.template.questions:
        considerations = {}
        for consideration in question.considerations:
            values: dict[str, Any] = {}
            if (owner := plan.owners.get(consideration.place)) is not None:
                values["owner"] = owner
            stance = plan.answers.get(consideration.place)
            if stance is not None and not isinstance(stance, Given):
                values.update(_dump(stance))
            for field in consideration.fields:
                answer = plan.answers.get(field.place)
                if answer is not None:
                    values[field.id] = answer_data(answer)
            if values:
                considerations[consideration.id] = values
        entry: dict[str, Any] = {}
        if question.id in plan.responses:
            entry["response"] = plan.responses[question.id]
        if considerations:
            entry["considerations"] = considerations
        if entry:
            data[question.id] = entry
    return data


def answer_data(answer: Answer) -> Any:
    """Return the document form of one answer."""
    return answer.value if isinstance(answer, Given) else _dump(answer)


def _dump(model: BaseModel) -> dict[str, Any]:
    data: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {key: value for key, value in data.items() if value not in ([], ())}
