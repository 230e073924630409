"""What the exporters of printed documents share: preprocessors, the notebook read, one line for an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from traitlets import Bool, default

from maintplan.reporting.collecting import Collected, collect
from maintplan.reporting.paper import Paper, paper
from maintplan.reporting.selecting import SelectDeliverable
from maintplan.reporting.stopping import commanded, in_one_line

if TYPE_CHECKING:
    from nbformat import NotebookNode


class PaperExporter(Exporter):
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
        with in_one_line():
            notebook, found = super().from_notebook_node(nb, resources, **kw)
            name = found.get("metadata", {}).get("name") or "notebook"
            return self._rendered(collect(notebook, f"{name}.ipynb", code=self.show_code), name, found)

    def from_collected(self, collected: Collected, name: str) -> tuple[Any, dict[str, Any]]:
        """Return the document of what was collected already, as `from_notebook_node` does of a notebook."""
        return self._rendered(collected, name, {"output_files_dir": f"{name}_files"})

    def _rendered(self, collected: Collected, name: str, found: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        self.warnings = []
        return self.render(paper(collected, name), found), found

    def render(self, paper: Paper, resources: dict[str, Any]) -> Any:
        """Return a document in the exporter's format."""
        raise NotImplementedError

    def warn(self, text: str) -> None:
        """Tell of what the reader of the document would not expect; a program finds it in `warnings`."""
        self.warnings.append(text)
        if commanded():
            self.log.warning(text)
