"""An executed notebook, read once for all the documents and formats that are made of it.

The exporters read a notebook for each call, as nbconvert has it. Whoever makes many documents of one notebook
reads it here: what stands in a document is collected, put on paper and laid out as a page once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from maintplan.reporting import collecting, selecting
from maintplan.reporting.collecting import Collected
from maintplan.reporting.page import Page, page
from maintplan.reporting.paper import Paper, paper
from maintplan.summary import blocks, documents


@dataclass(frozen=True)
class Rendered:
    """A document in one format: its bytes, the files that belong beside it, and what is to be said of it."""

    data: bytes
    beside: Mapping[str, bytes]
    warnings: tuple[str, ...] = ()


class Source:
    """An executed notebook.

    Parameters
    ----------
    notebook
        The notebook; it stays as it is.
    code
        Whether the code of its cells belongs to the documents.
    """

    def __init__(self, notebook: Mapping[str, Any], *, code: bool = False) -> None:
        self._notebook, self._code = notebook, code
        self._leaves: dict[str, Leaf] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its documents, in their order; one empty name for a template without any."""
        return tuple(selecting.names(self._notebook)) or ("",)

    @cached_property
    def items(self) -> tuple[collecting.Item, ...]:
        """All that the notebook holds for a document of the whole plan."""
        return tuple(collecting.items(self._notebook["cells"], _FILE, code=self._code))

    @cached_property
    def _shown(self) -> str:
        """A digest of everything in the notebook that a document of the whole plan can show."""
        cells = [
            [
                each["cell_type"],
                each.get("metadata", {}).get("tags", []),
                each.get("source", "") if each["cell_type"] == "markdown" or self._code else "",
                [_said(out) for out in each.get("outputs", ())],
            ]
            for each in self._notebook["cells"]
        ]
        return digest(cells)

    def leaf(self, name: str, called: str) -> Leaf:
        """Return one document; `called` is the name of its files, and its title where it has none."""
        found = self._leaves.get(name)
        if found is None:
            found = self._leaves[name] = Leaf(partial(self.collected, name, called), called)
        return found

    def collected(self, name: str, called: str) -> Collected:
        """Return what stands in a document."""
        file = f"{called}.ipynb"
        if not name:
            return collecting.arranged(self.items, file)
        chosen = selecting.document(self._notebook, name, file)
        if not chosen.whole:
            return collecting.arranged((chosen.cover, *chosen.parts), file)
        rest = (each for each in self.items if not collecting.is_cover(each))
        return collecting.arranged((chosen.cover, *chosen.parts, *rest), file)

    def digest(self, name: str) -> str:
        """Return a digest of all that a document can show."""
        if not name:
            return self._shown
        data = selecting.raw(self._notebook, name)
        return digest([data, self._shown if data.get("whole") else ""])


class Leaf:
    """One document of a notebook, in the two forms from which every format is written.

    Parameters
    ----------
    collected
        Gives what stands in it, once it is asked for.
    called
        The name of its files, without their ending.
    """

    def __init__(self, collected: Callable[[], Collected], called: str) -> None:
        self._collected, self.called = collected, called

    @cached_property
    def collected(self) -> Collected:
        """What stands in it."""
        return self._collected()

    @cached_property
    def paper(self) -> Paper:
        """The document on paper."""
        return paper(self.collected, self.called)

    @cached_property
    def page(self) -> Page:
        """The document as a page of HTML."""
        return page(self.collected, self.called)


_FILE = "notebook.ipynb"


def _said(output: Mapping[str, Any]) -> list[Any]:
    """Return what an output says: of a part its JSON, which makes all the rest; a document counts apart.

    Standard error is in no document.
    """
    data = output.get("data") or {}
    text = output.get("text") if output.get("name") != "stderr" else None
    return [None if documents.MIME in data else data.get(blocks.MIME, data), text, output.get("evalue")]


def digest(data: Any) -> str:
    """Return a digest of JSON data."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
