"""The formats that documents come in, by the names that people give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from maintplan.errors import MissingExtra, Where, unknown

if TYPE_CHECKING:
    from maintplan.reporting.source import Leaf, Rendered


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes
    ----------
    name
        What people call it.
    ending
        How its files end.
    module
        The module that writes it: ``write`` for a document, ``load`` for what the first one needs. Imported
        when it is used.
    needs
        Modules of the extra ``documents`` that it can't do without, with the names of what they are.
    """

    name: str
    ending: str
    module: str
    needs: tuple[tuple[str, str], ...] = ()

    def check(self) -> None:
        """Refuse a format whose parts are not installed.

        Raises
        ------
        MissingExtra
            With the extra that has them.
        """
        for module, called in self.needs:
            if find_spec(module) is None:
                raise MissingExtra(f"{self.name.upper()} needs {called}, which is not installed", "documents")

    def write(self, leaf: Leaf, options: Mapping[str, Any]) -> Rendered:
        """Return a document in this format.

        Parameters
        ----------
        leaf
            The document.
        options
            Options of the exporters; those that this format does not have are left out.
        """
        written: Rendered = self._module().write(leaf, **options)
        return written

    def load(self) -> None:
        """Load what its first document would have to wait for."""
        self._module().load()

    def _module(self) -> Any:
        return import_module(f"maintplan.reporting.{self.module}")


_TYPST = (("typst", "Typst"),)
FORMATS = {
    each.name: each
    for each in (
        Format("html", ".html", "markup"),
        Format("pdf", ".pdf", "pdf", _TYPST),
        Format("docx", ".docx", "docx", _TYPST),
        Format("markdown", ".md", "md"),
    )
}


def named(names: str, path: str = "--to") -> list[Format]:
    """Return the formats of a list with commas, each once.

    Raises
    ------
    InputError
        For a name that is none.
    MissingExtra
        For one that needs what is not installed.
    """
    found: dict[str, Format] = {}
    for name in (each.strip().lower() for each in names.split(",")):
        if not name:
            continue
        if name not in FORMATS:
            raise unknown("format", name, FORMATS, Where(path=path))
        FORMATS[name].check()
        found[name] = FORMATS[name]
    return list(found.values())
