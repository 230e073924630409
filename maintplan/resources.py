"""Where the files that ship with maintplan lie: templates, notebooks, examples, fonts.

In an installed copy they are inside the package, in ``maintplan/_resources``; in a checkout (an editable
install, or a run from the source tree) they are the folders of the same names at the repository's root.
This module only names paths. It reads none of the files and knows nothing of what is in them.
"""

from __future__ import annotations

from pathlib import Path

from maintplan.errors import InputError, unknown

_PACKAGE = Path(__file__).resolve().parent


def root() -> Path:
    """Return the folder that holds ``templates``, ``notebooks`` and ``examples``.

    Raises
    ------
    InputError
        Neither place has them: the installation is damaged.
    """
    for place in (_PACKAGE / "_resources", _PACKAGE.parent):
        if (place / "templates").is_dir():
            return place
    raise InputError(
        "the files that ship with maintplan (templates, notebooks, examples) are not there",
        mend="install maintplan again",
    )


def planning_templates() -> Path:
    """Return the folder of the planning templates, one folder each."""
    return root() / "templates" / "planning"


def report_template() -> Path:
    """Return the folder of the report's nbconvert template."""
    return root() / "templates" / "report"


def app_template() -> Path:
    """Return the folder of the app's Voilà template."""
    return root() / "templates" / "app"


def fonts() -> Path:
    """Return the folder of the fonts, with their ``fonts.css`` and licences."""
    return root() / "templates" / "fonts"


def notebook(name: str = "maintenance_plan") -> Path:
    """Return the path of a notebook.

    Parameters
    ----------
    name
        The notebook's file name without its ending.

    Raises
    ------
    InputError
        There is no such notebook; the closest name is the mend.
    """
    folder = root() / "notebooks"
    known = {path.stem: path for path in folder.glob("*.ipynb")}
    if name not in known:
        raise unknown("notebook", name, known)
    return known[name]


def example(name: str = "directory") -> Path:
    """Return the folder of an example.

    Parameters
    ----------
    name
        The example's folder name.

    Raises
    ------
    InputError
        There is no such example; the closest name is the mend.
    """
    folder = root() / "examples"
    known = {path.name: path for path in folder.glob("[!._]*") if path.is_dir()}
    if name not in known:
        raise unknown("example", name, known)
    return known[name]
