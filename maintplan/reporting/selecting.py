"""One of a plan's documents, found by its name in an executed notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from maintplan.errors import InputError, Where, unknown
from maintplan.summary import blocks, documents
from maintplan.summary.documents import MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode


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
    chosen = document(notebook, name, file)
    selected: NotebookNode = copy(notebook)
    rest = [_without_cover(cell) for cell in notebook["cells"]] if chosen.whole else []
    selected["cells"] = [_cell(chosen.cover, *chosen.parts), *rest]
    return selected


def _cell(*parts: blocks.Part) -> NotebookNode:
    from nbformat import from_dict  # noqa: PLC0415 - nbconvert has loaded it

    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {blocks.MIME: part.to_json()}}
        for part in parts
    ]
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "document",
        "metadata": {},
        "execution_count": None,
        "source": "",
    }
    return from_dict({**cell, "outputs": outputs})  # type: ignore[no-untyped-call, no-any-return]


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
    return [str(data["id"]) for data in _documents(notebook, "notebook.ipynb")]


def document(notebook: Mapping[str, Any], name: str, file: str) -> documents.Document:
    """Return one document of a notebook; see `select`."""
    try:
        return documents.Document.model_validate(raw(notebook, name, file))
    except ValidationError as error:
        raise _unread(file) from error


def raw(notebook: Mapping[str, Any], name: str, file: str = "notebook.ipynb") -> Mapping[str, Any]:
    """Return one document of a notebook as the data that it is there; see `select`."""
    found = {str(data["id"]): data for data in _documents(notebook, file)}
    if not found:
        raise InputError(
            "this notebook holds no documents",
            Where(file=file),
            "run all cells of maintenance_plan.ipynb, save it, and convert that",
        )
    if name not in found:
        raise unknown("document", name, found, Where(path="SelectDeliverable.name"))
    return found[name]


def _documents(notebook: Mapping[str, Any], file: str) -> Iterator[Mapping[str, Any]]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get(MIME)
            if data is None:
                continue
            if not isinstance(data, Mapping) or not isinstance(data.get("id"), str):
                raise _unread(file)
            yield data


def _unread(file: str) -> InputError:
    return InputError(
        "a document in this notebook can't be read",
        Where(file=file),
        "run the notebook again with this version of maintplan",
    )
