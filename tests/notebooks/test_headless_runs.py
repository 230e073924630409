"""The notebook, run without a screen by stock papermill and by the kit, as a platform team does."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from maintplan import headless, resources, store, template
from maintplan.errors import InputError
from maintplan.plan import approval, stand
from maintplan.session import parameters
from maintplan.summary.blocks import MIME

NOTEBOOK = resources.notebook()


def run(plan: Path, **given: Any) -> tuple[nbformat.NotebookNode, headless.CellError | None]:
    return headless.execute(NOTEBOOK, {"plan": str(plan), **given})


def texts(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    return [
        output["data"][kind]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if kind in output.get("data", {})
    ]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    plan = tmp_path_factory.mktemp("plan") / "plan.yaml"
    shutil.copy(resources.example() / "plan.yaml", plan)
    before = plan.read_bytes()
    notebook, error = run(plan)
    assert error is None
    assert plan.read_bytes() == before, "a run without parameters leaves the plan as it was"
    return notebook


STOCK = """
import contextlib, io, json, sys
from maintplan import lean
with lean.without(*lean.FORMATS, *lean.STORES):
    from papermill.cli import papermill
said = []
for words in json.loads(sys.argv[1]):
    try:
        papermill(words, standalone_mode=False)
        said.append("")
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}")
print(json.dumps(said))
"""
"""papermill's command several times over, loaded once."""


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return the folder of what stock papermill was asked to run, and what it said of each."""
    folder = tmp_path_factory.mktemp("stock")
    shutil.copy(resources.example() / "plan.yaml", folder / "plan.yaml")
    asked = {
        "whole": ["-p", "plan", str(folder / "plan.yaml"), "-r", "service", "007"],
        "mistyped": ["-p", "plan", str(folder / "mistyped.yaml"), "-p", "tierr", "2"],
        "007": ["-p", "plan", str(folder / "number.yaml"), "-p", "service", "007"],
        "1e3": ["-p", "plan", str(folder / "number.yaml"), "-p", "service", "1e3"],
    }
    commands = [
        [str(NOTEBOOK), str(folder / f"{name}.ipynb"), *words, "--no-progress-bar"]
        for name, words in asked.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", STOCK, json.dumps(commands)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder, dict(zip(asked, json.loads(done.stdout.splitlines()[-1]), strict=True))


def test_stock_papermill_runs_the_shipped_notebook(stock: tuple[Path, dict[str, str]]) -> None:
    folder, said = stock
    assert said["whole"] == ""
    executed = nbformat.read(folder / "whole.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    parts = [
        output["data"][MIME]["id"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    assert parts[:3] == ["cover", "standing", "runbook"]
    assert parts[-1] == "sign-off"
    assert store.open(folder / "plan.yaml").plan.service.name == "007"  # as it was typed, by -r


def test_the_ten_sections_are_there_with_their_titles(executed: nbformat.NotebookNode) -> None:
    titles = texts(executed, "text/plain")
    for title in ("Maintenance Runbook", "Versioning Strategy", "Long-term Planning"):
        assert title in titles


def test_nothing_in_the_outputs_depends_on_widget_state(executed: nbformat.NotebookNode) -> None:
    everything = json.dumps(executed)
    assert "application/vnd.jupyter.widget-view+json" not in everything
    assert all(text.strip() for text in texts(executed, "text/plain"))


def test_no_id_of_a_field_is_shown_to_a_reader(executed: nbformat.NotebookNode) -> None:
    prose = "\n".join(texts(executed, "text/markdown"))
    ids = {field.id for field in template.load("maintenance-rollout").fields.values() if "_" in field.id}
    shown = sorted(name for name in ids if f"{name}" in prose.replace("\\_", "_").split())
    assert not shown


def test_a_mistyped_parameter_is_an_error_under_stock_papermill_too(
    stock: tuple[Path, dict[str, str]],
) -> None:
    folder, said = stock
    assert "unknown parameter 'tierr'; did you mean tier?" in said["mistyped"]
    assert not (folder / "mistyped.yaml").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tier": 4}, "tier"),
        ({"confirm": "yes"}, "write True, False or None"),
        ({"artifacts": ["deploy.yaml"]}, "no reader of artifacts is installed"),
        (
            {"answers": {"recovery": {"considerations": {"system-recovery-procedures": {"rto": "soon"}}}}},
            "rto",
        ),
        ({"answers": {"runbok": {}}}, "did you mean runbook?"),
        ({"answers": {"release": {"considerations": {"release-cycle-and-planning": {"cadence": 7}}}}}, "7"),
        ({"let_stand": ["*"]}, "give a name"),
        ({"plan": "postgresql://ana:s3cret@db/plans#directory"}, "password"),
        ({"template": "maintenance-rolout"}, "did you mean maintenance-rollout?"),
        ({"stage": "prod"}, "stage"),
    ],
)
def test_a_wrong_parameter_is_refused_in_one_line_and_writes_nothing(
    tmp_path: Path, given: dict[str, Any], words: str
) -> None:
    _, error = (
        run(tmp_path / "plan.yaml", **given) if "plan" not in given else headless.execute(NOTEBOOK, given)
    )
    assert error is not None
    assert error.exit_code == 2
    assert words in str(error)
    assert "\n" not in str(error)
    assert "s3cret" not in str(error)
    assert list(tmp_path.iterdir()) == []


def test_answers_start_a_plan_and_the_same_call_changes_nothing_the_second_time(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    given: dict[str, Any] = {
        "service": "billing",
        "tier": 3,
        "stage": "prototype",
        "answers": {"recovery": {"considerations": {"system-recovery-procedures": {"rto": "4 hours"}}}},
        "let_stand": ["*"],
        "confirmed_by": "ana",
    }
    _, error = run(plan, **given)
    assert error is None
    first = plan.read_bytes()
    held = store.open(plan).plan
    assert held.service.name == "billing"
    assert stand(held).fields["recovery.system-recovery-procedures.rto"].value == "4h"
    _, error = run(plan, **given)
    assert error is None
    assert plan.read_bytes() == first


@pytest.mark.parametrize("typed", ["007", "1e3"])
def test_what_papermill_changes_is_refused(stock: tuple[Path, dict[str, str]], typed: str) -> None:
    folder, said = stock
    assert "stands where text is declared; give it as it was typed: papermill -r service" in said[typed]
    assert not (folder / "number.yaml").exists()


def test_a_refused_yes_says_what_is_missing_and_leaves_the_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    shutil.copy(resources.example() / "plan.yaml", plan)
    before = plan.read_bytes()
    _, error = run(plan, confirm=True, confirmed_by="ana", role="service-owner")
    assert error is not None
    assert error.exit_code == 1
    assert "the plan is not complete" in str(error)
    assert "compliance-updates-and-validation" in str(error)
    assert plan.read_bytes() == before


def test_a_no_records_its_feedback_and_reopens_the_question(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    shutil.copy(resources.example() / "plan.yaml", plan)
    notebook, error = run(
        plan, confirm=False, confirmed_by="ana", feedback="Name the rota.", reopen=["runbook"]
    )
    assert error is None
    held = store.open(plan).plan
    assert approval.status(held) == "in_review"
    assert list(approval.reopened(held)) == ["runbook"]
    assert any("Name the rota." in text for text in texts(notebook, "text/markdown"))


def test_a_bare_markdown_template_is_interviewed(tmp_path: Path) -> None:
    bare = tmp_path / "ours.md"
    bare.write_text((resources.planning_templates() / "maintenance-rollout" / "template.md").read_text())
    slug = "daily-operational-procedures"
    question = "maintenance-runbook-operational-procedures"
    answers = {question: {"considerations": {slug: {"text": "Look at the **board** at nine."}}}}
    notebook, error = run(
        tmp_path / "plan.yaml", template=str(bare), service="x", tier=3, stage="prototype", answers=answers
    )
    assert error is None
    assert any("Look at the **board** at nine." in text for text in texts(notebook, "text/markdown"))


def test_a_stored_kernel_name_that_is_not_here_does_not_matter(tmp_path: Path) -> None:
    copy = tmp_path / "copy.ipynb"
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    assert notebook.metadata.kernelspec.name == "python3"
    notebook.metadata.kernelspec = {"name": "xyz", "display_name": "xyz", "language": "python"}
    nbformat.write(notebook, copy)  # type: ignore[no-untyped-call]
    _, error = headless.execute(copy, {"plan": str(tmp_path / "plan.yaml")})
    assert error is None


def test_the_shipped_notebook_has_no_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_the_analysts_own_names_are_no_parameters() -> None:
    given = parameters({"plan": "p.yaml", "math": math, "f": lambda: 1, "_x": 3, "In": [], "Out": {}})
    assert given.plan == "p.yaml"
    with pytest.raises(InputError, match="did you mean plan"):
        parameters({"plan": "p.yaml", "plann": "q.yaml"})
