"""The exporters of printed documents: ``maintplan-pdf``, ``maintplan-docx`` and ``maintplan-markdown``.

nbconvert finds them by their entry points, and JupyterLab lists them in its export menu. Each reads the
notebook as nbconvert has it, and leaves the writing to the module of its format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from traitlets import Bool, List, Unicode, default

from maintplan.reporting.collecting import collect
from maintplan.reporting.formats import FORMATS
from maintplan.reporting.preprocessing import SelectDeliverable, Unchanged
from maintplan.reporting.source import Leaf
from maintplan.reporting.stopping import commanded, in_one_line

if TYPE_CHECKING:
    from nbformat import NotebookNode


class PaperExporter(Unchanged, Exporter):
    """Reads an executed notebook and has a document of one format written."""

    kind = ""
    """The format, by its name in `maintplan.reporting.formats`."""

    show_code = Bool(default_value=False, help="Whether the code of the cells stands in the document.").tag(
        config=True
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)  # type: ignore[no-untyped-call]
        self.warnings: list[str] = []

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return FORMATS[self.kind].ending

    @default("preprocessors")
    def _preprocessors_default(self) -> list[Any]:
        return [SelectDeliverable]

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the document and nbconvert's resources; files that belong beside it are among these."""
        self.warnings = []
        with in_one_line():
            notebook, found = super().from_notebook_node(nb, resources, **kw)
            name = found.get("metadata", {}).get("name") or "notebook"
            leaf = Leaf(lambda: collect(notebook, f"{name}.ipynb", code=self.show_code), name)
            made = FORMATS[self.kind].write(leaf, self.options(found))
        for each in made.warnings:
            self.warn(each)
        if made.beside:
            found.setdefault("outputs", {}).update(made.beside)
        text = self.output_mimetype.startswith("text/")
        return made.data.decode() if text else made.data, found

    def options(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Return the options of the format, as the exporter is configured."""
        del resources
        return {}

    def warn(self, text: str) -> None:
        """Tell of what the reader of the document would not expect; a program finds it in `warnings`."""
        self.warnings.append(text)
        if commanded():
            self.log.warning(text)


class MaintplanPDFExporter(PaperExporter):
    """Makes one of a plan's documents, or its whole report, as PDF."""

    kind = "pdf"
    export_from_notebook = "Maintenance plan (PDF)"
    output_mimetype = "application/pdf"

    font_paths = List(
        Unicode(), help="Folders with fonts for characters that the kit's own fonts do not have."
    ).tag(config=True)

    def options(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Return the folders of fonts."""
        del resources
        return {"font_paths": self.font_paths}


class MaintplanDocxExporter(PaperExporter):
    """Makes one of a plan's documents, or its whole report, as DOCX."""

    kind = "docx"
    export_from_notebook = "Maintenance plan (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    reference_doc = Unicode(
        "", help="A DOCX whose styles, page and running heads the document takes in place of the kit's own."
    ).tag(config=True)

    def options(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Return the reference document."""
        del resources
        return {"reference_doc": self.reference_doc}


class MaintplanMarkdownExporter(PaperExporter):
    """Makes one of a plan's documents, or its whole report, as Markdown."""

    kind = "markdown"
    export_from_notebook = "Maintenance plan (Markdown)"
    output_mimetype = "text/markdown"

    pictures = Bool(
        default_value=True, help="Whether pictures become files; else they stand within the text."
    ).tag(config=True)

    def options(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Return the folder that nbconvert gives the pictures."""
        return {"pictures": str(resources.get("output_files_dir") or "pictures") if self.pictures else None}
