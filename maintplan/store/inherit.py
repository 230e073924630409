"""The answers that flow in from the plans that a plan inherits from.

Each of them is read from its last approved snapshot where it has one, else from the file as it stands. The
first plan in the list wins. Its recommendations stay where they are: they were computed for its own tier.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from maintplan import fields
from maintplan.documents import Lines
from maintplan.errors import InputError, ValueProblem, Where
from maintplan.plan.model import Answer, Given, Inherited, Plan
from maintplan.plan.standing import stand
from maintplan.store import address
from maintplan.store.loading import Banks, load
from maintplan.template import Template


def resolve(plan: Plan, path: Path, lines: Lines, banks: Banks) -> Mapping[str, Inherited]:
    """Return what flows into a plan, by place.

    Parameters
    ----------
    plan
        The plan; its `inherits` are read relative to its file.
    path
        That file.
    lines
        Where the plan stands, for errors.
    banks
        Templates loaded so far.

    Raises
    ------
    InputError
        For a plan that is not there or can't be read, and for plans that inherit from each other.
    """
    if not plan.inherits:
        return {}
    name = lines.name or str(path)
    return _Resolving(banks).into(plan, path, lines, [(path.resolve(), name)], path.name)


class _Resolving:
    """One walk through the plans that inherit from each other; each is read once."""

    def __init__(self, banks: Banks) -> None:
        self.banks = banks
        self.done: dict[Path, tuple[Plan, bool]] = {}

    def into(
        self, plan: Plan, path: Path, lines: Lines, chain: Sequence[tuple[Path, str]], origin: str
    ) -> dict[str, Inherited]:
        flowing: dict[str, Inherited] = {}
        for index, written in enumerate(plan.inherits):
            where = Where(lines.name, lines.line(("inherits", index)), f"inherits[#{index + 1}]")
            file = _file(written, path, where)
            # As seen from the plan that is being opened, whatever folder the work is done in.
            seen = posixpath.normpath(posixpath.join(posixpath.dirname(origin), written.replace("\\", "/")))
            name = os.path.normpath(Path(lines.name or path).parent / written)
            other, approved = self.read(file, name, where, chain, seen)
            for place, answer in _held(other):
                if (fitting := _fitting(answer, place, other.template, plan.template)) is not None:
                    flowing.setdefault(place, Inherited(fitting, other.service.name, seen, approved))
            for place, inherited in other.inherited.items():
                fitting = _fitting(inherited.answer, place, other.template, plan.template)
                if fitting is not None:
                    flowing.setdefault(place, replace(inherited, answer=fitting))
        return flowing

    def read(
        self, file: Path, name: str, where: Where, chain: Sequence[tuple[Path, str]], origin: str
    ) -> tuple[Plan, bool]:
        """Return another plan with what flows into it, and whether it is an approved snapshot."""
        known = [each for each, _ in chain]
        if file in known:
            names = [each for _, each in chain[known.index(file) :]]
            what = f"the plans inherit from each other: {' -> '.join([*names, names[0]])}"
            raise InputError(what, where, "take one of them out of inherits")
        if file not in self.done:
            if not file.is_file():
                raise InputError(f"there is no plan {name!r} to inherit from", where, "check the path")
            loaded = load(file, name, self.banks)
            approved = loaded.plan.approved
            path = file
            if approved is not None:
                path = file.parent / approved.snapshot
                if not path.is_file():
                    line = loaded.text.line(("approved", "snapshot"))
                    what = f"the approved snapshot {approved.snapshot!r} is not there"
                    mend = "bring it back, or take `approved` out to inherit from the plan as it stands"
                    raise InputError(what, Where(name, line, "approved.snapshot"), mend)
                loaded = load(path, str(Path(name).parent / approved.snapshot), self.banks)
            flowing = self.into(loaded.plan, path, loaded.text, [*chain, (file, name)], origin)
            self.done[file] = replace(loaded.plan, inherited=flowing), approved is not None
        return self.done[file]


def _file(written: str, path: Path, where: Where) -> Path:
    try:
        return (path.resolve().parent / address.path(written)).resolve()
    except InputError as error:
        raise InputError(error.what, where, error.mend) from None


def _held(plan: Plan) -> Iterator[tuple[str, Answer]]:
    """Yield the answers that a plan holds itself and that count, by place of a field."""
    for place, standing in stand(plan).fields.items():
        held = place in plan.answers or place.rpartition(".")[0] in plan.answers
        if held and standing.shown and standing.answer is not None:
            yield place, standing.answer


def _fitting(answer: Answer, place: str, source: Template, target: Template) -> Answer | None:
    """Return an answer as this template's field reads it, or None where the field is another one."""
    if source is target:
        return answer
    mine, theirs = target.fields.get(place), source.fields.get(place)
    if mine is None or theirs is None or mine.kind != theirs.kind:
        return None
    if not isinstance(answer, Given) or mine.spec == theirs.spec:
        return answer
    try:
        value = fields.parse(answer.value, mine.spec)
    except ValueProblem:
        return None
    return None if value is None else Given(value)
