"""A plan as a document: read from plain data, and turned into plain data again.

`read` checks the envelope against its models and each answer against its field's kind, and says every
problem with its line. `to_data` gives the document form, in the order in which keys are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel
from pydantic import Field as Key

from maintplan import fields
from maintplan.documents import Lines, Strict, check, path_text
from maintplan.errors import InputError, MaintplanError, Problems, Where, unknown
from maintplan.plan import changes
from maintplan.plan.model import (
    FORMAT,
    AcceptedRisk,
    Action,
    Answer,
    Approved,
    Comment,
    CrossItem,
    Given,
    Input,
    NotApplicable,
    NotKnownYet,
    Nothing,
    Offer,
    Plan,
    Provenance,
    Round,
    Service,
    Stance,
    Status,
)
from maintplan.template import Consideration, Template

STANCES: Mapping[str, type[Nothing | NotApplicable | NotKnownYet]] = {
    "none": Nothing,
    "not_applicable": NotApplicable,
    "not_known_yet": NotKnownYet,
}


class TemplateRef(Strict):
    """Which template, and which version of it, a plan was written against."""

    name: str
    version: str = "1"


class Envelope(Strict):
    """A plan file, without a look into its answers."""

    maintplan: int = FORMAT
    template: TemplateRef
    layers: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    service: Service
    revision: Annotated[int, Key(ge=0)] = 0
    inputs: dict[str, Input] = {}
    answers: dict[str, Any] = {}
    cross_cutting: dict[str, dict[str, Any] | None] = {}
    accepted_risks: tuple[AcceptedRisk, ...] = ()
    actions: tuple[Action, ...] = ()
    comments: tuple[Comment, ...] = ()
    provenance: dict[str, Provenance] = {}
    offers: tuple[Offer, ...] = ()
    retired: dict[str, Any] = {}
    rounds: tuple[Round, ...] = ()
    approved: Approved | None = None
    status: Status | None = None


def envelope(data: Any, lines: Lines) -> Envelope:
    """Check everything but the answers.

    Raises
    ------
    InputError
        With every problem's line.
    """
    data = {key: value for key, value in data.items() if value is not None}
    number = str(data.get("maintplan", FORMAT))
    if number != str(FORMAT):
        where = Where(lines.name, lines.line(("maintplan",)), "maintplan")
        if number.isdigit() and int(number) > FORMAT:
            raise InputError(
                f"the plan has format {number}; this version of maintplan reads {FORMAT}", where, "update maintplan"
            )
        raise InputError(f"there is no plan format {number!r}", where, f"write maintplan: {FORMAT}")
    return check(Envelope, data, lines)


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
    answers_data, retired = changes.apply(head.answers, head.template.version, template, lines)
    reading = _Reading(template, lines)
    reading.answers(answers_data)
    inputs = reading.known("input", head.inputs, {each.id for each in template.inputs}, ("inputs",))
    cross = dict(reading.cross_cutting(head.cross_cutting))
    reading.rounds(head.rounds)
    if reading.problems:
        found = sorted(reading.problems, key=lambda problem: problem.where.line or 0)
        raise Problems(found) if len(found) > 1 else found[0]
    return Plan(
        template=template,
        service=head.service,
        revision=head.revision,
        inherits=head.inherits,
        inputs=inputs,
        responses=reading.responses,
        owners=reading.owners,
        answers=reading.answered,
        cross_cutting=cross,
        accepted_risks=head.accepted_risks,
        actions=head.actions,
        comments=head.comments,
        provenance=head.provenance,
        offers=head.offers,
        retired={**head.retired, **retired},
        rounds=head.rounds,
        approved=head.approved,
    )


def read_answers(data: Any, template: Template, lines: Lines, at: Sequence[str] = ()) -> Plan:
    """Read what is shaped like ``answers:`` alone; the result is a plan with nothing but those answers."""
    reading = _Reading(template, lines, tuple(at))
    reading.answers(data)
    if reading.problems:
        raise Problems(reading.problems) if len(reading.problems) > 1 else reading.problems[0]
    return Plan(
        template=template,
        service=Service(name="answers"),
        responses=reading.responses,
        owners=reading.owners,
        answers=reading.answered,
    )


class _Reading:
    """One pass over a plan's answers, gathering problems instead of stopping at the first."""

    def __init__(self, template: Template, lines: Lines, root: tuple[str, ...] = ("answers",)) -> None:
        self.template = template
        self.lines = lines
        self.root = root
        self.problems: list[MaintplanError] = []
        self.responses: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.answered: dict[str, Answer] = {}

    def where(self, path: Sequence[str | int], place: str | None = None) -> Where:
        return Where(self.lines.name, self.lines.line(path), place or path_text(path))

    def mapping(self, data: Any, path: Sequence[str | int]) -> dict[str, Any]:
        if data is None:
            return {}
        if isinstance(data, dict) and all(isinstance(key, str) for key in data):
            return data
        mend = "write a mapping of keys to values"
        self.problems.append(InputError("a mapping is expected here", self.where(path), mend))
        return {}

    def known(self, kind: str, data: Any, names: set[str], path: tuple[str, ...]) -> dict[str, Any]:
        found = {}
        for name, value in self.mapping(data, path).items():
            if name in names:
                found[name] = value
            else:
                self.problems.append(unknown(kind, name, names, self.where((*path, name), path_text(path))))
        return found

    def text(self, data: Any, path: Sequence[str | int], place: str) -> str | None:
        spec = fields.Spec(kind="markdown", id="text")
        try:
            value = fields.parse(data, spec)
        except MaintplanError as error:
            self.problems.append(error.at(self.where(path, place)))
            return None
        return str(value) if value is not None else None

    def answers(self, data: Any) -> None:
        questions = {each.id: each for each in self.template.questions}
        for question_id, entry in self.known("question", data, set(questions), self.root).items():
            path = (*self.root, question_id)
            parts = self.known("key", entry, {"response", "considerations"}, path)
            response = self.text(parts.get("response"), (*path, "response"), question_id)
            if response is not None:
                self.responses[question_id] = response
            path = (*path, "considerations")
            considerations = {each.id: each for each in questions[question_id].considerations}
            found = self.known("consideration", parts.get("considerations"), set(considerations), path)
            for slug, values in found.items():
                self.consideration(considerations[slug], values, (*path, slug))

    def consideration(self, consideration: Consideration, data: Any, path: tuple[str, ...]) -> None:
        names = {each.id for each in consideration.fields} | {"owner", *STANCES}
        values = self.known("field", data, names, path)
        owner = self.text(values.get("owner"), (*path, "owner"), consideration.place)
        if owner is not None:
            self.owners[consideration.place] = owner
        stances = {name: values[name] for name in STANCES if values.get(name) is not None}
        if stances:
            stance = self.stance(stances, path, consideration.place)
            if stance is not None:
                self.answered[consideration.place] = stance
        for field in consideration.fields:
            raw = values.get(field.id)
            at = (*path, field.id)
            if isinstance(raw, dict) and raw and set(raw) <= set(STANCES):
                stance = self.stance(raw, at, field.place)
                if stance is not None:
                    self.answered[field.place] = stance
                continue
            try:
                value = fields.parse(raw, field.spec)
            except MaintplanError as error:
                suffix = error.where.path or ""
                error.where = Where()
                line_path = (*at, *_suffix_path(raw, field.spec.key, suffix))
                self.problems.append(error.at(self.where(line_path, field.place + suffix)))
                continue
            if value is not None:
                self.answered[field.place] = Given(value)

    def stance(self, data: dict[str, Any], path: tuple[str, ...], place: str) -> Stance | None:
        if len(data) > 1:
            mend = f"keep one of {', '.join(data)}"
            self.problems.append(InputError("more than one of them is given", self.where(path, place), mend))
            return None
        ((name, value),) = data.items()
        if name != "not_known_yet":
            reason = self.text(value, (*path, name), place)
            if reason is None:
                mend = f"write {name}: and the reason"
                self.problems.append(InputError("the reason is missing", self.where((*path, name), place), mend))
                return None
            value = reason
        try:
            return check(STANCES[name], {name: value}, self.lines, path)
        except Problems as error:
            self.problems.extend(error.problems)
        except MaintplanError as error:
            self.problems.append(error)
        return None

    def cross_cutting(self, data: Any) -> Iterator[tuple[str, Mapping[str, CrossItem] | NotApplicable]]:
        lists = {each.id: each for each in self.template.cross_cutting}
        for name, entry in self.known("list", data, set(lists), ("cross_cutting",)).items():
            path = ("cross_cutting", name)
            if entry is None:  # an empty key, as in a plan that was just begun
                continue
            try:
                if set(entry) == {"not_applicable"}:
                    yield name, check(NotApplicable, entry, self.lines, path)
                    continue
                items = self.known("item", entry, {item.id for item in lists[name].items}, path)
                yield name, {key: check(CrossItem, value or {}, self.lines, (*path, key)) for key, value in items.items()}
            except Problems as error:
                self.problems.extend(error.problems)
            except MaintplanError as error:
                self.problems.append(error)

    def rounds(self, rounds: Sequence[Round]) -> None:
        names = [each.id for each in self.template.questions]
        for index, each in enumerate(rounds):
            for number, question in enumerate(each.reopen):
                if question not in names:
                    path = ("rounds", index, "reopen", number)
                    self.problems.append(unknown("question", question, names, self.where(path)))


def _suffix_path(raw: Any, key: str | None, suffix: str) -> tuple[str | int, ...]:
    """Find the path in the data of a row or cell that an error names as ``[key].column``."""
    if not suffix.startswith("[") or not isinstance(raw, list):
        return ()
    for index, row in enumerate(raw):
        name = row.get(key) if isinstance(row, dict) and key else None
        named = fields.row_selector(str(name) if name is not None else None, index)
        for selector in (named, fields.row_selector(None, index)):
            if suffix == selector:
                return (index,)
            if suffix.startswith(selector + "."):
                return (index, suffix[len(selector) + 1 :])
    return ()


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
            name: _dump(entry) if isinstance(entry, NotApplicable) else {key: _dump(item) for key, item in entry.items()}
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


def answers_data(plan: Plan) -> dict[str, Any]:
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


