"""The validation prompt: what a Yes needs, what it is bound to, and the status that follows.

A *Yes* is bound to the plan's content, so that any later change of it, also one made in an editor, makes
the Yes void. Nothing is switched on or off: the status is worked out from the rounds each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from maintplan.documents import Unwritten, check
from maintplan.errors import InputError, RefusedError, Where, unknown
from maintplan.plan import digest
from maintplan.plan.document import answer_data, to_data
from maintplan.plan.model import NotApplicable, NotKnownYet, Plan, Round, Status
from maintplan.plan.standing import Standing, stand

Identity = Literal["server", "typed", "file"]

HEADLESS_TIER = 3
"""The tier whose plans a headless Yes completes."""


@dataclass(frozen=True)
class SignOff:
    """One role's part in the approval.

    Attributes
    ----------
    role, label
        The role's id and its words.
    round
        The Yes to this very content, or None.
    counts
        Whether that Yes counts: a headless one does for tier 3 only.
    """

    role: str
    label: str
    round: Round | None
    counts: bool


def content(plan: Plan, standing: Standing | None = None) -> str:
    """Return the digest that a Yes to this plan is bound to."""
    standing = standing or stand(plan)
    data = to_data(plan)
    effective = {
        place: answer_data(each.answer)
        for place, each in standing.fields.items()
        if each.shown and each.answer
    }
    whole = {place: answer_data(each) for place, each in plan.answers.items() if place.count(".") == 1}
    return digest.content(
        {
            "service": data["service"],
            "template": data["template"],
            "layers": data.get("layers", []),
            "inputs": data.get("inputs", {}),
            "answers": {
                "fields": effective,
                "considerations": whole,
                "responses": plan.responses,
                "owners": plan.owners,
            },
            "cross_cutting": data.get("cross_cutting", {}),
            "accepted_risks": data.get("accepted_risks", []),
        }
    )


def sign_offs(plan: Plan, standing: Standing | None = None) -> list[SignOff]:
    """Return what each role that the tier needs has said to this very content."""
    current = content(plan, standing)
    approvals = plan.template.approvals
    found = []
    taken: set[str] = set()
    for role in approvals.by_tier.get(plan.service.tier, ()):
        said = [
            each for each in _asking(plan) if each.confirmed and each.role == role and each.content == current
        ]
        each = next((each for each in reversed(said) if each.by not in taken), None)
        if each is not None:
            taken.add(each.by)
        counts = each is not None and (_identity(each) == "typed" or plan.service.tier == HEADLESS_TIER)
        found.append(SignOff(role, approvals.roles.get(role, role), each, counts))
    return found


def _identity(each: Round) -> Identity:
    # A server's word counts with its valid seal only, and nothing here can check one yet.
    return "file" if each.identity == "server" else each.identity


def _asking(plan: Plan) -> Sequence[Round]:
    """Return the rounds since the last No, which takes back what others said before it."""
    for index in range(len(plan.rounds) - 1, -1, -1):
        if not plan.rounds[index].confirmed:
            return plan.rounds[index + 1 :]
    return plan.rounds


def status(plan: Plan, standing: Standing | None = None) -> Status:
    """Work out the plan's status."""
    if not plan.rounds:
        return "draft"
    signed = sign_offs(plan, standing)
    return "complete" if signed and all(each.counts for each in signed) else "in_review"


def reopened(plan: Plan) -> dict[str, Round]:
    """Return the questions that the last No reopened, with that round."""
    for each in reversed(plan.rounds):
        if each.confirmed:
            return {}
        return dict.fromkeys(each.reopen, each)
    return {}


def what_is_missing(plan: Plan, standing: Standing | None = None) -> list[str]:
    """List what stands between the plan and a Yes, a place and a few words each."""
    return list(_missing(plan, standing or stand(plan)))


def _missing(plan: Plan, standing: Standing) -> Iterator[str]:
    for place, state in standing.considerations.items():
        if state in ("missing", "recommended", "inherited", "to_confirm"):
            of_it = (each for each in standing.fields.values() if each.field.place.startswith(f"{place}."))
            names = [each.field.id for each in of_it if each.asked and each.state == state]
            words = "is missing" if state == "missing" else f"{state.replace('_', ' ')}, nobody let it stand"
            yield f"{place} ({', '.join(names)} {words})"
        elif state == "not_known_yet":
            yield from _undated(plan, standing, place)
    for list_id, item_id in standing.unanswered_items:
        yield f"{list_id}.{item_id} is not answered"
    for each in standing.dangling:
        yield f"{each.place} names {each.key!r}, which is not in {each.table}"


