"""The validation prompt: what a Yes needs, what it is bound to, and the status that follows.

A *Yes* is bound to the plan's content, so that any later change of it, also one made in an editor, makes
the Yes void. Nothing is switched on or off: the status is worked out from the rounds each time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from maintplan import fields
from maintplan.documents import Unwritten, check
from maintplan.errors import InputError, Reason, RefusedError, Where, unknown
from maintplan.plan import digest, places
from maintplan.plan.document import answer_data, to_data
from maintplan.plan.model import NotApplicable, NotKnownYet, Plan, Round, Status
from maintplan.plan.risks import person
from maintplan.plan.standing import Standing, State, stand
from maintplan.template import Consideration

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
    return digest.content(content_data(plan, standing))


def content_data(plan: Plan, standing: Standing | None = None) -> dict[str, Any]:
    """Return what a Yes is bound to, as the plain data whose digest `content` is."""
    standing = standing or stand(plan)
    data = to_data(plan)
    effective = {
        place: answer_data(each.answer)
        for place, each in standing.fields.items()
        if each.shown and each.answer
    }
    whole = {place: answer_data(each) for place, each in plan.answers.items() if place.count(".") == 1}
    return {
        "service": data["service"],
        "template": data["template"],
        "layers": data.get("layers", []),
        "inputs": data.get("inputs", {}),
        "answers": {
            "fields": effective,
            "considerations": whole,
            "responses": dict(plan.responses),
            "owners": dict(plan.owners),
        },
        "cross_cutting": data.get("cross_cutting", {}),
        "accepted_risks": data.get("accepted_risks", []),
    }


def sign_offs(plan: Plan, standing: Standing | None = None) -> list[SignOff]:
    """Return what each role that the tier needs has said to this very content."""
    asked = [each for each in reversed(_asking(plan)) if each.confirmed]
    # The digest takes a while; without a Yes it is no one's.
    current = content(plan, standing) if asked else ""
    approvals = plan.template.approvals
    found = []
    taken: set[str] = set()
    for role in approvals.by_tier.get(plan.service.tier, ()):
        said = [
            each
            for each in asked
            if each.role == role and each.content == current and person(each.by) not in taken
        ]
        # One that counts comes before one that was said headless since.
        each = next((each for each in said if _counts(plan, each)), said[0] if said else None)
        if each is not None:
            taken.add(person(each.by))
        counts = each is not None and _counts(plan, each)
        found.append(SignOff(role, approvals.roles.get(role, role), each, counts))
    return found


def _counts(plan: Plan, said: Round) -> bool:
    return _identity(said) == "typed" or plan.service.tier == HEADLESS_TIER


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


def awaited(plan: Plan, standing: Standing | None = None) -> str:
    """Say whose Yes a plan that is not complete still takes, and where one that counts is said."""
    missing = [each for each in sign_offs(plan, standing) if not each.counts]
    words = f"it takes a Yes that counts from: {', '.join(each.label for each in missing)}"
    if any(each.round for each in missing):  # said by a command, or in the file
        words += f"; at tier {plan.service.tier} that is one said in the app or in the notebook"
    return words


def lapses(plan: Plan, standing: Standing | None = None) -> dt.date | None:
    """Return the day on which a complete plan asks to be confirmed again, or None when it never does.

    Counted from the last Yes that made it complete; a plan that is not complete has nothing to lapse.
    """
    limit = plan.template.approvals.lapses_after.get(plan.service.tier)
    signed = sign_offs(plan, standing) if plan.rounds else []
    if limit is None or not signed or not all(each.counts for each in signed):
        return None
    last = max(each.round.when for each in signed if each.round is not None)
    try:
        return (last + dt.timedelta(seconds=fields.duration.seconds(limit))).date()
    except OverflowError:  # beyond the calendar
        return None


def reopened(plan: Plan) -> dict[str, Round]:
    """Return the questions that were reopened since the last Yes, each with the latest No that did."""
    found: dict[str, Round] = {}
    for each in reversed(plan.rounds):
        if each.confirmed:
            break
        for question in each.reopen:
            found.setdefault(question, each)
    return {each.id: found[each.id] for each in plan.template.questions if each.id in found}


def what_is_missing(plan: Plan, standing: Standing | None = None) -> list[str]:
    """List what stands between the plan and a Yes, a place and a few words each."""
    return [f"{place}: {words}" for place, words in _missing(plan, standing or stand(plan))]


def needed(plan: Plan, standing: Standing) -> set[str]:
    """Return the considerations and the items of lists that a Yes still waits for."""
    return {".".join(place.partition("[")[0].split(".")[:2]) for place, _ in _missing(plan, standing)}


_FEW, _NAMED = 6, 2
"""So much that is missing is said line by line; of more, so much is named for each question."""

_OPEN_WORDS: Mapping[State, str] = {
    "missing": "missing",
    "to_confirm": "copied or proposed, and nobody has let it stand",
    "inherited": "inherited from a plan that is not approved, and nobody has let it stand",
    "recommended": "recommended, and nobody has let it stand",
}


def _missing(plan: Plan, standing: Standing) -> Iterator[tuple[str, str]]:
    for consideration in plan.template.considerations:
        place = consideration.place
        by_state: dict[State, list[str]] = {}
        for field in consideration.fields:
            each = standing.fields[field.place]
            if each.asked:
                by_state.setdefault(each.state, []).append(field.label)
        if place not in plan.answers:
            for state, words in _OPEN_WORDS.items():
                if labels := by_state.get(state):
                    yield place, f"{', '.join(labels)}: {words}"
        if standing.considerations[place] != "not_asked":
            yield from _undated(plan, standing, consideration)
    for list_id, item_id in standing.unanswered_items:
        yield f"{list_id}.{item_id}", "not answered"
    for dangling in standing.dangling:
        yield dangling.place, f"{dangling.key!r} is not in {dangling.table}"


def is_undated(plan: Plan, standing: Standing, place: str) -> bool:
    """Return whether something in a consideration is not known yet and has no date, which a Yes needs."""
    consideration = places.find(plan.template, place).consideration
    return consideration is not None and any(_undated(plan, standing, consideration))


def _undated(plan: Plan, standing: Standing, consideration: Consideration) -> Iterator[tuple[str, str]]:
    whole = plan.answers.get(consideration.place)
    if whole is not None:
        if isinstance(whole, NotKnownYet) and whole.not_known_yet.due is None:
            yield consideration.place, "not known yet, and without a date"
        return
    for each in (standing.fields[field.place] for field in consideration.fields):
        if each.asked and isinstance(each.answer, NotKnownYet) and each.answer.not_known_yet.due is None:
            yield each.field.place, f"{each.field.label}: not known yet, and without a date"


def say_yes(
    plan: Plan,
    *,
    by: str,
    role: str,
    when: dt.datetime,
    blocking: Sequence[str],
    identity: Identity = "typed",
    feedback: str | None = None,
) -> Plan:
    """Answer the prompt with Yes.

    Parameters
    ----------
    plan
        The plan.
    by, role, when
        Who says it, in which role, and the moment that is recorded.
    blocking
        What else stands in the way, a line each: the review's `maintplan.review.Review.blocking`, which this
        floor can't see; a line may be a `Reason`, which says of how many findings it speaks.
    identity
        How the name is known.
    feedback
        What is said with it.

    Returns
    -------
    Plan
        The very same plan when the same person has said it before to this content, in this role; a
        finding that came with time since then does not take that back.

    Raises
    ------
    InputError
        When the name or role is missing or unknown.
    RefusedError
        With everything that is missing or blocks, or when the same person has said Yes in another role.
    """
    approvals = plan.template.approvals
    needed = approvals.by_tier.get(plan.service.tier, ())
    if not by.strip():
        raise InputError("who says Yes is missing", mend="give a name")
    if role not in needed:
        raise unknown("role", role, needed)
    standing = stand(plan)
    current = content(plan, standing)
    asking = [each for each in _asking(plan) if each.confirmed and each.content == current]
    own = [each for each in asking if person(each.by) == person(by)]
    missing = what_is_missing(plan, standing)
    # Said already, by the same person and with no less behind it.
    said_before = any(each.role == role and each.identity in (identity, "typed") for each in own)
    if said_before and not missing:
        return plan
    if missing or blocking:
        raise _refusal(plan, missing, blocking)
    if other := next((each for each in own if each.role != role), None):
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


def _refusal(plan: Plan, missing: Sequence[str], blocking: Sequence[str]) -> RefusedError:
    what, mends = [], []
    missing = _by_place(missing)
    if missing:
        what.append(f"{_counted(len(missing), 'answer')} missing")
        mends.append("answer what is missing")
    if blocking:
        count = sum(getattr(each, "things", 1) for each in blocking)
        what.append(f"{_counted(count, 'high finding')} open")
        mends.append("resolve each finding, or accept it as a risk with a reason, two people and an end date")
    mend = f"{' and '.join(mends)}, then ask again"
    reasons = (*_by_question(plan, missing), *blocking)
    return RefusedError(f"the plan is not complete, {', '.join(what)}", reasons, mend=mend)


def _by_place(missing: Iterable[str]) -> list[str]:
    """Return a line for each place that `needed` counts, with all that it lacks."""
    lines: dict[str, str] = {}
    for each in missing:
        found = re.match(r"[^.:]+\.[^.:\[]+", each)
        place = found.group() if found else each
        lines[place] = f"{lines[place]}; {each.removeprefix(f'{place}: ')}" if place in lines else each
    return list(lines.values())


def _by_question(plan: Plan, missing: Sequence[str]) -> Iterator[str]:
    """Yield what is missing: each in a line while that is few, else a line for each question."""
    if len(missing) <= _FEW:
        yield from missing
        return
    headings = {each.id: each.heading for each in plan.template.questions}
    headings |= {each.id: each.heading for each in plan.template.cross_cutting}
    grouped: dict[str, list[str]] = {}
    for each in missing:
        grouped.setdefault(each.partition(".")[0], []).append(each)
    for name, lines in grouped.items():
        more = f"; and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
        named = "; ".join(line.partition(".")[2] for line in lines[:_NAMED])
        yield Reason(
            f"{headings.get(name, name)}: {_counted(len(lines), 'answer')}: {named}{more}", len(lines)
        )


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


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
