"""Where planning templates and layers are found.

In this order: beside the plan file (where a Markdown file alone will do as well), in the folders named by
``MAINTPLAN_TEMPLATES``, in the package. A name with a separator in it, or one that ends in ``.md``, is a
path.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from maintplan import resources
from maintplan.errors import InputError, Where, unknown
from maintplan.template.slugs import slug

_LONGEST = 255
"""Characters of a file's name, at most, on the usual file systems."""

_SHOWN = 200


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
    return sorted({entry.name for folder in folders(beside) for entry in _entries(folder)})


def template(name: str, beside: Path | None = None) -> Path:
    """Return the folder or Markdown file of a template.

    Raises
    ------
    InputError
        When there is none; the mend is the closest name that exists.
    """
    if _is_path(name) or name.endswith(".md"):
        return _path(name, beside, "template")
    for folder in folders(beside) if _is_name(name) else ():
        if _is_file(folder / name / "template.md"):
            return folder / name
    for file in sorted(beside.glob("*.md")) if beside is not None else ():
        if slug(file.stem) == name:  # what a plan calls a template that is a Markdown file alone
            return file
    if _is_name(name) and Path(name).exists():
        return _path(name, beside, "template")
    raise unknown("template", name, names(beside))


def layer(name: str, beside: Path | None = None) -> Path:
    """Return the folder of a layer.

    Raises
    ------
    InputError
        When there is none.
    """
    if _is_path(name):
        return _path(name, beside, "layer")
    for folder in folders(beside) if _is_name(name) else ():
        if _is_file(folder / name / "template.yaml"):
            return folder / name
    mend = "put its folder beside the plan file, or name its parent folder in MAINTPLAN_TEMPLATES"
    raise InputError(f"there is no layer {name[:80]!r}", Where(), mend)


def _entries(folder: Path) -> list[Path]:
    try:
        return [entry for entry in folder.iterdir() if _is_file(entry / "template.md")]
    except OSError:  # not there, not a folder, or not to be read: it holds no template for us
        return []


def _is_path(name: str) -> bool:
    return "/" in name or os.sep in name or name in {".", ".."}


def _is_name(name: str) -> bool:
    return name not in ("", ".", "..") and len(name) <= _LONGEST and "\0" not in name


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # such as a folder that may not be looked into
        return False


def _path(name: str, beside: Path | None, what: str) -> Path:
    path = Path(name)
    try:
        if not path.is_absolute() and beside is not None and (beside / path).exists():
            path = beside / path
        if path.exists():
            return (
                path.resolve() if ".." in path.parts else path
            )  # errors name it, from wherever they are read
    except (OSError, ValueError):  # too long, or with a null character: no file can have such a name
        pass
    raise InputError(f"there is no such {what}", Where(file=name[:_SHOWN]), "check the path")