def is_undated(plan: Plan, standing: Standing, place: str) -> bool:
    """Return whether something in a consideration is not known yet and has no date, which a Yes needs."""
    return any(_undated(plan, standing, place))


def _undated(plan: Plan, standing: Standing, place: str) -> Iterator[str]:
    of_it = (each for each in standing.fields.values() if each.field.place.startswith(f"{place}."))
    said = [
        (place, plan.answers.get(place)),
        *((each.field.place, each.answer) for each in of_it if each.asked),
    ]
    for at, answer in said:
        if isinstance(answer, NotKnownYet) and answer.not_known_yet.due is None:
            yield f"{at} is not known yet and has no date"
            return


def say_yes(
    plan: Plan,
    *,
    by: str,
    role: str,
    when: dt.datetime,
    identity: Identity = "typed",
    feedback: str | None = None,
) -> Plan:
    """Answer the prompt with Yes.

    Raises
    ------
    InputError
        When the name or role is missing or unknown.
    RefusedError
        With everything that is missing, or when the same person has said Yes in another role.
    """
    approvals = plan.template.approvals
    needed = approvals.by_tier.get(plan.service.tier, ())
    if not by.strip():
        raise InputError("who says Yes is missing", mend="give a name")
    if role not in needed:
        raise unknown("role", role, needed)
    standing = stand(plan)
    if missing := what_is_missing(plan, standing):
        count = f"{len(missing)} thing{'s' if len(missing) > 1 else ''}"
        raise RefusedError(
            f"the plan is not complete, {count} missing", missing, mend="answer them, then ask again"
        )
    current = content(plan, standing)
    asking = [each for each in _asking(plan) if each.confirmed and each.content == current]
    if any(each.by == by and each.role == role and each.identity == identity for each in asking):
        return plan
    if other := next((each for each in asking if each.by == by and each.role != role), None):
        words = f"{by} has said Yes as {other.role} already"
        raise RefusedError(words, mend="nobody fills two roles in one revision; ask somebody else")
    said = _round(
        confirmed=True,
        by=by,
        role=role,
        when=when,
        identity=identity,
        content=current,
        feedback=feedback or None,
    )
    return replace(plan, rounds=(*plan.rounds, said))


def say_no(
    plan: Plan,
    *,
    by: str,
    when: dt.datetime,
    feedback: str,
    reopen: Sequence[str] = (),
    role: str | None = None,
    identity: Identity = "typed",
) -> Plan:
    """Answer the prompt with No; a complete plan is reopened that way for its next revision.

    Raises
    ------
    InputError
        When the name or the feedback is missing, or a question to reopen is unknown.
    """
    if not by.strip():
        raise InputError("who says No is missing", mend="give a name")
    if not feedback.strip():
        raise InputError("a No needs feedback", mend="say what should be refined")
    names = [each.id for each in plan.template.questions]
    for name in reopen:
        if name not in names:
            raise unknown("question", name, names, Where(path="reopen"))
    last = plan.rounds[-1] if plan.rounds else None
    said = _round(
        confirmed=False,
        by=by,
        role=role or None,
        when=when,
        identity=identity,
        feedback=feedback,
        reopen=tuple(reopen),
        content=content(plan),
    )
    if last is not None and last.model_copy(update={"when": when}) == said:
        return plan
    return replace(plan, rounds=(*plan.rounds, said))


def _round(**given: Any) -> Round:
    """Make a round out of what a person said; a text that can't be kept is refused as everywhere."""
    return check(Round, given, Unwritten())


def document(plan: Plan, standing: Standing | None = None) -> dict[str, Any]:
    """Return the whole document form of a plan, its status included."""
    return {**to_data(plan), "status": status(plan, standing)}


def exceptions(plan: Plan) -> list[tuple[str, str]]:
    """Return what does not apply, with its reason, by place: it leaves every count and is listed."""
    found = [
        (place, each.not_applicable)
        for place, each in plan.answers.items()
        if isinstance(each, NotApplicable)
    ]
    for name, entry in plan.cross_cutting.items():
        if isinstance(entry, NotApplicable):
            found.append((name, entry.not_applicable))
            continue
        found.extend(
            (f"{name}.{key}", item.not_applicable) for key, item in entry.items() if item.not_applicable
        )
    return found
