"""Documents made of an executed notebook: nbconvert exporters, found by their entry points.

`nbconvert` is imported when an exporter is asked for, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from maintplan.reporting.docx import MaintplanDocxExporter
    from maintplan.reporting.exporter import MaintplanHTMLExporter
    from maintplan.reporting.md import MaintplanMarkdownExporter
    from maintplan.reporting.pdf import MaintplanPDFExporter
    from maintplan.reporting.selecting import SelectDeliverable, names, select

__getattr__, __dir__, _ = _lazy.attach(
    __name__,
    submod_attrs={
        "docx": ["MaintplanDocxExporter"],
        "exporter": ["MaintplanHTMLExporter"],
        "md": ["MaintplanMarkdownExporter"],
        "pdf": ["MaintplanPDFExporter"],
        "selecting": ["SelectDeliverable", "names", "select"],
    },
)

__all__ = [
    "MaintplanDocxExporter",
    "MaintplanHTMLExporter",
    "MaintplanMarkdownExporter",
    "MaintplanPDFExporter",
    "SelectDeliverable",
    "names",
    "select",
]
