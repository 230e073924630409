"""Documents made of an executed notebook: nbconvert exporters, found by their entry points.

`nbconvert` is imported when an exporter is asked for, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from maintplan.reporting.exporter import MaintplanHTMLExporter
    from maintplan.reporting.exporting import (
        MaintplanDocxExporter,
        MaintplanMarkdownExporter,
        MaintplanPDFExporter,
    )
    from maintplan.reporting.preprocessing import SelectDeliverable
    from maintplan.reporting.selecting import names, select

__getattr__, __dir__, _ = _lazy.attach(
    __name__,
    submod_attrs={
        "exporter": ["MaintplanHTMLExporter"],
        "exporting": ["MaintplanDocxExporter", "MaintplanMarkdownExporter", "MaintplanPDFExporter"],
        "preprocessing": ["SelectDeliverable"],
        "selecting": ["names", "select"],
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
