"""Digests of all that a row's results depend on: an unchanged one need not be run again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import maintplan
from maintplan import resources, store, yamltext
from maintplan.batch.job import Job
from maintplan.errors import MaintplanError
from maintplan.plan import document
from maintplan.store import address
from maintplan.template import find

_NAMING = re.compile(r"^(template|inherits) *:.*\n(?:[ \t#-].*\n|\r?\n)*", re.MULTILINE)
"""What of a plan file names other files, each with the lines below it."""
_OTHERWISE = re.compile(r"^[^a-z#\s-]|^---", re.MULTILINE)
"""A line of a text that has not one plain key after the other."""


class Keys:
    """Digests for the rows of one batch; each file that many rows share is read once."""

    def __init__(self) -> None:
        self._tree = cache(_tree)
        self._head = cache(_head)
        self._template = cache(lambda name, base: _tree(_where(name, base)))

    def keyed(self, job: Job) -> Job:
        """Return a job with its key."""
        row = job.row
        base = Path(job.manifest).parent
        said: dict[str, Any] = {
            **self._all,
            "row": [row.service, dict(row.cells), dict(row.places)],
            "formats": job.formats,
        }
        names = [row.cells.get("template", store.files.DEFAULT_TEMPLATE)]
        if "plan" in row.cells:
            said["plan"], more = self._plan(row.cells["plan"], base)
            names += more
        if "answers" in row.cells and not row.cells["answers"].lstrip().startswith("{"):
            said["answers"] = self._tree(base / row.cells["answers"])
        said["templates"] = [self._template(name, base) for name in names]
        said["named"] = [
            self._tree(base / each.strip())
            for column in ("inherits", "layers")
            for each in row.cells.get(column, "").strip("[]").split(",")
            if each.strip()
        ]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return replace(job, key=_digest(text))

    @cached_property
    def _all(self) -> dict[str, str]:
        """What the results of all rows depend on."""
        return {
            "version": maintplan.__version__,
            "notebook": _tree(resources.notebook()),
            "words": _tree(resources.root() / "templates" / "words"),
            "look": _tree(resources.report_template()),
        }

    def templates(self, jobs: Mapping[str, Job]) -> str:
        """Return a digest of the templates alone, to see whether one was changed."""
        names = {(job.row.cells.get("template", ""), job.manifest) for job in jobs.values()}
        found = [_tree(_where(name, Path(manifest).parent)) for name, manifest in sorted(names)]
        return _digest("".join(found))

    def _plan(self, named: str, base: Path) -> tuple[Any, list[str]]:
        try:
            if address.kind(named) != "path":
                return document.to_data(store.open(named).plan), []
            path = base / named
            digest, data = self._head(path)
        except MaintplanError:  # the row's run will say so
            return None, []
        template = data.get("template")
        name = template.get("name") if isinstance(template, dict) else None
        inherits = data.get("inherits")
        others = inherits if isinstance(inherits, list) else []
        beside = [self._tree(path.parent / str(each)) for each in others]
        approved = self._tree(path.with_name(f"{path.stem}.approved{path.suffix}"))
        return [digest, beside, approved], [str(name)] if name else []


def _where(name: str, base: Path) -> Path:
    try:
        return find.template(name or store.files.DEFAULT_TEMPLATE, base)
    except MaintplanError:
        return base / "nowhere"


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


def _tree(path: Path) -> str:
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
