"""Inheriting: the answers that flow in from other plans."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from maintplan import store
from maintplan.errors import InputError
from maintplan.plan import approval, edits
from maintplan.plan.model import Given, NotApplicable
from maintplan.plan.standing import stand

NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
RTO = "recovery.recovery-targets.rto"
RPO = "recovery.recovery-targets.rpo"


def plan(path: Path, *inherits: str, answers: str = "{}", tier: int = 3) -> Path:
    """Write a plan of the pocket template; `answers` are those of the question about recovery."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "maintplan: 1\ntemplate: {name: pocket}\n"
        + (f"inherits: [{', '.join(inherits)}]\n" if inherits else "")
        + f"service: {{name: {path.stem}, tier: {tier}}}\nrevision: 1\n"
        + f"answers: {{recovery: {{considerations: {answers}}}}}\n"
    )
    return path


def test_an_answer_flows_in_where_the_plan_has_none(folder: Path) -> None:
    plan(folder / "platform" / "postgres.yaml", answers="{recovery-targets: {rto: 1h, rpo: 5m}}")
    mine = plan(folder / "notes.yaml", "platform/postgres.yaml", answers="{recovery-targets: {rpo: 1m}}")
    opened = store.open(mine).plan
    inherited = opened.inherited[RTO]
    assert inherited.answer == Given("1h")
    assert (inherited.plan, inherited.origin) == ("postgres", "platform/postgres.yaml")
    assert not inherited.approved
    fields = stand(opened).fields
    assert (fields[RTO].state, fields[RTO].value) == ("inherited", "1h")
    assert (fields[RPO].state, fields[RPO].value) == ("decided", "1m")


def test_the_first_plan_in_the_list_wins_and_recommendations_stay_where_they_are(folder: Path) -> None:
    plan(folder / "one.yaml", answers="{recovery-targets: {rpo: 5m}}", tier=2)
    plan(folder / "two.yaml", answers="{recovery-targets: {rto: 2h, rpo: 9m}}")
    opened = store.open(plan(folder / "notes.yaml", "one.yaml", "two.yaml")).plan
    assert opened.inherited[RPO].answer == Given("5m")
    assert opened.inherited[RTO].answer == Given("2h")


def test_what_flows_in_flows_on(folder: Path) -> None:
    plan(folder / "base" / "cloud.yaml", answers="{recovery-targets: {rto: 1h}}")
    plan(folder / "platform" / "postgres.yaml", "../base/cloud.yaml")
    opened = store.open(plan(folder / "notes.yaml", "platform/postgres.yaml")).plan
    assert opened.inherited[RTO].plan == "cloud"
    assert opened.inherited[RTO].origin == "base/cloud.yaml"


def test_what_is_said_of_a_whole_consideration_flows_in(folder: Path) -> None:
    plan(folder / "base.yaml", answers="{backups: {not_applicable: Keeps nothing.}}")
    opened = store.open(plan(folder / "notes.yaml", "base.yaml")).plan
    answer = opened.inherited["recovery.backups.keeps"].answer
    assert answer == NotApplicable(not_applicable="Keeps nothing.")


def test_what_the_plan_says_of_a_whole_consideration_comes_before_what_flows_in(folder: Path) -> None:
    plan(folder / "base.yaml", answers="{recovery-targets: {rto: 1h}}")
    own = "{recovery-targets: {not_applicable: A toy.}}"
    standing = stand(store.open(plan(folder / "notes.yaml", "base.yaml", answers=own)).plan).fields[RTO]
    assert standing.state == "not_applicable"
    assert standing.value is None


def test_an_approved_plan_is_read_from_its_snapshot_and_counts_as_decided(folder: Path) -> None:
    base = store.open(
        plan(folder / "base.yaml", answers="{recovery-targets: {rto: 1h, rpo: 5m}, backups: {keeps: 'true'}}")
    )
    whole = edits.not_applicable(base.plan, "rollout.rollout-stages", "One machine.")
    whole = edits.not_applicable(whole, "rollout.release-notes", "One reader.")
    for each in whole.template.cross_cutting:
        no = NotApplicable(not_applicable="A toy.")
        whole = edits.cross_cut(whole, each.id, None, no)
    saved = base.save(approval.say_yes(whole, by="owner-1", role="service-owner", when=NOW, blocking=()))
    assert saved.approved is not None
    base.save(edits.answer(saved, RTO, "9h"))
    opened = store.open(plan(folder / "notes.yaml", "base.yaml")).plan
    assert opened.inherited[RTO].answer == Given("1h")
    assert opened.inherited[RTO].approved
    assert stand(opened).fields[RTO].state == "decided"
    (folder / "base.approved.yaml").unlink()
    with pytest.raises(InputError, match=r"base\.yaml:\d+, approved\.snapshot: .* is not there"):
        store.open(folder / "notes.yaml")


