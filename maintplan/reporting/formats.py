"""The formats that documents come in, by the names that people give them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from maintplan.errors import MissingExtra, Where, unknown


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes
    ----------
    name
        What people call it.
    ending
        How its files end.
    exporter
        Module and name of its exporter, which is imported when it is used.
    needs
        Modules of the extra ``documents`` that it can't do without, with the names of what they are.
    """

    name: str
    ending: str
    exporter: str
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

    def make(self, **options: Any) -> Any:
        """Return its exporter; options that it does not have are left out."""
        module, _, name = self.exporter.partition(":")
        kind = getattr(import_module(f"maintplan.reporting.{module}"), name)
        return kind(**{key: value for key, value in options.items() if kind.class_traits().get(key)})


_TYPST, _FONTS, _PANDOC = ("typst", "Typst"), ("fontTools", "fontTools"), ("pypandoc", "pandoc")
FORMATS = {
    each.name: each
    for each in (
        Format("html", ".html", "exporter:MaintplanHTMLExporter"),
        Format("pdf", ".pdf", "pdf:MaintplanPDFExporter", (_TYPST, _FONTS)),
        Format("docx", ".docx", "docx:MaintplanDocxExporter", (_PANDOC, _TYPST, _FONTS)),
        Format("markdown", ".md", "md:MaintplanMarkdownExporter"),
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
