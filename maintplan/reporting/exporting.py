"""The exporters of printed documents: ``maintplan-pdf``, ``maintplan-docx`` and ``maintplan-markdown``.

nbconvert finds them by their entry points, and JupyterLab lists them in its export menu. Each reads the
notebook as nbconvert has it, and leaves the writing to the module of its format.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from traitlets import Bool, List, Unicode, default

from maintplan.reporting import docx, md, pdf
from maintplan.reporting.collecting import collect
from maintplan.reporting.paper import Paper, paper
from maintplan.reporting.preprocessing import SelectDeliverable, Unchanged
from maintplan.reporting.stopping import commanded, in_one_line

if TYPE_CHECKING:
    from nbformat import NotebookNode


class PaperExporter(Unchanged, Exporter):
    """Reads an executed notebook and hands it to `render` as a `Paper`."""

    ending = ""

    show_code = Bool(default_value=False, help="Whether the code of the cells stands in the document.").tag(
        config=True
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)  # type: ignore[no-untyped-call]
        self.warnings: list[str] = []

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return self.ending

    @default("preprocessors")
    def _preprocessors_default(self) -> list[Any]:
        return [SelectDeliverable]

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the document and nbconvert's resources."""
        self.warnings = []
        with in_one_line():
            notebook, found = super().from_notebook_node(nb, resources, **kw)
            name = found.get("metadata", {}).get("name") or "notebook"
            read = paper(collect(notebook, f"{name}.ipynb", code=self.show_code), name)
            return self.render(read, found), found

    def render(self, paper: Paper, resources: dict[str, Any]) -> Any:
        """Return a document in the exporter's format."""
        raise NotImplementedError

    def warn(self, text: str) -> None:
        """Tell of what the reader of the document would not expect; a program finds it in `warnings`."""
        self.warnings.append(text)
        if commanded():
            self.log.warning(text)


class MaintplanPDFExporter(PaperExporter):
    """Makes one of a plan's documents, or its whole report, as PDF."""

    export_from_notebook = "Maintenance plan (PDF)"
    output_mimetype = "application/pdf"
    ending = ".pdf"

    font_paths = List(
        Unicode(), help="Folders with fonts for characters that the kit's own fonts do not have."
    ).tag(config=True)

    def render(self, paper: Paper, resources: dict[str, Any]) -> bytes:
        """Return the document as PDF."""
        del resources
        made = pdf.pdf(paper, [Path(each) for each in self.font_paths])
        for each in made.warnings:
            self.warn(each)
        return made.data


class MaintplanDocxExporter(PaperExporter):
    """Makes one of a plan's documents, or its whole report, as DOCX."""

    export_from_notebook = "Maintenance plan (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    ending = ".docx"

    reference_doc = Unicode(
        "", help="A DOCX whose styles, page and running heads the document takes in place of the kit's own."
    ).tag(config=True)

    def render(self, paper: Paper, resources: dict[str, Any]) -> bytes:
        """Return the document as DOCX."""
        del resources
        return docx.docx(paper, Path(self.reference_doc) if self.reference_doc else None)


class MaintplanMarkdownExporter(PaperExporter):
    """Makes one of a plan's documents, or its whole report, as Markdown."""

    export_from_notebook = "Maintenance plan (Markdown)"
    output_mimetype = "text/markdown"
    ending = ".md"

    pictures = Bool(
        default_value=True, help="Whether pictures become files; else they stand within the text."
    ).tag(config=True)

    def render(self, paper: Paper, resources: dict[str, Any]) -> str:
        """Return the document as Markdown; its pictures go into nbconvert's outputs."""
        found: dict[str, bytes] = {}
        folder = str(resources.get("output_files_dir") or "pictures")
        made = md.text(paper, folder if self.pictures else None, found)
        if found:
            resources.setdefault("outputs", {}).update(found)
        return made
