"""What `examples/review/` holds for a pull request and for a commit does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft4Validator

from maintplan import resources

DATA = Path(__file__).parents[2] / "data"
ROOT = Path(__file__).parents[3]
BEFORE = """maintplan: 1
template: {name: maintenance-rollout, version: "1"}
service: {name: notes, tier: 1, stage: production}
"""
AFTER = (
    BEFORE
    + """answers:
  recovery:
    considerations:
      recovery-testing-and-validation:
        last_restore_test: {none: Never tried.}
"""
)


def shell(folder: Path, script: str, **given: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    who = dict.fromkeys(names, "a@example.org")
    env = {**os.environ, **who, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, **given}
    called = ["bash", "-e", "-c", script]
    return subprocess.run(
        called, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def change(tmp_path: Path) -> Path:
    """A check-out whose last commit changes one plan of two."""
    (tmp_path / "ops").mkdir()
    (tmp_path / "plan.yaml").write_text(BEFORE)
    (tmp_path / "ops" / "plan.yaml").write_text(BEFORE)
    assert shell(tmp_path, "git init -q && git add -A && git commit -qm one").returncode == 0
    (tmp_path / "ops" / "plan.yaml").write_text(AFTER)
    assert shell(tmp_path, "git commit -qam two").returncode == 0
    return tmp_path


def test_the_action_shows_the_findings_of_the_changed_plan_and_stops_at_a_high_one(change: Path) -> None:
    action = yaml.safe_load((resources.root() / "examples" / "review" / "review.yml").read_text())
    scripts = [each["run"] for each in action["jobs"]["review"]["steps"] if "run" in each]
    _, reviewing, stopping = scripts
    done = shell(change, reviewing, BASE="HEAD~1", GITHUB_OUTPUT="output.txt")
    assert done.returncode == 0, done.stderr
    assert (change / "output.txt").read_text() == "found=true\n"
    log = json.loads((change / "review.sarif").read_text())
    Draft4Validator(json.loads((DATA / "schemas" / "sarif-2.1.0.json").read_text())).validate(log)
    at = [each["locations"][0]["physicalLocation"] for each in log["runs"][0]["results"]]
    assert {each["artifactLocation"]["uri"] for each in at} == {"ops/plan.yaml"}
    assert 8 in {each["region"]["startLine"] for each in at}
    assert shell(change, stopping).returncode != 0


def test_the_hook_names_the_command_and_the_files_of_plans() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "maintplan review"
    for path, is_plan in {
        "plan.yaml": True,
        "a/b/plan.json": True,
        "plan.yml": True,
        "myplan.yaml": False,
    }.items():
        assert bool(re.search(hook["files"], path)) is is_plan
    used = yaml.safe_load((resources.root() / "examples" / "review" / "pre-commit-config.yaml").read_text())
    assert [each["id"] for each in used["repos"][0]["hooks"]] == [hook["id"]]
