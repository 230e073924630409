"""The files that docs/ shows for schedulers say what this version understands."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path
from typing import Any

import typer
import yaml

from maintplan import resources
from maintplan.cli.app import app
from maintplan.session import Parameters

DOCS = resources.root() / "docs" / "scheduling"


def options() -> set[str]:
    command: Any = typer.main.get_command(app)
    return {option for each in command.commands["batch"].params for option in each.opts}


def test_the_workflow_and_the_job_call_the_batch_with_options_that_it_has() -> None:
    workflow = yaml.safe_load((DOCS / "github-actions.yml").read_text())
    steps = workflow["jobs"]["plans"]["steps"]
    (line,) = (each["run"] for each in steps if "maintplan batch" in each.get("run", ""))
    job = yaml.safe_load((DOCS / "kubernetes-job.yaml").read_text())
    container = job["spec"]["template"]["spec"]["containers"][0]
    for words in (shlex.split(line), container["args"]):
        assert words[:2] == ["maintplan", "batch"]
        assert {each for each in words if each.startswith("-")} <= options()
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")


def test_airflow_gives_parameters_that_the_notebook_knows() -> None:
    tree = ast.parse((DOCS / "airflow.py").read_text())
    (call,) = (
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "PapermillOperator"
    )
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    assert set(given["parameters"]) <= set(Parameters.model_fields)
    assert Path(given["input_nb"]).stem == resources.notebook().stem
