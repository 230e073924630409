"""A template's YAML files, with the entries of the layers laid over them key by key.

What a key may hold is said in `files`; that every entry fits something is for those who build the template
of them. Whatever the layers, `Layered.where` knows the file and line that an entry comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from maintplan import yamltext
from maintplan.documents import check, path_text
from maintplan.errors import InputError, Where
from maintplan.template import files

M = TypeVar("M", bound=BaseModel)
KeyPath = tuple[str | int, ...]
Refuse = Callable[[KeyPath, Any, Where], None]


@dataclass
class Layered(Generic[M]):
    """A file as its model reads it, layers included.

    Attributes
    ----------
    entries
        What it says.
    data
        The same as plain data.
    laid
        Which file was laid over which part, in that order; the first is the whole.
    """

    entries: M
    data: Any
    laid: list[tuple[KeyPath, yamltext.Document]]

    def where(self, *path: str | int) -> Where:
        """Return file and line of an entry."""
        found = (document for prefix, document in reversed(self.laid) if path[: len(prefix)] == prefix)
        return _where(next(found), path)


@dataclass(frozen=True)
class Sources:
    """The folders of one template.

    Attributes
    ----------
    folder
        The template's own; None when it is a Markdown file alone.
    layers
        The folders of the layers, the last one on top.
    """

    folder: Path | None
    layers: tuple[Path, ...] = ()

    @property
    def folders(self) -> Sequence[Path]:
        """All of them, the topmost last."""
        return (*((self.folder,) if self.folder else ()), *self.layers)

    def read(self, folder: Path | None, name: str, top: str = "mapping") -> yamltext.Document | None:
        """Read one file of one folder, if it is there."""
        if folder is None or not (folder / name).exists():
            return None
        return yamltext.read_file(folder / name, top=top)

    def layered(
        self,
        name: str,
        model: type[M],
        *,
        refuse: Refuse | None = None,
        added: frozenset[str] = frozenset(),
    ) -> Layered[M] | None:
        """Read a file with the layers' entries over it; None when there is none.

        Parameters
        ----------
        name
            The file's name.
        model
            What it has to be.
        refuse
            Raises for an entry of a layer that the files below have no such entry for.
        added
            Keys whose text or list a layer adds to, where others replace what stands there.
        """
        found: Layered[M] | None = None
        for folder in self.folders:
            document = self.read(folder, name)
            if document is None:
                continue
            laid: list[tuple[KeyPath, yamltext.Document]] = [((), document)]
            if folder == self.folder:
                data: Any = document.data
            else:
                laid = list(found.laid) if found else laid
                data = _Laying(document, laid, refuse, added).over(
                    found.data if found else {}, document.data, ()
                )
            found = Layered(check(model, data, document), data, laid)
        return found

    def head(self, default: str) -> files.TemplateFile:
        """Read ``template.yaml``: the template's name and version."""
        document = self.read(self.folder, "template.yaml")
        if document is None:
            return files.TemplateFile(name=default)
        return check(files.TemplateFile, document.data, document)

    def check_layers(self, head: files.TemplateFile) -> None:
        """Refuse a layer that is not for this template, or not for this version of it."""
        for folder in self.layers:
            document = self.read(folder, "template.yaml")
            if document is None:
                mend = "write in it what the layer is `for`"
                raise InputError("a layer needs a template.yaml", Where(str(folder)), mend)
            entry = check(files.TemplateFile, document.data, document)
            fits = entry.layer_for or {}
            if head.name not in fits:
                where = _where(document, ("for",))
                mend = f'write for: {{{head.name}: "{head.version}"}}'
                raise InputError(f"the layer {entry.name} is not for {head.name}", where, mend)
            if fits[head.name] != head.version:
                where = _where(document, ("for", head.name))
                for_ = f"version {fits[head.name]} of {head.name}"
                what = f"the layer {entry.name} is for {for_}, not {head.version}"
                raise InputError(
                    what, where, f'check it against version {head.version}, then write "{head.version}"'
                )


@dataclass(frozen=True)
class _Laying:
    """One layer's file on its way over what stands below it."""

    document: yamltext.Document
    laid: list[tuple[KeyPath, yamltext.Document]]
    refuse: Refuse | None
    added: frozenset[str]

    def over(self, base: Any, top: Any, path: KeyPath) -> Any:
        if isinstance(base, dict) and isinstance(top, dict):
            merged = dict(base)
            for key, value in top.items():
                inner = (*path, key)
                if key in base:
                    merged[key] = self.over(base[key], value, inner)
                    continue
                if self.refuse is not None:
                    self.refuse(inner, base, _where(self.document, inner))
                self.laid.append((inner, self.document))
                merged[key] = self.over({}, value, inner) if isinstance(value, dict) else value
            return merged
        if path and path[-1] in self.added:
            if isinstance(base, str) and isinstance(top, str):
                return self._laid(path, f"{base.rstrip()}\n\n{top}")
            if isinstance(base, list) and isinstance(top, list):
                return [*base, *top]
        return self._laid(path, top)

    def _laid(self, path: KeyPath, value: Any) -> Any:
        self.laid.append((path, self.document))
        return value


def _where(document: yamltext.Document, path: KeyPath) -> Where:
    return Where(document.name, document.line(path), path_text(path) or None)
