"""Any walk: after whatever was done, the counts are those of a fresh recount, and the file says it all."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from maintplan import store
from maintplan.errors import MaintplanError
from maintplan.interview import Interview
from maintplan.plan import approval, document, edits
from maintplan.plan.model import CrossItem, Given, Input, NotApplicable, Plan
from maintplan.plan.standing import stand
from maintplan.yamltext import dump, read

POCKET = Path(__file__).parents[2] / "data" / "pocket"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
GATES = "rollout.rollout-stages.gates"
FIELDS = [
    "rollout.rollout-stages.first_gate",
    "rollout.release-notes.published",
    "rollout.release-notes.where",
    "rollout.release-notes.version",
    "recovery.recovery-targets.rto",
    "recovery.recovery-targets.rpo",
    "recovery.backups.keeps",
    "recovery.backups.interval",
    "recovery.backups.copies",
    "recovery.backups.note",
]
CONSIDERATIONS = [
    "rollout.rollout-stages",
    "rollout.release-notes",
    "recovery.recovery-targets",
    "recovery.backups",
]
KEYS = st.sampled_from(["errors", "delay", "prune [all]", 'a "quoted" one', "#3", "ünïcode", "1e3", "no"])
TRICKY = ["yes", "1.10", "# no comment", "a: b", "- x", "two\nlines", "\t"]
WORDS = st.text(max_size=30) | st.sampled_from(TRICKY)
DAYS = st.sampled_from(["mon", "sun"])
SOURCES = st.sampled_from(["entered", "imported", "copied"])
VALUES = (
    WORDS
    | st.sampled_from(["true", "false", "4h", "90 minutes", "daily", "https://notes.example/a?b=c#d", "3"])
    | st.builds(lambda day: {"every": "week", "days": [day], "time": "02:00"}, DAYS)
)
TIERS = st.sampled_from([1, 2, 3])
TABLES = st.lists(KEYS, max_size=3, unique=True)
PLACES = st.sampled_from([*FIELDS, *CONSIDERATIONS, GATES])


def recounted(plan: Plan) -> Plan:
    """Return the plan as it is read from its document again."""
    text = read(dump(approval.document(plan)))
    return document.read(text.data, plan.template, text)


class AnyWalk(RuleBasedStateMachine):
    """One person in front of a plan, doing anything that can be done."""

    folder: Path

    @initialize(tier=TIERS, stage=st.sampled_from(["prototype", "production", "retiring"]))
    def start(self, tier: int, stage: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.file = store.open(self.folder / "plan.yaml", template=str(POCKET), tier=tier, stage=stage)
        self.interview = Interview(self.file.plan)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.save_and_open()
            shutil.rmtree(self.folder)

    def do(self, edit: Any, *args: Any, **given: Any) -> None:
        with contextlib.suppress(MaintplanError):  # what is refused changes nothing
            self.interview = self.interview.apply(lambda plan: edit(plan, *args, **given))

    @rule(place=st.sampled_from(FIELDS), value=VALUES, source=SOURCES)
    def answer(self, place: str, value: Any, source: Any) -> None:
        self.do(edits.answer, place, value, source=source, origin="old.yaml")

    @rule(keys=TABLES, threshold=WORDS)
    def gates(self, keys: list[str], threshold: str) -> None:
        self.do(edits.answer, GATES, [{"gate": key, "threshold": threshold} for key in keys])

    @rule(stages=TABLES, gates=st.lists(KEYS, min_size=3, max_size=3))
    def stages(self, stages: list[str], gates: list[str]) -> None:
        rows = [{"name": name, "percent": 5, "gate": gate} for name, gate in zip(stages, gates, strict=False)]
        self.do(edits.answer, "rollout.stages", rows)

    @rule(old=KEYS, new=KEYS)
    def rename(self, old: str, new: str) -> None:
        before = self.interview.plan
        dangling = len(stand(before).dangling)
        self.do(edits.rename_row, GATES, old, new)
        if self.interview.plan is not before:
            assert len(stand(self.interview.plan).dangling) <= dangling

    @rule(place=PLACES)
    def clear(self, place: str) -> None:
        self.do(edits.clear, place)

    @rule(place=PLACES, reason=WORDS, edit=st.sampled_from([edits.say_none, edits.not_applicable]))
    def none(self, place: str, reason: str, edit: Any) -> None:
        self.do(edit, place, reason)

    @rule(place=PLACES, due=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)))
    def not_known_yet(self, place: str, due: dt.date | None) -> None:
        self.do(edits.not_known_yet, place, who="me", due=due)

    @rule(place=PLACES | st.just("*"))
    def let_stand(self, place: str) -> None:
        self.do(edits.let_stand, [place], by="ops-lead", when=NOW)

    @rule(
        item=st.sampled_from(["secure-backups", "access-review"]),
        status=st.sampled_from(["met", "not-met", None]),
    )
    def cross_cut(self, item: str, status: Any) -> None:
        self.do(edits.cross_cut, "security-privacy", item, CrossItem(status=status) if status else None)

    @rule(reason=st.none() | st.just("No AI."))
    def cross_cut_whole(self, reason: str | None) -> None:
        given = NotApplicable(not_applicable=reason) if reason else None
        self.do(edits.cross_cut, "responsible-ai", None, given)

    @rule(
        references=st.lists(WORDS.filter(lambda each: bool(each.strip()) and each.isprintable()), max_size=2)
    )
    def provide(self, references: list[str]) -> None:
        self.do(edits.provide_input, "alert-rules", Input(status="provided", references=tuple(references)))

    @rule(text=WORDS)
    def write(self, text: str) -> None:
        self.do(edits.respond, "rollout", text)
        self.do(edits.own, "recovery.backups", text)

    @rule(tier=TIERS)
    def change_tier(self, tier: int) -> None:
        self.do(edits.describe_service, tier=tier)

    @rule(feedback=WORDS)
    def say_no(self, feedback: str) -> None:
        self.do(approval.say_no, by="me", when=NOW, feedback=feedback, reopen=["rollout"])

    @rule(by=st.sampled_from(["one", "two"]), role=st.sampled_from(["service-owner", "operations"]))
    def say_yes(self, by: str, role: str) -> None:
        self.do(approval.say_yes, by=by, role=role, when=NOW, blocking=())

    @rule(move=st.sampled_from(["next", "back", "undo", "redo", "to_next_missing"]))
    def move(self, move: str) -> None:
        before = self.interview.plan
        self.interview = getattr(self.interview, move)()
        if move not in ("undo", "redo"):
            assert self.interview.plan is before

    @rule()
    def save_and_open(self) -> None:
        saved = self.file.save(self.interview.plan)
        self.interview = self.interview.saved(saved)
        if self.file.exists:
            opened = store.open(self.folder / "plan.yaml", template=str(POCKET))
            assert opened.plan == saved
            self.file = opened

    @invariant()
    def counts_are_those_of_a_fresh_recount(self) -> None:
        if not hasattr(self, "interview"):
            return
        plan, standing = self.interview.plan, self.interview.standing
        again = recounted(plan)
        assert again == plan
        fresh = stand(again)
        assert fresh.considerations == standing.considerations
        assert {place: each.state for place, each in fresh.fields.items()} == {
            place: each.state for place, each in standing.fields.items()
        }
        self.figures_add_up()

    def figures_add_up(self) -> None:
        """Count by hand what the interview says is left."""
        plan, standing = self.interview.plan, self.interview.standing
        states = Counter(standing.considerations.values())
        left = self.interview.left()
        questions = [left[each.id] for each in plan.template.questions]
        for state in ("missing", "recommended", "to_confirm", "inherited", "not_known_yet"):
            assert sum(each.get(state, 0) for each in questions) == states[state]
        assert standing.count().left == sum(sum(each.values()) for each in questions)
        assert (self.interview.next_missing() is None) == (not list(self.interview.missing()))
        for place, answer in plan.answers.items():
            # What is said of a consideration as a whole goes before what its fields hold.
            said_of_whole = place.rpartition(".")[0] in plan.answers
            if isinstance(answer, Given) and place in standing.fields and not said_of_whole:
                assert standing.fields[place].value == answer.value


AnyWalk.TestCase.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_any_walk = AnyWalk.TestCase
