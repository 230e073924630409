"""A batch's own course, with workers that are threads of the test: what changes or fails meanwhile."""

from __future__ import annotations

import errno
import hashlib
import shutil
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from maintplan import resources, yamltext
from maintplan.batch import keys, manifest, running
from maintplan.batch.job import Job, Outcome
from maintplan.errors import SaveError, Where


def prepared(folder: Path, count: int = 3) -> running.Batch:
    template = folder / "ours"
    shutil.copytree(resources.planning_templates() / "maintenance-rollout", template)
    rows = "".join(f"service-{n},./ours\n" for n in range(count))
    (folder / "services.csv").write_text(f"service,template\n{rows}")
    return read(folder)


def read(folder: Path) -> running.Batch:
    path = folder / "services.csv"
    rows = manifest.read(path)
    batch = running.Batch(folder / "out", len(rows))
    running.prepare(batch, rows, path)
    return batch


def threads() -> Executor:
    return ThreadPoolExecutor(1)


def done(job: Job) -> Outcome:
    return Outcome(job.row.service, job.row.folder, job.key, "ok", 0.1)


def edits(template: Path, job: Job) -> Outcome:
    path = template / "template.md"
    path.write_text(path.read_text() + "\n")
    return done(job)


def is_full(job: Job) -> Outcome:
    if job.row.service == "service-1":
        raise SaveError("the disk is full", Where("out"), "make room, then save again")
    return done(job)


def fails(error: Exception, job: Job) -> Outcome:
    if job.row.service == "service-1":
        raise error
    return done(job)


def test_a_template_that_is_changed_in_mid_run_is_noticed(tmp_path: Path) -> None:
    batch = prepared(tmp_path)
    running.run(batch, threads, width=1, call=done)
    assert not batch.templates_changed
    batch = read(tmp_path)
    running.run(batch, threads, width=1, call=partial(edits, tmp_path / "ours"))
    assert batch.templates_changed
    again = read(tmp_path)
    assert {job.key for job in again.jobs.values()}.isdisjoint(job.key for job in batch.jobs.values())


HEAD = "maintplan: 1\ntemplate: {name: maintenance-rollout, version: '1'}\n"


@pytest.mark.parametrize(
    "changed",
    ["plan.yaml", "parent.yaml", "grand.yaml", "grand.approved.yaml", "acme/rules.yaml", "over/rules.yaml"],
)
def test_a_row_is_made_again_when_something_changes_that_its_plan_leads_to(
    tmp_path: Path, changed: str
) -> None:
    for name, more in (
        ("plan.yaml", "layers: [acme]\ninherits:\n- parent.yaml\n"),
        ("parent.yaml", "inherits: [grand.yaml]\n"),
        ("grand.yaml", "layers: [./over]\ninherits: [plan.yaml]\n"),
        ("aside.yaml", ""),
    ):
        (tmp_path / name).write_text(HEAD + more)
    for name in ("acme", "over"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "template.yaml").write_text(f"name: {name}\nfor: {{maintenance-rollout: '1'}}\n")
    (tmp_path / "services.csv").write_text("service,plan\nA,plan.yaml\n")

    def key() -> str:
        return read(tmp_path).jobs["A"].key

    before = key()
    (tmp_path / "aside.yaml").write_text("# another\n")
    assert key() == before
    with (tmp_path / changed).open("a") as file:
        file.write("# changed\n")
    assert key() != before


def test_a_row_is_made_again_when_a_layer_that_it_names_changes(tmp_path: Path) -> None:
    for name in ("acme", "over"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "template.yaml").write_text(f"name: {name}\nfor: {{maintenance-rollout: '1'}}\n")
    (tmp_path / "services.csv").write_text("service,layers\nA,acme; ./over\nB,'[acme'\n")
    before = read(tmp_path)
    (tmp_path / "over" / "rules.yaml").write_text("[]\n")
    after = read(tmp_path)
    assert [before.jobs[each].key == after.jobs[each].key for each in "AB"] == [False, True]


def test_a_full_disk_stops_the_batch_and_is_no_matter_of_one_row(tmp_path: Path) -> None:
    batch = prepared(tmp_path)
    running.run(batch, threads, width=1, call=is_full)
    assert batch.stopped is not None
    assert "the disk is full; make room" in batch.stopped
    assert "service-1" not in batch.outcomes
    assert batch.to_data()["counts"]["not_run"] == batch.left > 0


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ZeroDivisionError("division by zero"), "cell_error", "ZeroDivisionError: division by zero"),
        (OSError(errno.EIO, "Input/output error"), "cell_error", "Input/output error"),
        (RuntimeError("the worker of service-1 ended"), "killed", "the worker of service-1 ended"),
    ],
)
def test_whatever_a_worker_raises_stops_no_other_row(
    tmp_path: Path, error: Exception, kind: Any, words: str
) -> None:
    batch = prepared(tmp_path)
    running.run(batch, threads, width=1, call=partial(fails, error))
    assert [each.outcome for each in batch.in_order()] == ["ok", kind, "ok"]
    assert words in (batch.failed[0].message or "")


@pytest.mark.parametrize(
    "text",
    [
        "template: {name: a, version: '1'}\ninherits: [b.yaml]\nservice:\n  name: x\n",
        "# first\n\nservice: {name: x}\ntemplate:\n  # here\n  name: a\n\n  at: 1\ninherits:\n- b\n- c",
        "service: {name: 'template: b'}\ntemplate : {name: a}\r\nnotes: |\n  template: c\n",
        "template: {name: a}\nlayers:\n  - acme\n  - ./more\ninherits: [b.yaml]\n",
        '{"template": {"name": "a"}, "inherits": ["b.yaml"]}',
        '"template": {name: a}\ninherits: [b.yaml]\n',
        "service: {name: x}\n",
        "---\ntemplate: {name: a}\n...\n",
    ],
)
def test_what_a_plan_names_is_found_without_reading_all_of_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(text.encode())
    whole = yamltext.read(text).data
    digest, named = keys._head(path)
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    assert isinstance(whole, dict)
    for key in ("template", "layers", "inherits"):
        assert named.get(key) == whole.get(key)
