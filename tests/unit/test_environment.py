"""What is declared twice says the same twice: pyproject.toml, environment.yml, the version, the lock file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import maintplan

CHECKOUT = Path(__file__).resolve().parents[2]
# Where conda-forge's name is another one than PyPI's.
CONDA_NAMES = {"tzdata": "python-tzdata", "matplotlib": "matplotlib-base"}
ONLY_FOR_CONDA = {"python", "pip"}


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CHECKOUT / name).read_text(encoding="utf-8"))


def project() -> dict[str, Any]:
    return toml("pyproject.toml")["project"]  # type: ignore[no-any-return]


def conda() -> tuple[dict[str, str], list[str]]:
    """Return conda's own requirements (name -> versions) and the lines of its pip section."""
    listed = yaml.safe_load((CHECKOUT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    own = [Requirement(line) for line in listed if isinstance(line, str)]
    by_pip: list[str] = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    return {canonicalize_name(r.name): str(r.specifier) for r in own}, by_pip


def test_conda_gets_the_same_packages_in_the_same_versions() -> None:
    own, by_pip = conda()
    for name in ONLY_FOR_CONDA:
        own.pop(name)
    pipped = [Requirement(line) for line in by_pip if not line.startswith("-")]
    got = own | {canonicalize_name(r.name): str(r.specifier) for r in pipped}
    declared = [Requirement(line) for line in project()["dependencies"]]
    wanted = {
        CONDA_NAMES.get(canonicalize_name(r.name), canonicalize_name(r.name)): str(r.specifier)
        for r in declared
    }
    assert got == wanted


def test_conda_asks_for_the_same_python_and_installs_the_checkout() -> None:
    own, by_pip = conda()
    assert own["python"] == project()["requires-python"]
    assert "--editable ." in by_pip


def test_the_version_is_the_same_everywhere() -> None:
    assert project()["version"] == maintplan.__version__
    locked = toml("uv.lock")["package"]
    assert [p["version"] for p in locked if p["name"] == "maintplan"] == [maintplan.__version__]


def test_every_dependency_is_locked() -> None:
    locked = toml("uv.lock")["package"]
    names = {package["name"] for package in locked}
    wanted = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    assert wanted <= names


def test_the_lock_file_names_only_the_public_index() -> None:
    locked = toml("uv.lock")["package"]
    sources = {p["source"]["registry"] for p in locked if "registry" in p["source"]}
    assert sources == {"https://pypi.org/simple"}
