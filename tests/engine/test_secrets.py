"""A password in a parameter reaches no notebook that the engine writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nbformat


def test_a_password_is_handed_on_and_stands_nowhere(tmp_path: Path) -> None:
    made = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = "import os\nprint(plan, len(os.environ['PGPASSWORD']))"
    made.cells = [
        nbformat.v4.new_code_cell("plan = 1", metadata={"tags": ["parameters"]}),  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell(code),  # type: ignore[no-untyped-call]
    ]
    nbformat.write(made, tmp_path / "in.ipynb")  # type: ignore[no-untyped-call]
    address = "postgresql+psycopg://ana:c4nary@db.example/plans#directory"
    command = ["papermill", "--engine", "maintplan", "--no-progress-bar", "-p", "plan", address]
    done = subprocess.run(
        [*command, "in.ipynb", "out.ipynb"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out.ipynb").read_text()
    assert "postgresql+psycopg://ana@db.example/plans#directory 6" in text
    assert "c4nary" not in text + done.stdout + done.stderr
