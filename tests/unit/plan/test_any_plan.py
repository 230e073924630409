"""Any plan that can be built survives its file unchanged, every key of it, as YAML and as JSON."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, assume, given, settings
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from maintplan import store, template, yamltext
from maintplan.documents import Unwritten
from maintplan.errors import MaintplanError
from maintplan.plan import approval, document, edits, schema
from maintplan.plan.model import AcceptedRisk, Action, Comment, CrossItem, Input, Offer, Plan, Round, Service
from maintplan.yamltext.json_text import json_text

POCKET = Path(__file__).parents[2] / "data" / "pocket"
BANK = template.load(POCKET)
SCHEMA = Draft202012Validator(json.loads(schema.text(BANK)))
FIELDS = list(BANK.fields.values())

TRICKY = [
    *(
        "yes",
        "no",
        "null",
        "~",
        "007",
        "1.10",
        "1e3",
        "12:30",
        "2026-12-01",
        "- x",
        "a: b",
        "# x",
        "&a",
        "*a",
    ),
    *("!!python/none", "{", "[]", "'", '"', "\\", "%", "@", "`", "|", ">", "two\nlines", "end\n", "\n\nx"),
    *("  padded", "tab\there", "ünïcode 🎉", "<b>&amp;", "{{ x }}", "${x}", "\u2028", "\u00a0", "x" * 300),
]
WORDS = st.sampled_from(TRICKY) | st.text(max_size=25)
MAYBE = st.none() | WORDS
DATES = st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))
MOMENTS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
ROWS = st.lists(
    st.fixed_dictionaries({}, optional={"name": WORDS, "gate": WORDS, "percent": WORDS, "threshold": WORDS}),
    max_size=3,
)
LIKELY = st.sampled_from(
    ["4h", "true", "daily", "https://notes.example/", "1.10", "3", "{every: week, days: [sun]}"]
)
PLACES = st.sampled_from(
    [*BANK.fields, *(each.place for each in BANK.considerations), "rollout.rollout-stages.stages[#2]"]
)
SOURCES = st.sampled_from(["entered", "recommended", "imported", "inherited", "copied", "proposed"])
TIERS, STAGES = st.sampled_from([1, 2, 3]), st.sampled_from(("prototype", "beta", "production", "retiring"))


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what stands around the answers; what a model refuses is no plan."""
    at = draw(PLACES)
    source: Any = draw(SOURCES)
    stage: Any = draw(STAGES)
    try:
        return {
            "accepted_risks": draw(
                st.just(())
                | st.builds(
                    lambda rule, reason, by, until: (
                        AcceptedRisk(
                            rule=rule, at=at, reason=reason, by=by, until=until or dt.date(2027, 1, 1)
                        ),
                    ),
                    *(WORDS, WORDS, WORDS, DATES),
                )
            ),
            "actions": draw(
                st.builds(
                    lambda about, owner, due, note: (
                        Action(id="a1", about=about, at=at, owner=owner, due=due, note=note),
                    ),
                    *(WORDS, MAYBE, DATES, MAYBE),
                )
            ),
            "comments": draw(
                st.builds(
                    lambda by, when, text: (
                        Comment(id="c1", at=at, by=by, when=when, text=text),
                        Comment(id="c2", re="c1", by=by, when=when, text=text, resolved=True),
                    ),
                    *(WORDS, MOMENTS, WORDS),
                )
            ),
            "offers": (Offer(at=RTO, value="4h", source=source, origin=draw(MAYBE)),),
            "rounds": draw(
                st.builds(
                    lambda by, when, feedback: (
                        Round(confirmed=False, by=by, when=when, feedback=feedback, reopen=("rollout",)),
                    ),
                    *(WORDS, MOMENTS, MAYBE),
                )
            ),
            "inputs": {
                "alert-rules": Input(status="provided", references=tuple(draw(st.lists(WORDS, max_size=2))))
            },
            "cross_cutting": {"security-privacy": {"secure-backups": CrossItem(note=draw(MAYBE))}},
            "service": Service(name=draw(WORDS), tier=draw(TIERS), stage=stage, description=draw(MAYBE)),
            "retired": {"rollout.rollout-stages.old": draw(WORDS | ROWS)},
        }
    except ValidationError:
        assume(False)  # noqa: FBT003 - hypothesis takes it so
        raise


RTO = "recovery.recovery-targets.rto"
ANSWERS = st.lists(
    st.tuples(st.sampled_from(FIELDS), WORDS | LIKELY | ROWS | st.fixed_dictionaries({"none": WORDS})),
    max_size=6,
)
SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


def built(answers: list[tuple[template.Field, Any]], around: dict[str, Any], words: str) -> Plan:
    """Build a plan; what an edit refuses is left out of it."""
    plan = Plan(BANK, Service(name="x"), revision=3)
    plan = replace(plan, **around)
    for field, raw in answers:
        try:
            plan = edits.answer(plan, field.place, raw, source="imported", origin="x.yaml")
        except MaintplanError:
            continue
    try:
        return edits.own(edits.respond(plan, "recovery", words), "recovery.backups", words)
    except MaintplanError:
        return plan


def readable(plan: Plan) -> bool:
    """Say whether a plan file may say all this: what stands in no file can't be in one."""
    try:
        document.read(document.to_data(plan), BANK, Unwritten())
    except MaintplanError:
        return False
    return True


@SETTINGS
@given(answers=ANSWERS, around=entries(), words=WORDS)
def test_any_plan_survives_its_document(
    answers: list[tuple[template.Field, Any]], around: dict[str, Any], words: str
) -> None:
    plan = built(answers, around, words)
    assume(readable(plan))
    data = approval.document(plan)
    SCHEMA.validate(json.loads(json.dumps(data)))
    for text in (yamltext.dump(data), json.dumps(data), json_text(data, indent=2)):
        held = yamltext.read(text)
        again = document.read(held.data, BANK, held)
        assert again == plan
        assert approval.content(again) == approval.content(plan)


@SETTINGS
@given(answers=ANSWERS, around=entries(), words=WORDS, later=ANSWERS)
def test_any_plan_survives_being_saved_and_changed(
    tmp_path: Path,
    answers: list[tuple[template.Field, Any]],
    around: dict[str, Any],
    words: str,
    later: list[tuple[template.Field, Any]],
) -> None:
    plan = built(answers, around, words)
    assume(readable(plan))
    path = tmp_path / "plan.yaml"
    path.unlink(missing_ok=True)
    file = store.open(path, template=str(POCKET))
    saved = file.save(plan, create=True)
    assert store.open(path, template=str(POCKET)).plan == saved == replace(plan, revision=1)
    changed = saved
    for field, raw in later:
        try:
            changed = edits.answer(changed, field.place, raw)
        except MaintplanError:
            continue
    again = file.save(changed)
    assert store.open(path, template=str(POCKET)).plan == again
    assert replace(again, revision=1) == changed
