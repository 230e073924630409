"""The wheel works in an empty environment, far from the checkout.

One environment is made for the whole file: the wheel with the locked versions of what it needs. A test that
needs an installed copy asks for `installed` and runs commands by it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.packaging

CHECKOUT = Path(__file__).resolve().parents[2]
FOREIGN = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH"}


def uv() -> str:
    beside = CHECKOUT / ".venv" / "uv" / "bin" / "uv"  # where the Makefile puts it when there is none
    found = shutil.which("uv") or (str(beside) if beside.exists() else None)
    if found is None:
        pytest.fail("uv is not there; run the tests by: make test")
    return found


def call(*command: str | Path, cwd: Path) -> str:
    """Run a command without anything of the checkout or of its environment, and return what it prints."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in FOREIGN and not name.startswith("PYTEST_")
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    call(uv(), "build", "--quiet", "--wheel", "--out-dir", folder, "--python", sys.executable, cwd=CHECKOUT)
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """A copy of maintplan in an environment of its own, and an empty folder to work in."""

    environment: Path
    folder: Path

    def run(self, command: str, *arguments: str | Path) -> str:
        return call(self.environment / "bin" / command, *arguments, cwd=self.folder)

    def python(self, code: str) -> str:
        return self.run("python", "-c", code)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = folder / "environment"
    python = environment / "bin" / "python"
    versions = folder / "locked.txt"
    export = ("export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-project", "--no-hashes")
    versions.write_text(call(uv(), *export, cwd=CHECKOUT), encoding="utf-8")
    call(uv(), "venv", "--quiet", "--python", sys.executable, environment, cwd=folder)
    call(uv(), "pip", "install", "--quiet", "--python", python, "-c", versions, wheel, cwd=folder)
    work = folder / "work"
    work.mkdir()
    return Installed(environment, work)


def test_the_wheel_holds_what_ships_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"maintplan"}
    beside = [name.partition(".data/")[2] for name in names if ".data/" in name]
    assert beside == ["data/etc/jupyter/jupyter_server_config.d/maintplan.json"], "for Lab's export menu"
    assert "maintplan/py.typed" in names
    for folder in ("templates", "notebooks", "examples"):
        shipped = {name for name in names if name.startswith(f"maintplan/_resources/{folder}/")}
        assert shipped, folder
    assert not [name for name in names if "__pycache__" in name or ".ipynb_checkpoints" in name]


def test_an_installed_copy_finds_its_own_files(installed: Installed) -> None:
    code = """
import json, maintplan, maintplan.resources as r
print(json.dumps([maintplan.__file__, str(r.notebook()), str(r.planning_templates()), str(r.example())]))
"""
    for path in json.loads(installed.python(code)):
        assert Path(path).is_relative_to(installed.environment)
        assert Path(path).exists()


def test_an_installed_copy_is_listed_where_others_look(installed: Installed) -> None:
    code = """
from importlib.metadata import entry_points, version
print(version("maintplan"))
print(*sorted(e.name for e in entry_points(group="nbconvert.exporters") if e.value.startswith("maintplan")))
"""
    version, exporters = installed.python(code).splitlines()
    assert version == "0.1.0"
    assert "maintplan-html" in exporters.split()
    for command in (("maintplan",), ("python", "-m", "maintplan")):
        assert installed.run(*command, "--version").split() == ["maintplan", version]


def test_an_installed_copy_makes_the_example_s_report_with_one_command(installed: Installed) -> None:
    example = installed.python("import maintplan.resources as r; print(r.example())").strip()
    plan = installed.folder / "plan.yaml"
    plan.write_bytes((Path(example) / "plan.yaml").read_bytes())
    said = installed.run("maintplan", "run", plan, "-o", "report")
    report = installed.folder / "report" / "maintenance-documentation.html"
    assert "maintenance-documentation.html" in said
    assert "<script" not in report.read_text(encoding="utf-8").lower()


def test_an_installed_copy_works_with_the_stock_tools(installed: Installed) -> None:
    notebook = installed.python("import maintplan.resources as r; print(r.notebook())").strip()
    plan = installed.folder / "new.yaml"
    parameters = ("-p", "plan", plan, "-p", "service", "billing", "-p", "tier", "3")
    installed.run("papermill", notebook, "out.ipynb", *parameters, "--no-progress-bar")
    installed.run("jupyter", "nbconvert", "--to", "maintplan-html", "out.ipynb")
    assert "billing: maintenance and rollout plan" in (installed.folder / "out.html").read_text(
        encoding="utf-8"
    )


def test_an_installed_copy_starts_a_plan_from_a_bare_markdown_template(installed: Installed) -> None:
    shipped = installed.python("import maintplan.resources as r; print(r.planning_templates())").strip()
    words = Path(shipped) / "maintenance-rollout" / "template.md"
    bare = installed.folder / "ours.md"
    bare.write_bytes(words.read_bytes())
    installed.run("maintplan", "new", "billing", "--template", bare, "--tier", "3", "-o", "bare.yaml")
    assert "name: billing" in (installed.folder / "bare.yaml").read_text(encoding="utf-8")
