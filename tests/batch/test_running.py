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
    assert [named.get(key) for key in ("template", "inherits")] == [
        whole.get(key) for key in ("template", "inherits")
    ]
