"""Saving: only what changed changes, and a failure leaves everything as it was."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maintplan import atomic, store
from maintplan.errors import SaveError
from maintplan.plan import approval, edits
from maintplan.plan.model import Action, Comment, Plan

STAGES = "rollout.rollout-stages.stages"
RTO = "recovery.recovery-targets.rto"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)


def changed_lines(before: str, after: str) -> list[str]:
    """Lines of `after` that do not stand in `before`, in order."""
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_changing_one_cell_changes_its_line_and_the_revision(written: Path) -> None:
    before = written.read_text()
    file = store.open(written)
    file.save(edits.answer(file.plan, f"{STAGES}[canary].percent", 10))
    after = written.read_text()
    assert changed_lines(before, after) == [
        "revision: 8",
        "          - {name: canary, percent: 10, bake_time: 120m, gate: errors}   # small",
    ]
    assert len(after.splitlines()) == len(before.splitlines())


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (lambda plan: edits.answer(plan, RTO, "2h"), ["        rto: 2h          # agreed in March"]),
        (lambda plan: edits.answer(plan, "recovery.keeps", "false"), ["        keeps: false"]),
        (lambda plan: edits.answer(plan, "recovery.copies", 2), ["        copies: 2"]),
        (lambda plan: edits.own(plan, "rollout.rollout-stages", "ops"), ["        owner: ops"]),
        (lambda plan: edits.describe_service(plan, tier=2), ["  tier: 2"]),
        (
            lambda plan: edits.note_action(plan, Action(id="a1", about="gap")),
            ["actions:", "  - {id: a1, about: gap, state: open}"],
        ),
    ],
)
def test_a_change_shows_as_its_own_lines(
    written: Path, edit: Callable[[Plan], Plan], lines: list[str]
) -> None:
    before = written.read_text()
    file = store.open(written)
    file.save(edit(file.plan))
    found = [line for line in changed_lines(before, written.read_text()) if "revision" not in line]
    assert found == lines


def test_a_save_without_a_change_writes_nothing_and_counts_no_revision(written: Path) -> None:
    before = written.read_bytes()
    stamp = written.stat().st_mtime_ns
    file = store.open(written)
    same = edits.answer(file.plan, RTO, "4h")
    assert file.save(same).revision == 7
    assert written.read_bytes() == before
    assert written.stat().st_mtime_ns == stamp


def test_two_saves_in_a_row_count_two_revisions(written: Path) -> None:
    file = store.open(written)
    first = file.save(edits.answer(file.plan, RTO, "2h"))
    second = file.save(edits.answer(first, RTO, "1h"))
    assert (first.revision, second.revision) == (8, 9)
    assert store.open(written).plan == second


def test_a_status_that_is_no_longer_true_is_mended_by_the_next_save(written: Path) -> None:
    written.write_text(written.read_text().replace("status: draft", "status: complete"))
    file = store.open(written)
    file.save(edits.answer(file.plan, RTO, "2h"))
    assert "status: draft" in written.read_text()


def test_a_file_that_is_not_there_starts_a_new_plan_and_is_written_at_the_first_answer(folder: Path) -> None:
    path = folder / "ledger.yaml"
    file = store.open(path, template="pocket", tier=1, stage="beta")
    assert file.plan.service.name == "ledger"
    assert (file.plan.service.tier, file.plan.service.stage) == (1, "beta")
    assert file.save(file.plan).revision == 0
    assert not path.exists()
    saved = file.save(edits.answer(file.plan, RTO, "2h"))
    assert saved.revision == 1
    again = store.open(path)
    assert again.plan == saved
    assert again.plan.template.name == "pocket"


def test_a_plan_yaml_is_named_after_its_folder(folder: Path) -> None:
    (folder / "billing").mkdir()
    assert store.open(folder / "billing" / "plan.yaml", template="pocket").plan.service.name == "billing"


def test_a_new_plan_can_be_written_before_anything_is_answered(folder: Path) -> None:
    path = folder / "new.yaml"
    file = store.open(path, template="pocket")
    file.save(file.plan, create=True, header="# a comment for editors")
    assert path.read_text().startswith("# a comment for editors\nmaintplan: 1\n")
    assert store.open(path).plan.revision == 1


def test_a_json_plan_is_written_and_changed_as_json(folder: Path) -> None:
    path = folder / "plan.json"
    file = store.open(path, template="pocket")
    file.save(edits.answer(file.plan, RTO, "2h"))
    assert json.loads(path.read_text())["revision"] == 1
    again = store.open(path)
    saved = again.save(edits.answer(again.plan, "recovery.keeps", value := True))
    data = json.loads(path.read_text())
    assert data["answers"]["recovery"]["considerations"]["backups"]["keeps"] is value
    assert store.open(path).plan == saved


def test_windows_line_endings_and_a_byte_order_mark_stay(written: Path) -> None:
    written.write_bytes(b"\xef\xbb\xbf" + written.read_bytes().replace(b"\n", b"\r\n"))
    file = store.open(written)
    file.save(edits.answer(file.plan, RTO, "2h"))
    data = written.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_the_mode_of_the_file_stays_and_a_link_stays_a_link(written: Path, folder: Path) -> None:
    written.chmod(0o640)
    (folder / "elsewhere").mkdir()
    link = folder / "elsewhere" / "linked.yaml"
    link.symlink_to(written)
    file = store.open(link)
    file.save(edits.answer(file.plan, RTO, "2h"))
    assert link.is_symlink()
    assert written.stat().st_mode & 0o777 == 0o640
    assert "rto: 2h" in written.read_text()


# --- a failure leaves everything as it was ---------------------------------------------------------------


def refused(file: store.PlanFile, folder: Path, mend: str) -> SaveError:
    """Save a change, which has to be refused in one line, and check that no file changed."""
    before = files(folder)
    plan = file.plan
    with pytest.raises(SaveError) as caught:
        file.save(edits.answer(plan, RTO, "2h"))
    assert files(folder) == before
    assert file.plan is plan
    assert mend in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{file.path}: ")
    return caught.value


def test_a_read_only_file_is_refused(written: Path, folder: Path) -> None:
    file = store.open(written)
    written.chmod(0o444)
    refused(file, folder, "allow writing")


def test_a_read_only_folder_is_refused(written: Path, folder: Path) -> None:
    file = store.open(written)
    folder.chmod(0o555)
    try:
        refused(file, folder, "save elsewhere")
    finally:
        folder.chmod(0o755)


def test_a_missing_folder_is_refused(folder: Path) -> None:
    file = store.open(folder / "nowhere" / "plan.yaml", template="pocket")
    refused(file, folder, "make the folder")


def test_what_somebody_else_changed_in_the_file_meanwhile_is_kept(written: Path) -> None:
    file = store.open(written)
    theirs = written.read_text().replace("percent: 5,", "percent: 7,") + "# me too\n"
    written.write_text(theirs)
    saved = file.save(edits.answer(file.plan, RTO, "2h"))
    text = written.read_text()
    assert [line for line in changed_lines(theirs, text) if "revision" not in line] == [
        "        rto: 2h          # agreed in March"
    ]
    assert store.open(written).plan == saved


def test_ten_writers_of_a_file_at_once_lose_nothing(written: Path) -> None:
    def write(number: int) -> None:
        kept = store.open(written)
        kept.save(edits.comment(kept.plan, Comment(id=f"c{number}", at=RTO, by="ana", when=NOW, text="seen")))

    revision = store.open(written).plan.revision
    with ThreadPoolExecutor(10) as writers:
        list(writers.map(write, range(10)))
    plan = store.open(written).plan
    assert {each.id for each in plan.comments} >= {f"c{number}" for number in range(10)}
    assert plan.revision == revision + 10


def test_a_folder_in_which_somebody_else_is_saving_is_waited_for_and_then_told(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "WAIT", 0.05)
    kept = store.open(written)
    with atomic.alone(written), pytest.raises(SaveError, match="saving in the same folder; try again"):
        kept.save(edits.answer(kept.plan, RTO, "1h"))
    assert kept.save(edits.answer(kept.plan, RTO, "1h")).revision == kept.plan.revision


def test_the_same_place_changed_in_the_file_meanwhile_is_refused_with_both_values(
    written: Path, folder: Path
) -> None:
    file = store.open(written)
    written.write_text(written.read_text().replace("rto: 4 hours", "rto: 1h").replace("rto: 4h", "rto: 1h"))
    assert "theirs is 1h, yours 2h" in str(refused(file, folder, "open it again"))


def test_a_file_that_somebody_else_is_half_way_through_is_refused(written: Path, folder: Path) -> None:
    file = store.open(written)
    written.write_text(written.read_text() + "answers: [\n")
    assert "somebody else" in refused(file, folder, "mend the file").what


def test_a_file_that_was_deleted_meanwhile_is_refused(written: Path, folder: Path) -> None:
    file = store.open(written)
    written.unlink()
    refused(file, folder, "save it under another name")


def test_a_file_that_somebody_else_made_meanwhile_is_refused(folder: Path) -> None:
    file = store.open(folder / "new.yaml", template="pocket")
    (folder / "new.yaml").write_text("theirs\n")
    refused(file, folder, "open it again")


@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_a_full_disk_leaves_the_file_as_it_was(
    written: Path, folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = store.open(written)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path if step == "replace" else os, step, full)
    error = refused(file, folder, "make room")
    assert error.what == "the disk is full"


def test_a_plan_that_has_become_too_large_is_refused(written: Path, folder: Path) -> None:
    file = store.open(written)
    before = files(folder)
    plan = file.plan
    for index in range(25):
        plan = edits.note_action(plan, Action(id=f"a{index}", about="x" * 90_000))
    with pytest.raises(SaveError, match="can't be written: the file is larger than"):
        file.save(plan)
    assert files(folder) == before


# --- the snapshot of an approved plan ---------------------------------------------------------------------


def approved(plan: Plan) -> Plan:
    return approval.say_yes(plan, by="owner-1", role="service-owner", when=NOW, blocking=(), identity="typed")


def test_a_plan_that_becomes_complete_leaves_a_snapshot_that_is_a_plan(written: Path, folder: Path) -> None:
    file = store.open(written)
    saved = file.save(approved(file.plan))
    assert approval.status(saved) == "complete"
    assert saved.approved is not None
    assert (saved.approved.revision, saved.approved.snapshot) == (8, "plan.approved.yaml")
    assert "status: complete" in written.read_text()
    assert store.open(folder / "plan.approved.yaml").plan == saved
    assert store.open(written).plan == saved


def test_the_snapshot_stays_while_the_plan_goes_on(written: Path, folder: Path) -> None:
    file = store.open(written)
    saved = file.save(approved(file.plan))
    snapshot = folder / "plan.approved.yaml"
    before = snapshot.read_bytes()
    noted = file.save(edits.note_action(saved, Action(id="a1", about="later")))
    assert approval.status(noted) == "complete"
    changed = file.save(edits.answer(noted, RTO, "2h"))
    assert approval.status(changed) == "in_review"
    assert snapshot.read_bytes() == before
    assert changed.approved == saved.approved
    again = file.save(approved(changed))
    assert again.approved is not None
    assert again.approved.revision == again.revision
    assert store.open(snapshot).plan == again


@pytest.mark.parametrize("old", [None, b"the snapshot of last year\n"])
def test_when_the_plan_can_not_be_written_the_old_snapshot_stays(
    written: Path, folder: Path, old: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if old is not None:
        (folder / "plan.approved.yaml").write_bytes(old)
    file = store.open(written)
    before = files(folder)
    replace = Path.replace

    def fails_for_the_plan(self: Path, target: Path) -> Path:
        if Path(target).name == "plan.yaml":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails_for_the_plan)
    with pytest.raises(SaveError):
        file.save(approved(file.plan))
    assert files(folder) == before
