"""`jupyter nbconvert` on something that is no plan: one line and an exit code, as everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from maintplan.errors import InputError
from maintplan.reporting import MaintplanHTMLExporter
from maintplan.summary.blocks import MIME

JUPYTER = Path(sys.executable).with_name("jupyter")


def notebook(part: object = None) -> nbformat.NotebookNode:
    outputs = [new_output("display_data", {MIME: part})] if part else []  # type: ignore[no-untyped-call]
    return new_notebook(cells=[new_code_cell(outputs=outputs)])  # type: ignore[no-untyped-call, no-any-return]


@pytest.mark.parametrize(
    ("part", "options", "said"),
    [
        (
            None,
            ["--SelectDeliverable.name=runbook"],
            "plan.ipynb: this notebook holds no documents; run all",
        ),
        ({"blocks": 3}, [], "plan.ipynb: the part in the output of code cell 1 can't be read; run the note"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(
    tmp_path: Path, part: object, options: list[str], said: str
) -> None:
    nbformat.write(notebook(part), tmp_path / "plan.ipynb")  # type: ignore[no-untyped-call]
    command = [
        str(JUPYTER),
        "nbconvert",
        "--log-level=ERROR",
        "--to",
        "maintplan-html",
        "plan.ipynb",
        *options,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "plan.html").exists()


def test_a_program_gets_the_error_itself() -> None:
    with pytest.raises(InputError, match="can't be read"):
        MaintplanHTMLExporter().from_notebook_node(notebook({"blocks": 3}))
