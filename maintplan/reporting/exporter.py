"""The exporter ``maintplan-html``: an executed notebook as one file of HTML that needs nothing but itself.

nbconvert finds it by its entry point, and JupyterLab lists it in its export menu. The notebook is read by
`maintplan.reporting.collecting`; the page is laid out by the nbconvert template ``templates/report``. An
organisation can put its own in that place: ``--TemplateExporter.extra_template_basedirs`` and ``--template``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbconvert.exporters import TemplateExporter
from traitlets import Bool, default

from maintplan.reporting.collecting import collect
from maintplan.reporting.page import css_string, page
from maintplan.reporting.preprocessing import SelectDeliverable, Unchanged
from maintplan.reporting.stopping import in_one_line
from maintplan.resources import report_template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode


class MaintplanHTMLExporter(Unchanged, TemplateExporter):
    """Makes a maintenance plan's report out of its executed notebook."""

    export_from_notebook = "Maintenance plan (HTML)"
    output_mimetype = "text/html"

    show_code = Bool(default_value=False, help="Whether the code of the cells stands in the report.").tag(
        config=True
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)  # type: ignore[no-untyped-call]

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return report_template().name

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(report_template().parent)]

    @default("preprocessors")
    def _preprocessors_default(self) -> list[Any]:
        return [SelectDeliverable]

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        """Add what the template needs beside nbconvert's own filters."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "css_string", css_string

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        # After the preprocessors, so that what they chose or left out counts.
        with in_one_line():
            notebook, found = super()._preprocess(nb, resources)
            name = found.get("metadata", {}).get("name") or "notebook"
            found["page"] = page(collect(notebook, f"{name}.ipynb", code=self.show_code), name)
        return notebook, found
