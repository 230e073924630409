from __future__ import annotations

import shutil
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of plans that finds the pocket template, with the working directory in it."""
    monkeypatch.setenv("MAINTPLAN_TEMPLATES", str(DATA))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def written(folder: Path) -> Path:
    """A plan file that somebody wrote by hand, with comments and in words of their own."""
    shutil.copy(DATA / "store" / "plan.yaml", folder / "plan.yaml")
    return folder / "plan.yaml"
