"""What a notebook shows, as a notebook of its own: for documents while the notebook is still open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from maintplan import lean
from maintplan.summary.blocks import Part
from maintplan.summary.documents import Document

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebook(shown: Iterable[Part | Document]) -> NotebookNode:
    """Return a notebook that shows parts and documents, as the executed one would."""
    with lean.without(*lean.FORMATS):
        from nbformat.v4 import new_code_cell, new_notebook, new_output  # noqa: PLC0415 - nbconvert's own

    outputs = [
        new_output("display_data", each._repr_mimebundle_())  # type: ignore[no-untyped-call]
        for each in shown
    ]
    made: NotebookNode = new_notebook(cells=[new_code_cell(id="shown", outputs=outputs)])  # type: ignore[no-untyped-call]
    return made
