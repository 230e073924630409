"""The preprocessor that narrows an executed notebook to one of its plan's documents, and how it is called."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor, RegexRemovePreprocessor, TagRemovePreprocessor
from nbformat import NotebookNode
from traitlets import Unicode

from maintplan.reporting.selecting import select


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


class Unchanged:
    """Spares an exporter nbconvert's copies of the whole notebook, where nothing can change it.

    nbconvert copies a notebook twice and validates it after each preprocessor, because it can't know what
    those do. `SelectDeliverable` changes nothing in it, and what a part of a plan has to be is checked when
    it is read. With any other preprocessor all is done as nbconvert does it.
    """

    _preprocessors: list[Any]

    def from_notebook_node(self, nb: NotebookNode, *rest: Any, **named: Any) -> tuple[Any, dict[str, Any]]:
        """Return what nbconvert makes of the notebook."""
        given = _Shared(nb) if self._reads_only() else nb
        made: tuple[Any, dict[str, Any]] = super().from_notebook_node(given, *rest, **named)  # type: ignore[misc]
        return made

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        if not self._reads_only():
            made: tuple[NotebookNode, dict[str, Any]] = super()._preprocess(nb, resources)  # type: ignore[misc]
            return made
        for each in self._preprocessors:
            nb, resources = each(nb, resources)
        return nb, resources

    def _reads_only(self) -> bool:
        return all(isinstance(each, SelectDeliverable) or _idle(each) for each in self._preprocessors)


_SETTINGS = {
    TagRemovePreprocessor: (
        "remove_cell_tags",
        "remove_all_outputs_tags",
        "remove_single_output_tags",
        "remove_input_tags",
    ),
    RegexRemovePreprocessor: ("patterns",),
}
"""What nbconvert switches on for every template, and the settings without which it does nothing."""


def _idle(preprocessor: Any) -> bool:
    """Whether one of nbconvert's own preprocessors is switched off, or on without anything to do."""
    settings = _SETTINGS.get(type(preprocessor))
    if settings is None:
        return getattr(preprocessor, "enabled", True) is False
    return not any(getattr(preprocessor, each) for each in settings)


class _Shared(NotebookNode):
    """A notebook that is read and not changed; its copy is itself."""

    def __init__(self, notebook: NotebookNode) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        dict.update(self, notebook)

    def __deepcopy__(self, memory: object) -> _Shared:
        return self
