"""The analyst's way: a table as a data frame, laid back through the same checks; a question by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from maintplan import resources, store
from maintplan.errors import ConflictError, InputError
from maintplan.plan import frames
from maintplan.session import Parameters, Session
from maintplan.widgets import Question

CHECKOUT = resources.example("checkout") / "plan.yaml"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    path = tmp_path / "checkout.yaml"
    path.write_bytes(CHECKOUT.read_bytes())
    return Session(Parameters(plan=str(path)))


def test_a_table_that_comes_back_as_it_was_changes_nothing() -> None:
    plan = store.open(CHECKOUT).plan
    for field in plan.template.fields.values():
        if field.kind == "table" and field.place in plan.answers and not plan.table(field.name).empty:
            assert frames.with_table(plan, field.name, plan.table(field.name)) == plan


def test_a_change_of_a_cell_is_saved_and_shown_as_what_changed(session: Session) -> None:
    stages = session.plan.table("rollout.stages")
    stages.loc[0, "bake_time"] = "3 hours"
    changed = session.put_table("rollout.stages", stages)
    text = changed._repr_mimebundle_()["text/markdown"]
    assert "3 hours" in text
    again = store.open(session.given.plan).plan.table("rollout.stages")
    assert again.loc[0, "bake_time"] == "3h"
    same = session.put_table("rollout.stages", session.plan.table("rollout.stages"))
    assert "Nothing was changed" in same._repr_mimebundle_()["text/markdown"]


def test_a_wrong_cell_is_refused_with_its_row_and_column(session: Session) -> None:
    stages = session.plan.table("rollout.stages")
    stages.loc[0, "bake_time"] = "soon"
    with pytest.raises(InputError, match=r"stages\[.*\]\.bake_time.*is not a duration"):
        session.put_table("rollout.stages", stages)
    with pytest.raises(InputError, match="this is no table"):
        session.plan.table("recovery.rto")


def test_a_question_is_shown_by_itself_and_saves_into_the_plan_that_is_open(session: Session) -> None:
    widget = Question("recovery", session).show()
    assert widget.alone
    assert widget.start["at"] == "recovery"
    place = "recovery.system-recovery-procedures.rto"
    widget.app.receive({"do": "edit", "place": place, "raw": "20m"})
    assert session.plan.answers[place].value == "20m"  # type: ignore[union-attr]
    widget.close()
    with pytest.raises(InputError, match="did you mean recovery"):
        Question("recovry", session)


def test_a_consideration_or_a_field_is_shown_by_itself(session: Session) -> None:
    part = Question("recovery.system-recovery-procedures", session).show().start["step"]
    assert (part["only"], part["considerations"]["order"]) == (
        "consideration",
        ["recovery.system-recovery-procedures"],
    )
    widget = Question("recovery.rto", session).show()
    alone = widget.start["step"]["considerations"]["items"]["recovery.system-recovery-procedures"]
    assert alone["fields"]["order"] == ["recovery.system-recovery-procedures.rto"]
    assert alone["more"]["order"] == []
    with pytest.raises(InputError, match="did you mean rto"):
        Question("recovery.rt", session)


def test_questions_and_cells_over_one_plan_lose_nothing_of_each_other(session: Session) -> None:
    recovery, release = Question("recovery", session).app, Question("release", session).app
    for app in (recovery, release):
        app.whole()
    rto = "recovery.system-recovery-procedures.rto"
    recovery.receive({"do": "edit", "place": rto, "raw": "20m"})
    stages = session.plan.table("rollout.stages")
    stages.loc[0, "bake_time"] = "3h"
    session.put_table("rollout.stages", stages)
    release.receive({"do": "respond", "place": "release", "raw": "One train a week."})
    saved = store.open(session.given.plan).plan
    assert saved.answers[rto].value == "20m"  # type: ignore[union-attr]
    assert saved.table("rollout.stages").loc[0, "bake_time"] == "3h"
    assert saved.responses["release"] == "One train a week."

    # What a cell has saved is on the other screens with their next sign of life.
    (pong, patch) = recovery.receive({"do": "ping", "n": 1})
    assert (pong["type"], patch["type"]) == ("pong", "patch")
    assert recovery.interview.plan is session.plan
    assert recovery.receive({"do": "ping", "n": 2}) == [{"type": "pong", "n": 2}]


def test_what_somebody_has_changed_in_a_table_meanwhile_is_kept_and_the_same_cell_told(
    session: Session,
) -> None:
    first, other = (session.plan.table("rollout.stages") for _ in range(2))
    other.loc[0, "bake_time"] = "3h"
    session.put_table("rollout.stages", other)
    first.loc[1, "percent"] = 6
    session.put_table("rollout.stages", first[first.name != "Dublin"])
    stages = session.plan.table("rollout.stages")
    assert (stages.loc[0, "bake_time"], stages.loc[1, "percent"]) == ("3h", 6)
    assert "Dublin" not in set(stages.name)
    first.loc[0, "bake_time"] = "4h"
    with pytest.raises(ConflictError, match=r"stages\[canary\]\.bake_time.* theirs is 3h, yours 4h"):
        session.put_table("rollout.stages", first)
