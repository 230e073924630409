"""Plans that were written for an earlier version of their template: nothing that was answered is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from maintplan import store, template
from maintplan.errors import InputError
from maintplan.plan import document, edits, stand
from maintplan.plan.model import Given
from maintplan.yamltext import read

POCKET = Path(__file__).parents[2] / "data" / "pocket"
OLD = """\
# written by hand
maintplan: 1
template: {name: pocket, version: "1"}
service: {name: notes, tier: 2, stage: production}
revision: 4
answers:
  rollout:
    considerations:
      rollout-stages:
        stages:
          - {name: canary, percent: 5, bake_time: 2h, gate: errors}   # small
        gates: [{gate: errors, threshold: 1 %}]
        first_gate: errors
  recovery:
    considerations:
      recovery-targets: {rto: 4h, rpo: 5m}    # agreed in March
      backups: {copies: 3}
accepted_risks:
  - {rule: r, at: "rollout.rollout-stages.stages[canary].bake_time", reason: x, by: ana, until: 2027-01-01}
comments:
  - {id: c1, at: recovery.recovery-targets.rpo, by: ana, when: 2026-11-20T09:00:00Z, text: enough?}
"""
CHANGES = """\
"2":
  - {renamed: {from: rollout.stages.bake_time, to: rollout.stages.watch_for}}
  - {renamed: {from: recovery.rpo, to: recovery.data_loss}}
  - {dropped: rollout.first_gate, why: asked elsewhere}
"3":
  - {renamed: {from: recovery.data_loss, to: recovery.loss}}
  - {dropped: recovery.copies}
"""


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with version 3 of the template and a plan that was written for version 1."""
    bank = tmp_path / "pocket"
    shutil.copytree(POCKET, bank)
    text = (bank / "fields.yaml").read_text(encoding="utf-8")
    text = text.replace("bake_time:", "watch_for:").replace("rpo:", "loss:")
    lines = [line for line in text.splitlines() if "first_gate" not in line and "copies" not in line]
    (bank / "fields.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (bank / "recommendations.yaml").unlink()
    (bank / "template.yaml").write_text('name: pocket\nversion: "3"\n', encoding="utf-8")
    (bank / "changes.yaml").write_text(CHANGES, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(OLD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_renamed_fields_and_columns_take_their_answers_along(newer: Path) -> None:
    plan = store.open(newer / "plan.yaml").plan
    assert plan.answers["recovery.recovery-targets.loss"] == Given("5m")
    stages = plan.answers["rollout.rollout-stages.stages"]
    assert isinstance(stages, Given)
    assert stages.value == [{"name": "canary", "percent": 5, "watch_for": "2h", "gate": "errors"}]


def test_what_has_no_place_any_more_is_kept_as_retired(newer: Path) -> None:
    plan = store.open(newer / "plan.yaml").plan
    assert plan.retired == {"rollout.rollout-stages.first_gate": "errors", "recovery.backups.copies": "3"}
    assert "recovery.backups.copies" not in stand(plan).fields


def test_places_that_risks_and_comments_name_go_along(newer: Path) -> None:
    plan = store.open(newer / "plan.yaml").plan
    assert plan.accepted_risks[0].at == "rollout.rollout-stages.stages[canary].watch_for"
    assert plan.comments[0].at == "recovery.recovery-targets.loss"


def test_opening_an_old_plan_writes_nothing_and_saving_it_keeps_its_comments(newer: Path) -> None:
    path = newer / "plan.yaml"
    file = store.open(path)
    assert path.read_text(encoding="utf-8") == OLD
    saved = file.save(edits.answer(file.plan, "recovery.rto", "2h"))
    text = path.read_text(encoding="utf-8")
    for kept in ("# written by hand", "# small", "# agreed in March", 'version: "3"', "loss: 5m", "rto: 2h"):
        assert kept in text
    assert store.open(path).plan == saved
    assert saved.retired["rollout.rollout-stages.first_gate"] == "errors"


def test_retired_answers_stay_through_every_later_save(newer: Path) -> None:
    path = newer / "plan.yaml"
    file = store.open(path)
    file.save(edits.answer(file.plan, "recovery.rto", "2h"))
    again = store.open(path)
    again.save(edits.answer(again.plan, "recovery.rto", "1h"))
    assert store.open(path).plan.retired == {
        "rollout.rollout-stages.first_gate": "errors",
        "recovery.backups.copies": "3",
    }


def test_a_plan_of_a_newer_version_is_refused(newer: Path) -> None:
    path = newer / "plan.yaml"
    path.write_text(OLD.replace('version: "1"', 'version: "4"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"plan\.yaml:3, .*version 4 of pocket; version 3 is here; update"):
        store.open(path)


def test_under_its_own_version_an_unknown_field_is_an_error() -> None:
    text = read(OLD.replace("rpo: 5m", "loss: 5m"))
    with pytest.raises(InputError, match="unknown field 'loss'"):
        document.read(text.data, template.load(POCKET), text)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ('"3": [{renamed: {from: recovery.rpo, to: recovery.los}}]', "did you mean recovery.loss?"),
        ('"3": [{dropped: recovery.loss}]', "recovery.loss is dropped, and still there"),
        ('"3": [{why: because}]', "a change is one or the other"),
        ('"3": [{renamed: {from: recovery.rpo, to: rollout.stages.watch_for}}]', "can't become"),
    ],
)
def test_a_wrong_change_is_refused_with_its_line(newer: Path, changes: str, said: str) -> None:
    (newer / "pocket" / "changes.yaml").write_text(changes, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        template.load("pocket", beside=newer)
    assert said in str(caught.value)
    assert "changes.yaml:1" in str(caught.value)
