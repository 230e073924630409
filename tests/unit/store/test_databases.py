"""Plans in a database: kept with every revision, saved by several people at once, listed and compared."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from maintplan import store
from maintplan.errors import ConflictError, InputError, SaveError
from maintplan.plan import approval, edits
from maintplan.plan.model import Comment, CrossItem, Given, Input, NotApplicable, Plan
from maintplan.plan.standing import stand
from maintplan.store import database, migrating
from maintplan.store.authors import authors
from maintplan.store.database import Database
from maintplan.store.records import PlanRecord
from maintplan.store.tables import plans, revisions

STAGES = "rollout.rollout-stages.stages"
RTO = "recovery.recovery-targets.rto"
RPO = "recovery.recovery-targets.rpo"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def opened(address: str) -> PlanRecord:
    found = store.open(address, template="pocket")
    assert isinstance(found, PlanRecord)
    return found


def begun(place: str, name: str = "directory") -> PlanRecord:
    """Keep a plan with two stages, and return it."""
    record = opened(f"{place}#{name}")
    plan = edits.answer(
        record.plan, STAGES, [{"name": "canary", "percent": 5}, {"name": "all", "percent": 100}]
    )
    record.save(edits.answer(plan, RTO, "4h"), by="ana", when=NOW)
    return record


def test_a_new_plan_is_kept_at_the_first_answer(place: str) -> None:
    record = opened(f"{place}#directory")
    assert not record.exists
    assert record.plan.service.name == "directory"
    assert record.save(record.plan).revision == 0
    assert store.list_plans(place) == []
    saved = record.save(edits.answer(record.plan, RTO, "4h"), by="ana", when=NOW)
    assert saved.revision == 1
    again = store.open(f"{place}#directory")
    assert again.exists
    assert again.plan == saved


def test_looking_for_a_plan_makes_no_database(folder: Path) -> None:
    assert not store.open("sqlite:///plans.db#x", template="pocket").exists
    assert store.list_plans("sqlite:///plans.db") == []
    assert list(folder.iterdir()) == []


def test_every_revision_stays_with_its_author_and_moment(place: str) -> None:
    record = begun(place)
    later = NOW + dt.timedelta(hours=2)
    record.save(edits.answer(record.plan, RTO, "2h"), by="ben", when=later)
    kept = [(each.number, each.by, each.when) for each in record.revisions()]
    assert kept == [(1, "ana", NOW), (2, "ben", later)]
    first = store.open(f"{place}#directory@1")
    assert first.plan.answers[RTO] == Given("4h")
    with pytest.raises(SaveError, match="past revision"):
        first.save(edits.answer(first.plan, RTO, "1h"))
    with pytest.raises(InputError, match="no revision 9 of directory; the newest is 2"):
        store.open(f"{place}#directory@9")


def test_a_save_without_a_change_keeps_no_revision(place: str) -> None:
    record = begun(place)
    assert record.save(edits.answer(record.plan, RTO, "4h")).revision == 1
    assert len(record.revisions()) == 1


def test_different_places_of_two_writers_are_both_kept(place: str) -> None:
    begun(place)
    ana, ben = opened(f"{place}#directory"), opened(f"{place}#directory")
    ana.save(edits.answer(ana.plan, f"{STAGES}[canary].percent", 10), by="ana")
    assert ben.changed()
    merged = ben.save(edits.answer(ben.plan, f"{STAGES}[canary].bake_time", "1h"), by="ben")
    assert merged.revision == 3
    row = {"name": "canary", "percent": 10, "bake_time": "1h"}
    assert merged.answers[STAGES] == Given([row, {"name": "all", "percent": 100}])
    assert not ben.changed()
    assert ana.changed()
    assert ana.reload() == merged


def test_the_same_place_is_refused_with_both_values_and_nothing_is_lost(place: str) -> None:
    begun(place)
    ana, ben = opened(f"{place}#directory"), opened(f"{place}#directory")
    ana.save(edits.answer(ana.plan, RTO, "2h"), by="ana")
    mine = edits.answer(edits.answer(ben.plan, RTO, "1h"), RPO, "5m")
    with pytest.raises(ConflictError) as caught:
        ben.save(mine, by="ben")
    (clash,) = caught.value.clashes
    assert (clash.place, clash.before, clash.mine, clash.theirs) == (RTO, "4h", "1h", "2h")
    assert "theirs is 2h, yours 1h" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert ana.reload().answers[RTO] == Given("2h")
    # Having seen both, ben decides.
    decided = ben.save(edits.answer(ben.reload(), RTO, "1h"), by="ben")
    assert decided.answers[RTO] == Given("1h")


def test_the_same_change_twice_is_one_change(place: str) -> None:
    begun(place)
    ana, ben = opened(f"{place}#directory"), opened(f"{place}#directory")
    ana.save(edits.answer(ana.plan, RTO, "2h"))
    assert ben.save(edits.answer(ben.plan, RTO, "2h")).revision == 2


def test_twenty_writers_at_once_lose_nothing(place: str) -> None:
    begun(place)
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            record = opened(f"{place}#directory")
            remark = Comment(id=f"c{number}", at=RTO, by=f"writer {number}", when=NOW, text="seen")
            record.save(edits.comment(record.plan, remark), by=f"writer {number}")
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert failures == []
    record = opened(f"{place}#directory")
    assert {each.id for each in record.plan.comments} == {f"c{number}" for number in range(20)}
    assert record.plan.revision == 21


def test_two_who_begin_the_same_plan_at_once_keep_both_their_answers(place: str) -> None:
    ana, ben = opened(f"{place}#directory"), opened(f"{place}#directory")
    ana.save(edits.answer(ana.plan, RTO, "4h"))
    both = ben.save(edits.answer(ben.plan, RPO, "5m"))
    assert (both.answers[RTO], both.answers[RPO]) == (Given("4h"), Given("5m"))
    assert both.revision == 2


def test_a_plan_that_was_deleted_meanwhile_is_not_brought_back_silently(place: str) -> None:
    record = begun(place)
    with Database(record.address).writing() as connection:
        connection.execute(revisions.delete())
        connection.execute(plans.delete())
    with pytest.raises(SaveError, match="was deleted since it was opened; save it under another name"):
        record.save(edits.answer(record.plan, RTO, "1h"))
    other = opened(f"{place}#rescued")
    assert other.save(edits.answer(record.plan, RTO, "1h")).revision == 1


def test_the_list_says_what_each_plan_is(place: str) -> None:
    begun(place, "directory")
    billing = begun(place, "billing")
    billing.save(edits.describe_service(billing.plan, tier=1), by="ben", when=NOW)
    first, second = store.list_plans(place)
    assert (first.name, first.tier, first.revision, first.by, first.when) == ("billing", 1, 2, "ben", NOW)
    assert (second.name, second.stage, second.status) == ("directory", "production", "draft")


def test_an_address_without_a_name_says_which_there_are(place: str) -> None:
    begun(place)
    with pytest.raises(InputError, match=r"no plan in it; write one of its plans after it: #directory"):
        store.open(place)


def test_the_approved_revision_stays_what_later_ones_are_compared_with(place: str) -> None:
    record = begun(place)
    complete = _confirmed(record.plan)
    saved = record.save(complete)
    assert approval.status(saved) == "complete"
    assert saved.approved is not None
    assert saved.approved.snapshot == f"directory@{saved.revision}"
    record.save(edits.answer(saved, RTO, "1h"))
    again = store.open(f"{place}#directory")
    assert again.plan.approved == saved.approved
    assert again.approved() == saved


def test_a_store_knows_who_changed_what_since_the_approval(place: str) -> None:
    record = begun(place)
    saved = record.save(_confirmed(record.plan), by="ana", when=NOW)
    assert authors(record) == {}
    saved = record.save(edits.answer(saved, RTO, "1h"), by="ben", when=NOW)
    saved = record.save(edits.answer(saved, RPO, "1m"), by="cyn", when=NOW)
    stages = [{"name": "canary", "percent": 10}, {"name": "all", "percent": 100}]
    record.save(edits.answer(saved, STAGES, stages), by="dan", when=NOW)
    found = authors(record)
    assert (found[RTO], found[RPO]) == ("ben", "cyn")
    assert {by for at, by in found.items() if at.startswith(STAGES)} == {"dan"}


def test_plans_of_one_store_inherit_from_each_other_and_from_files(place: str, folder: Path) -> None:
    base = opened(f"{place}#postgres")
    base.save(edits.answer(base.plan, RTO, "1h"))
    (folder / "cloud.yaml").write_text(
        "maintplan: 1\ntemplate: {name: pocket}\nservice: {name: cloud}\n"
        "answers: {recovery: {considerations: {recovery-targets: {rpo: 5m}}}}\n"
    )
    record = opened(f"{place}#directory")
    record.save(replace(record.plan, inherits=("#postgres", "cloud.yaml")))
    again = store.open(f"{place}#directory").plan
    assert again.inherited[RTO].answer == Given("1h")
    assert (again.inherited[RTO].plan, again.inherited[RTO].origin) == ("postgres", "#postgres")
    assert again.inherited[RPO].origin == "cloud.yaml"
    assert stand(again).fields[RTO].state == "inherited"
    # A file inherits from a plan in a store, too.
    (folder / "notes.yaml").write_text(
        f"template: {{name: pocket}}\ninherits: ['{place}#directory']\nservice: {{name: notes}}\n"
    )
    assert store.open(folder / "notes.yaml").plan.inherited[RTO].answer == Given("1h")


def test_what_is_inherited_comes_from_the_approved_revision(place: str) -> None:
    base = begun(place, "postgres")
    base.save(_confirmed(base.plan))
    base.save(edits.answer(base.plan, RTO, "9h"))
    record = opened(f"{place}#directory")
    record.save(replace(record.plan, inherits=("#postgres",)))
    inherited = store.open(f"{place}#directory").plan.inherited[RTO]
    assert (inherited.answer, inherited.approved) == (Given("4h"), True)


def test_a_stored_document_is_the_plan_file_s(place: str) -> None:
    record = begun(place)
    with Database(record.address).reading() as connection:
        text = connection.execute(select(revisions.c.document)).scalar()
    assert json.loads(str(text)) == approval.document(record.plan)


def _confirmed(plan: Plan) -> Plan:
    """Answer all that is asked, and let everybody say Yes."""
    plan = edits.answer(plan, "rollout.gates", [{"gate": "errors", "threshold": "1 %"}])
    for place, value in (
        ("rollout.published", "false"),
        (RPO, "5m"),
        ("recovery.keeps", "true"),
        ("recovery.interval", "daily"),
    ):
        plan = edits.answer(plan, place, value)
    plan = edits.provide_input(plan, "alert-rules", Input(status="missing"))
    for item in ("secure-backups", "access-review"):
        plan = edits.cross_cut(plan, "security-privacy", item, CrossItem(status="met"))
    plan = edits.cross_cut(plan, "responsible-ai", None, NotApplicable(not_applicable="No AI."))
    plan = approval.say_yes(plan, by="ana", role="service-owner", when=NOW, blocking=())
    return approval.say_yes(plan, by="ben", role="operations", when=NOW, blocking=())


def test_a_database_of_an_older_version_is_brought_up_to_date_and_refused_by_the_older_one(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = begun(place).plan
    newer = tmp_path / "newer"
    shutil.copytree(database.MIGRATIONS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    (newer / "versions" / "r0002_remarks.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '0002', '0001'\n"
        "def upgrade():\n    op.add_column('maintplan_plans', sa.Column('remark', sa.Text))\n"
    )
    with monkeypatch.context() as updated:
        updated.setattr(database, "MIGRATIONS", newer)
        updated.setattr(migrating, "MIGRATIONS", newer)
        updated.setattr(database, "HEAD", "0002")
        with ThreadPoolExecutor(4) as people:  # all at once, as when a server starts its pages
            found = list(people.map(lambda _: opened(f"{place}#directory").plan, range(4)))
        assert found == [before] * 4
        with Database(opened(f"{place}#directory").address).reading() as connection:
            assert "remark" in {each["name"] for each in inspect(connection).get_columns("maintplan_plans")}
    with pytest.raises(InputError, match="written by a newer version of maintplan; update maintplan"):
        store.open(f"{place}#directory")
