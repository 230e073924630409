"""One row of a batch: each way in which it can end, and what it leaves."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from maintplan import resources, store
from maintplan.batch import manifest, row
from maintplan.batch.job import Job
from maintplan.engine import process

PLAN = resources.example() / "plan.yaml"
RTO = "recovery.system-recovery-procedures.rto"


def job(folder: Path, text: str, **given: Any) -> Job:
    path = folder / "services.csv"
    path.write_text(text)
    (found,) = manifest.read(path)
    return Job(found, str(path), "services.csv", str(folder / "out"), "key", **given)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(code: str) -> None:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])  # type: ignore[no-untyped-call]
        nbformat.write(made, tmp_path / "notebook.ipynb")  # type: ignore[no-untyped-call]
        monkeypatch.setattr(resources, "notebook", lambda: tmp_path / "notebook.ipynb")

    return use


def test_a_row_makes_plan_notebook_and_documents(tmp_path: Path) -> None:
    shutil.copy(PLAN, tmp_path / "plan.yaml")
    before = (tmp_path / "plan.yaml").read_bytes()
    made = job(tmp_path, f"service,plan,{RTO}\ndirectory,plan.yaml,90 minutes\n")
    outcome = row.run(made)
    assert (outcome.outcome, outcome.message) == ("ok", None)
    folder = tmp_path / "out" / "directory"
    assert store.open(folder / "plan.yaml").plan.answers[RTO] != store.open(PLAN).plan.answers[RTO]
    assert {each.suffix for each in folder.iterdir()} >= {".ipynb", ".html", ".yaml"}
    assert (tmp_path / "plan.yaml").read_bytes() == before
    assert str(tmp_path) not in (folder / "executed.ipynb").read_text().replace(str(resources.notebook()), "")
    assert row.remembered(made) is not None
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["directory"]


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        (f"service,{RTO}\nx,soon\n", RTO, f"services.csv:2, {RTO}: 'soon' is not a duration"),
        ("service,tier\nx,9\n", "tier", "services.csv:2, tier: the tier is '9'; write 1, 2 or 3"),
        ("service,plan\nx,nowhere.yaml\n", "plan", "there is no such plan file"),
        ("service,answers\nx,nowhere.yaml\n", "answers", "nowhere.yaml"),
        ("service,recovery.nothing.rto\nx,1h\n", "recovery.nothing.rto", "unknown consideration"),
        (
            "service,stage\nx,prod\n",
            "stage",
            "services.csv:2, stage: the stage is 'prod'; write prototype",
        ),
        ("service,answers\nx,{a: [\n", "answers", "services.csv:2, answers: the cell:"),
        ("service,artifacts\nx,deploy.yaml\n", "artifacts", "no reader of artifacts"),
        ("service,plan\nx,postgresql://ana:s3cret@db/plans#x\n", "plan", "password"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(tmp_path: Path, text: str, path: str, words: str) -> None:
    outcome = row.run(job(tmp_path, text))
    assert (outcome.outcome, outcome.path) == ("input_error", path)
    assert words in (outcome.message or "")
    assert "s3cret" not in json.dumps(outcome.to_data())
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("code", "given", "kind", "words"),
    [
        ("1 / 0", {}, "cell_error", "division by zero"),
        ("while True: pass", {"timeout": 3}, "timeout", "within 3 seconds"),
        ("held = bytearray(32 << 30)", {"memory": 8192}, "out_of_memory", "wanted more than 8192 MB"),
        ("import os; os._exit(7)", {}, "killed", "ended with exit code 7"),
        ("import os; os.kill(os.getpid(), 9)", {}, "killed", "killed by signal 9"),
    ],
)
def test_what_stops_a_notebook_is_told_apart(
    tmp_path: Path, notebook: Any, code: str, given: dict[str, Any], kind: str, words: str
) -> None:
    notebook(f"print('begun', flush=True); {code}" if "while" not in code else f"print('begun')\n{code}")
    outcome = row.run(job(tmp_path, "service\nx\n", **given))
    assert outcome.outcome == kind
    assert outcome.cell == 2  # the first is the cell of parameters
    assert words in (outcome.message or "")
    partial = nbformat.read(tmp_path / "out" / "x" / "failed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    ended = [each.metadata.papermill for each in partial.cells if "papermill" in each.metadata]
    assert [each.status for each in ended] == ["completed", "failed"]
    assert all(each.duration >= 0 and each.end_time for each in ended)
    assert (partial.metadata.papermill.exception, partial.metadata.language_info.name) == (True, "python")
    assert (partial.cells[-1].outputs[0].text, partial.cells[-1].execution_count) == ("begun\n", 2)


def test_memory_that_runs_out_bit_by_bit_is_told_too(tmp_path: Path, notebook: Any) -> None:
    notebook("held = []\nwhile True: held.append(bytearray(1 << 20)); print(len(held))")
    most = (psutil.Process().memory_info().data >> 20) + 200
    outcome = row.run(job(tmp_path, "service\nx\n", memory=most))
    assert outcome.outcome == "out_of_memory"
    assert outcome.message == f"cell 2 of the notebook wanted more than {most} MB, see --memory-limit"


def test_a_row_is_the_same_in_one_fork_and_with_a_kernel_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for forks in (True, False):
        monkeypatch.setattr(process, "forks", lambda forks=forks: forks)
        outcome = row.run(replace(job(tmp_path, "service\nx\n"), out=str(tmp_path / str(forks))))
        assert outcome.outcome == "ok", outcome.message
        files = {path.name: path.read_bytes() for path in (tmp_path / str(forks) / "x").iterdir()}
        notebook = nbformat.reads(files.pop("executed.ipynb"), as_version=4)  # type: ignore[no-untyped-call]
        shown = [
            (each.source, each.execution_count, each.outputs) for each in notebook.cells if "outputs" in each
        ]
        about = json.loads(files.pop(row.MEMORY))["facts"]
        del notebook.metadata["papermill"]
        made.append((shown, notebook.metadata, files, about))
    assert made[0] == made[1]


def test_a_row_sees_nothing_of_the_row_before_it(tmp_path: Path, notebook: Any) -> None:
    notebook(
        "import os, sys, json\n"
        "assert 'leak' not in globals() and not hasattr(json, 'leak') and 'LEAK' not in os.environ\n"
        "assert 'leak' not in sys.path and os.path.exists('plan.yaml')\n"
        "leak = json.leak = 1; os.environ['LEAK'] = 'x'; sys.path.insert(0, 'leak'); os.chdir('/')\n"
        "raise ValueError('saw nothing')"
    )
    for name in ("a", "b"):
        outcome = row.run(job(tmp_path, f"service\n{name}\n"))
        assert "saw nothing" in (outcome.message or "")


def test_a_failing_row_keeps_what_an_earlier_run_made(tmp_path: Path, notebook: Any) -> None:
    made = job(tmp_path, "service\nx\n")
    assert row.run(made).outcome == "ok"
    before = (tmp_path / "out" / "x" / "executed.ipynb").read_bytes()
    notebook("1 / 0")
    assert row.run(made).outcome == "cell_error"
    assert (tmp_path / "out" / "x" / "executed.ipynb").read_bytes() == before
    assert (tmp_path / "out" / "x" / "failed.ipynb").exists()


def test_a_plan_that_inherits_finds_the_other_from_its_new_folder(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    shutil.copy(PLAN, tmp_path / "plans" / "platform.yaml")
    text = "maintplan: 1\ntemplate: {name: maintenance-rollout, version: '1'}\ninherits: [platform.yaml]\n"
    (tmp_path / "plans" / "plan.yaml").write_text(text + "service: {name: x, tier: 2, stage: production}\n")
    outcome = row.run(job(tmp_path, "service,plan\nx,plans/plan.yaml\n"))
    assert outcome.outcome == "ok", outcome.message
    assert store.open(tmp_path / "out" / "x" / "plan.yaml").plan.inherits == ("../../plans/platform.yaml",)
