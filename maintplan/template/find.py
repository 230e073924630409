"""Where planning templates and layers are found.

In this order: beside the plan file (where a Markdown file alone will do as well), in the folders named by
``MAINTPLAN_TEMPLATES``, in the package. A name with a separator in it, or one that ends in ``.md``, is a path.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from maintplan import resources
from maintplan.errors import InputError, Where, unknown
from maintplan.template import markdown


def folders(beside: Path | None = None) -> Iterator[Path]:
    """Yield the folders that hold templates, nearest first."""
    if beside is not None:
        yield beside
    for entry in os.environ.get("MAINTPLAN_TEMPLATES", "").split(os.pathsep):
        if entry:
            yield Path(entry)
    yield resources.planning_templates()


def names(beside: Path | None = None) -> list[str]:
    """Return the names of all templates that can be found, without those hidden by a nearer one."""
    found = {
        entry.name
        for folder in folders(beside)
        if folder.is_dir()
        for entry in folder.iterdir()
        if (entry / "template.md").is_file()
    }
    return sorted(found)


def template(name: str, beside: Path | None = None) -> Path:
    """Return the folder or Markdown file of a template.

    Raises
    ------
    InputError
        When there is none; the mend is the closest name that exists.
    """
    if os.sep in name or name.endswith(".md"):
        return _path(name, beside)
    for folder in folders(beside):
        if (folder / name / "template.md").is_file():
            return folder / name
    for file in sorted(beside.glob("*.md")) if beside is not None else ():
        if markdown.slug(file.stem) == name:  # what a plan calls a template that is a Markdown file alone
            return file
    if Path(name).is_dir():
        return _path(name, beside)
    raise unknown("template", name, names(beside))


def layer(name: str, beside: Path | None = None) -> Path:
    """Return the folder of a layer."""
    if os.sep in name:
        return _path(name, beside)
    for folder in folders(beside):
        if (folder / name / "template.yaml").is_file():
            return folder / name
    mend = "put its folder beside the plan file, or name its parent folder in MAINTPLAN_TEMPLATES"
    raise InputError(f"there is no layer {name!r}", Where(), mend)


def _path(name: str, beside: Path | None) -> Path:
    path = Path(name)
    if not path.is_absolute() and beside is not None and (beside / path).exists():
        path = beside / path
    if not path.exists():
        raise InputError("there is no such template", Where(file=name), "check the path")
    return path