def test_letting_an_inherited_value_stand_survives_saving(folder: Path) -> None:
    plan(folder / "base.yaml", answers="{recovery-targets: {rto: 1h}}")
    file = store.open(plan(folder / "notes.yaml", "base.yaml"))
    saved = file.save(edits.let_stand(file.plan, [RTO], by="ops-lead", when=NOW))
    again = store.open(folder / "notes.yaml").plan
    assert again == saved
    assert again.provenance[RTO].origin == "base, base.yaml"
    assert stand(again).fields[RTO].state == "decided"


def test_a_plan_of_another_template_gives_what_fits(folder: Path) -> None:
    bank = folder / "small"
    bank.mkdir()
    pocket = Path(__file__).parents[2] / "data" / "pocket"
    (bank / "template.md").write_text((pocket / "template.md").read_text())
    (bank / "fields.yaml").write_text(
        "recovery: {considerations: {recovery-targets: {fields: {"
        "rto: {kind: duration, label: Back within}, rpo: {kind: text, label: Lose}}}}}\n"
    )
    base = plan(folder / "base.yaml", answers="{recovery-targets: {rto: 1h, rpo: little}}")
    base.write_text(base.read_text().replace("pocket", "small"))
    opened = store.open(plan(folder / "notes.yaml", "base.yaml")).plan
    assert set(opened.inherited) == {RTO}


@pytest.mark.parametrize("length", [1, 2, 3])
def test_plans_that_inherit_from_each_other_are_named_in_order(folder: Path, length: int) -> None:
    names = [f"{letter}.yaml" for letter in "abc"[:length]]
    for name, following in zip(names, [*names[1:], names[0]], strict=True):
        plan(folder / name, following)
    with pytest.raises(InputError) as caught:
        store.open("a.yaml")
    error = caught.value
    assert " -> ".join([*names, names[0]]) in error.what
    assert error.where.line == 3
    assert error.where.file == names[-1]
    assert error.mend == "take one of them out of inherits"


def test_two_ways_to_the_same_plan_are_no_circle(folder: Path) -> None:
    plan(folder / "d.yaml", answers="{recovery-targets: {rto: 1h}}")
    plan(folder / "b.yaml", "d.yaml")
    plan(folder / "c.yaml", "d.yaml")
    assert store.open(plan(folder / "a.yaml", "b.yaml", "c.yaml")).plan.inherited[RTO].plan == "d"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("gone.yaml", "there is no plan 'gone.yaml' to inherit from; check the path"),
        ('"sqlite:///plans.db#base"', "plans.db#base' to inherit from; check the path"),
        ('"sqlite:///plans.db"', "names a database and no plan in it"),
        ('"postgresql://me:s3cret@db/plans#base"', "holds a password"),
    ],
)
def test_what_is_no_plan_to_inherit_from_is_named(folder: Path, written: str, words: str) -> None:
    plan(folder / "notes.yaml", written)
    with pytest.raises(InputError) as caught:
        store.open("notes.yaml")
    assert words in str(caught.value)
    assert (caught.value.where.line, caught.value.where.path) == (3, "inherits[#1]")
    assert "s3cret" not in str(caught.value)


def test_an_error_in_the_other_plan_names_that_plan(folder: Path) -> None:
    plan(folder / "platform" / "base.yaml", answers="{recovery-targets: {rto: soon}}")
    plan(folder / "notes.yaml", "platform/base.yaml")
    with pytest.raises(InputError, match=r"^platform/base\.yaml:5, recovery\.recovery-targets\.rto: 'soon'"):
        store.open("notes.yaml")
