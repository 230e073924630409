"""The preprocessor that narrows an executed notebook to one of its plan's documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_code_cell, new_output
from pydantic import ValidationError
from traitlets import Unicode

from maintplan.errors import InputError, Where, unknown
from maintplan.summary import blocks, documents

if TYPE_CHECKING:
    from nbformat import NotebookNode


class SelectDeliverable(Preprocessor):
    """Keeps one document of the plan, by its name: ``--SelectDeliverable.name=maintenance-runbook``.

    Without a name the notebook is left as it is, and its report is the whole plan.
    """

    name = Unicode("", help="Which document; empty for all that the notebook shows.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with nothing but the chosen document in it."""
        if not self.name:
            return nb, resources
        file = f"{resources.get('metadata', {}).get('name') or 'notebook'}.ipynb"
        return select(nb, self.name, file), resources


def select(notebook: NotebookNode, name: str, file: str = "notebook.ipynb") -> NotebookNode:
    """Return a notebook that holds one document.

    Parameters
    ----------
    notebook
        An executed notebook; it stays as it is.
    name
        The document's name.
    file
        What errors call the notebook.

    Raises
    ------
    InputError
        It holds no document of that name.
    """
    found = held(notebook, file)
    if not found:
        raise InputError(
            "this notebook holds no documents",
            Where(file=file),
            "run notebooks/maintenance_plan.ipynb first and convert what came out of it",
        )
    chosen = found.get(name)
    if chosen is None:
        raise unknown("document", name, found, Where(path="SelectDeliverable.name"))
    selected: NotebookNode = copy(notebook)
    rest = [_without_cover(cell) for cell in notebook["cells"]] if chosen.whole else []
    selected["cells"] = [_cell(chosen.cover, *chosen.parts), *rest]
    return selected


def _cell(*parts: blocks.Part) -> NotebookNode:
    outputs = [new_output("display_data", {blocks.MIME: part.to_json()}) for part in parts]  # type: ignore[no-untyped-call]
    return new_code_cell(outputs=outputs)  # type: ignore[no-untyped-call, no-any-return]


def _without_cover(cell: NotebookNode) -> NotebookNode:
    """Return a cell without the plan's own title page; a document brings its own."""
    outputs = cell.get("outputs")
    if not outputs:
        return cell
    kept: NotebookNode = copy(cell)
    kept["outputs"] = [each for each in outputs if _kind(each) != "cover"]
    return kept


def _kind(output: Mapping[str, Any]) -> str | None:
    part = output.get("data", {}).get(blocks.MIME)
    return part.get("kind") if isinstance(part, Mapping) else None


def names(notebook: Mapping[str, Any]) -> list[str]:
    """Return the names of the documents that an executed notebook holds, in their order."""
    return list(held(notebook))


def held(notebook: Mapping[str, Any], file: str = "notebook.ipynb") -> dict[str, documents.Document]:
    """Return the documents that an executed notebook holds, by name.

    Raises
    ------
    InputError
        One of them is none that this version can read.
    """
    return {each.id: each for each in _documents(notebook, file)}


def _documents(notebook: Mapping[str, Any], file: str) -> Iterator[documents.Document]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get(documents.MIME)
            if data is None:
                continue
            try:
                yield documents.Document.model_validate(data)
            except ValidationError as error:
                raise InputError(
                    "a document in this notebook can't be read",
                    Where(file=file),
                    "run the notebook again with this version of maintplan",
                ) from error
