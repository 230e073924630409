"""Digests of all that a row's results depend on: an unchanged one need not be run again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import maintplan
from maintplan import resources, store, yamltext
from maintplan.batch.job import Job
from maintplan.batch.manifest import Row
from maintplan.errors import MaintplanError
from maintplan.plan import document
from maintplan.store import address
from maintplan.template import find

_NAMING = re.compile(r"^(template|layers|inherits) *:.*\n(?:[ \t#-].*\n|\r?\n)*", re.MULTILINE)
"""What of a plan file names other files, each with the lines below it."""
_OTHERWISE = re.compile(r"^[^a-z#\s-]|^---", re.MULTILINE)
"""A line of a text that has not one plain key after the other."""


class Keys:
    """Digests for the rows of one batch; each file that many rows share is read once.

    Parameters
    ----------
    folder
        The manifest's, in which its paths begin.

    Attributes
    ----------
    banks
        The templates and layers that the rows use, each with its digest.
    """

    def __init__(self, folder: Path) -> None:
        self.banks: dict[Path, str] = {}
        self._folder = folder
        self._tree, self._found = cache(tree), cache(_found)
        self._plans: dict[Path, Any] = {}

    def keyed(self, job: Job) -> Job:
        """Return a job with its key."""
        row, cells = job.row, job.row.cells
        said: dict[str, Any] = {
            **self._all,
            "row": [row.service, dict(cells), dict(row.places)],
            "formats": job.formats,
        }
        if "plan" in cells:
            said["plan"] = self._plan(cells["plan"], self._folder)
        if "plan" not in cells or "template" in cells:
            name = cells.get("template", store.files.DEFAULT_TEMPLATE)
            said["banks"] = self._banks([name], _listed(row, "layers"))
        said["inherits"] = [self._plan(each, self._folder) for each in _listed(row, "inherits")]
        if "answers" in cells and not cells["answers"].lstrip().startswith("{"):
            said["answers"] = self._tree(self._folder / cells["answers"])
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return replace(job, key=_digest(text))

    @cached_property
    def _all(self) -> dict[str, str]:
        """What the results of all rows depend on."""
        return {
            "version": maintplan.__version__,
            "notebook": tree(resources.notebook()),
            "words": tree(resources.root() / "templates" / "words"),
            "look": tree(resources.report_template()),
        }

    def _banks(self, templates: Sequence[str], layers: Sequence[str], *beside: Path) -> list[str]:
        """Return digests of templates and layers, wherever each may be found."""
        found = [
            path
            for look, names in ((find.template, templates), (find.layer, layers))
            for name in names
            for folder in (*beside, self._folder)
            for path in self._found(look, name, folder)
        ]
        for path in found:
            self.banks[path] = self._tree(path)
        return [self.banks[path] for path in found]

    def _plan(self, named: str, folder: Path) -> Any:
        """Return digests of a plan and of all that it names in its turn."""
        try:
            if address.kind(named) != "path":
                return self._stored(named, folder)
            path = folder / named
            if path not in self._plans:
                self._plans[path] = None  # plans that inherit from each other: the row's run says so
                digest, data = _head(path)
                approved = tree(path.with_name(f"{path.stem}.approved{path.suffix}"))
                self._plans[path] = [digest, approved, self._named(data, path.parent)]
        except MaintplanError:  # likewise
            return None
        return self._plans[path]

    def _stored(self, named: str, folder: Path) -> Any:
        """Return digests of a plan in a database; what flows in from others is known when it is open."""
        plan = store.open(named).plan
        data = document.to_data(plan)
        inherited = {place: repr(each) for place, each in sorted(plan.inherited.items())}
        return [data, inherited, self._named({**data, "inherits": []}, folder)]

    def _named(self, data: Mapping[str, Any], folder: Path) -> list[Any]:
        """Return digests of the templates, layers and plans that a plan names."""
        template = data.get("template")
        name = template.get("name") if isinstance(template, dict) else None
        layers, inherits = (_texts(data.get(each)) for each in ("layers", "inherits"))
        banks = self._banks([str(name)] if name else [], layers, folder)
        return [banks, [self._plan(each, folder) for each in inherits]]


def changed(banks: Mapping[Path, str]) -> bool:
    """Say whether a template or layer is not as it was."""
    return any(tree(path) != digest for path, digest in banks.items())


def _found(look: Callable[[str, Path], Path], name: str, folder: Path) -> list[Path]:
    with contextlib.suppress(MaintplanError):  # where it is nowhere, the row's run says so
        return [look(name, folder).resolve()]
    return []


def _listed(row: Row, column: str) -> list[str]:
    with contextlib.suppress(MaintplanError):  # likewise
        return row.listed(column)
    return []


def _texts(data: Any) -> list[str]:
    return [str(each) for each in data] if isinstance(data, list) else []


def _head(path: Path) -> tuple[str, dict[str, Any]]:
    """Return a digest of a plan file, and what of it names other files.

    Thousands of plans are looked through before a batch begins; reading each as a whole takes as long as a
    tenth of its documents. A text that is not as the kit writes it is read as a whole.
    """
    if path.is_file() and path.stat().st_size <= yamltext.MAX_BYTES:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = path.read_bytes().decode()
            found = list(_NAMING.finditer(f"{text}\n"))
            twice = len({each[1] for each in found}) < len(found)
            if found and not twice and not _OTHERWISE.search(text):
                return _digest(text), _data(yamltext.read("".join(each[0] for each in found), str(path)))
    whole = yamltext.read_file(path)
    return _digest(whole.text), _data(whole)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _data(found: yamltext.Document) -> dict[str, Any]:
    return found.data if isinstance(found.data, dict) else {}


def tree(path: Path) -> str:
    """Return a digest of a file or folder; of what is not there, of nothing."""
    digest = hashlib.sha256()
    try:
        files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
        for each in files:
            digest.update(each.name.encode("utf-8", "surrogateescape"))
            digest.update(each.read_bytes())
    except OSError:
        digest.update(b"unreadable")
    return digest.hexdigest()
