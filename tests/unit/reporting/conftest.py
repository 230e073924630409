"""A notebook with one document, for the tests of the formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from maintplan.summary.blocks import MIME, Block, Paragraph, Part, line

ABOUT: dict[str, Any] = {
    "title": "Sluice: maintenance runbook",
    "language": "en",
    "layout": "document",
    "service": "Sluice",
    "status": "in review",
    "revision": 7,
    "date": "2026-11-24",
}


@pytest.fixture(scope="session")
def notebook() -> Callable[..., Any]:
    """Return what makes a notebook out of the blocks of its first section, and what its title page says."""

    def make(*blocks: Block, **about: Any) -> Any:
        cover = Part(id="cover", title="When Sluice is in trouble", kind="cover", about={**ABOUT, **about})
        part = Part(id="first", title="First things", blocks=blocks)
        other = Part(id="second", title="Second things", blocks=(Paragraph(line=line("The end.")),))
        shown = (cover, part, other)
        outputs = [new_output("display_data", {MIME: each.to_json()}) for each in shown]  # type: ignore[no-untyped-call]
        return new_notebook(cells=[new_code_cell(outputs=outputs)])  # type: ignore[no-untyped-call]

    return make
