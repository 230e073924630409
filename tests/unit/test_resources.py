"""The files that ship with maintplan are found from a checkout and from an installed copy alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from maintplan import resources
from maintplan.errors import InputError

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make maintplan.resources believe that it lies in a site-packages folder."""
    package = tmp_path / "site-packages" / "maintplan"
    shipped = package / "_resources"
    (shipped / "templates" / "planning").mkdir(parents=True)
    (shipped / "notebooks").mkdir()
    (shipped / "notebooks" / "maintenance_plan.ipynb").write_text("{}", encoding="utf-8")
    (shipped / "examples" / "directory").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    return shipped


def test_a_checkout_serves_its_own_folders() -> None:
    assert resources.root() == CHECKOUT
    assert resources.planning_templates() == CHECKOUT / "templates" / "planning"
    assert resources.report_template() == CHECKOUT / "templates" / "report"
    assert resources.fonts() == CHECKOUT / "templates" / "fonts"


def test_an_installed_copy_serves_the_folders_inside_the_package(installed: Path) -> None:
    assert resources.root() == installed
    assert resources.planning_templates() == installed / "templates" / "planning"
    assert resources.notebook() == installed / "notebooks" / "maintenance_plan.ipynb"
    assert resources.example("directory") == installed / "examples" / "directory"


@pytest.mark.usefixtures("installed")
def test_a_mistyped_name_is_an_error_that_names_the_closest() -> None:
    with pytest.raises(InputError, match="did you mean maintenance_plan"):
        resources.notebook("maintenence_plan")
    with pytest.raises(InputError, match="did you mean directory"):
        resources.example("direktory")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["../directory", "..", ".", "", "/etc", "directory/.."])
def test_a_name_never_leads_out_of_its_folder(name: str) -> None:
    with pytest.raises(InputError):
        resources.example(name)
    with pytest.raises(InputError):
        resources.notebook(name)


def test_a_damaged_installation_is_one_plain_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "maintplan")
    with pytest.raises(InputError, match="install maintplan again"):
        resources.root()


def test_every_font_that_the_style_sheet_names_is_there_with_a_licence() -> None:
    style = (resources.fonts() / "fonts.css").read_text(encoding="utf-8")
    named = {part.split(")")[0] for part in style.split("url(")[1:] if ".woff2" in part.split(")")[0]}
    named.discard("NAME.woff2")
    present = {path.name for path in resources.fonts().glob("*.woff2")}
    assert named == present
    licences = {path.stem.removeprefix("OFL-") for path in resources.fonts().glob("OFL-*.txt")}
    assert all(any(name.startswith(licence) for licence in licences) for name in present)
