"""What an executed notebook holds for a document, in its order, and nothing of how it will look.

Parts come from the outputs of `maintplan`'s own cells. What an analyst added (a picture, a table, a Markdown
cell tagged ``report``) stays where it stands. Prompts, standard error and widgets are for the notebook's
reader alone; a cell tagged ``no-report`` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from maintplan.errors import InputError, Where
from maintplan.summary import documents
from maintplan.summary.blocks import MIME, Heading, Part, Table

SHOWN, HIDDEN = "report", "no-report"
"""Tags of cells: a Markdown cell that belongs into the document; a cell that does not."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TITLE = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Output:
    """An output of a cell that is none of our parts.

    Attributes
    ----------
    data
        What it offers, by MIME type.
    metadata
        What the notebook says about it.
    under
        The notebook's heading above it.
    """

    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    under: str


@dataclass(frozen=True)
class Listing:
    """The code of a cell."""

    code: str
    cell: int


@dataclass(frozen=True)
class Failure:
    """A cell that stopped the notebook.

    Attributes
    ----------
    cell
        Its place among the code cells, counted from 1.
    under
        The notebook's heading above it.
    error
        What went wrong, in one line.
    name
        The error's type.
    """

    cell: int
    under: str
    error: str
    name: str


Item = Part | Output | Listing | Failure


@dataclass(frozen=True)
class Collected:
    """Everything that a notebook holds for a document.

    Attributes
    ----------
    cover
        The title page, where there is one.
    items
        All the rest, in order.
    """

    cover: Part | None
    items: tuple[Item, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts after the title page."""
        return tuple(item for item in self.items if isinstance(item, Part))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The cells that failed."""
        return tuple(item for item in self.items if isinstance(item, Failure))


def collect(notebook: Mapping[str, Any], name: str, *, code: bool = False) -> Collected:
    """Return what a notebook holds for a document.

    Parameters
    ----------
    notebook
        The executed notebook.
    name
        What errors call it.
    code
        Whether the code of its cells belongs to the document.

    Raises
    ------
    InputError
        It holds no part of a plan and no failed cell, or a part that this version cannot read.
    """
    return arranged(items(notebook["cells"], name, code=code), name)


def arranged(found: Iterable[Item], name: str) -> Collected:
    """Return items as a document holds them: the title page apart, each part once, each anchor at one place.

    Parameters
    ----------
    found
        The items.
    name
        What errors call the notebook.

    Raises
    ------
    InputError
        There is no part of a plan and no failed cell.
    """
    kept: list[Item] = []
    cover: Part | None = None
    for item in found:
        if isinstance(item, Part) and item.kind == "cover" and cover is None:
            cover = item
        elif not isinstance(item, Part) or item not in kept:  # a part shown twice is said once
            kept.append(item)
    result = Collected(cover, tuple(kept))
    if cover is None and not result.parts and not result.failures:
        raise InputError(
            "this notebook holds no part of a plan",
            Where(file=name),
            "run all cells of maintenance_plan.ipynb, save it, and convert that",
        )
    return _with_own_anchors(result)


def is_cover(item: Item) -> bool:
    """Whether an item is a title page."""
    return isinstance(item, Part) and item.kind == "cover"


def items(cells: Sequence[Mapping[str, Any]], name: str, *, code: bool) -> Iterator[Item]:
    """Yield what cells hold for a document, in their order."""
    number, under = 0, ""
    for cell in cells:
        tags = cell.get("metadata", {}).get("tags", [])
        source = _joined(cell.get("source", ""))
        if cell["cell_type"] == "markdown":
            # papermill puts a cell of its own above the one that failed; the banner says it better.
            if "papermill-error-cell-tag" not in tags:
                under = _title(source) or under
            if SHOWN in tags:
                yield Output({"text/markdown": source}, {}, under)
        elif cell["cell_type"] == "code":
            number += 1
            if HIDDEN not in tags and code and source.strip():
                yield Listing(source, number)
            for output in cell.get("outputs", []):
                item = _item(output, name, number, under)
                if item is not None and (HIDDEN not in tags or isinstance(item, Failure)):
                    yield item


def _title(markdown: str) -> str:
    found = _TITLE.search(markdown)
    return re.sub(r"[*`_]", "", found[1]) if found else ""


def _item(output: Mapping[str, Any], name: str, number: int, under: str) -> Item | None:
    kind = output["output_type"]
    if kind == "error":
        text = " ".join(_ANSI.sub("", output.get("evalue", "")).split())
        return Failure(number, under, text, output.get("ename", ""))
    if kind == "stream":
        text = _ANSI.sub("", _joined(output.get("text", "")))
        spoken = output.get("name") == "stdout" and text.strip()
        return Output({"text/plain": text}, {}, under) if spoken else None
    data = output.get("data", {})
    if MIME in data:
        try:
            return Part.model_validate(data[MIME])
        except ValidationError as error:
            raise InputError(
                f"the part in the output of code cell {number} can't be read",
                Where(file=name),
                "run the notebook again with this version of maintplan",
            ) from error
    if not data or _WIDGET in data or documents.MIME in data:  # a document is taken out by its name alone
        return None
    return Output({mime: _joined(value) for mime, value in data.items()}, output.get("metadata", {}), under)


def _joined(text: Any) -> Any:
    return "".join(text) if isinstance(text, list) and all(isinstance(each, str) for each in text) else text


def _with_own_anchors(collected: Collected) -> Collected:
    """Rename anchors that stand for two places, so that each link has one end."""
    taken: set[str] = set()
    cover = _part_with_own_anchors(collected.cover, taken) if collected.cover else None
    items = (
        _part_with_own_anchors(item, taken) if isinstance(item, Part) else item for item in collected.items
    )
    return Collected(cover, tuple(items))


def _part_with_own_anchors(part: Part, taken: set[str]) -> Part:
    changes: dict[str, Any] = {}
    own = _own(part.id, taken)
    if own != part.id:
        changes["id"] = own
    blocks = list(part.blocks)
    for index, block in enumerate(blocks):
        if isinstance(block, Heading):
            anchor = _own(block.anchor, taken)
            if anchor != block.anchor:
                blocks[index] = block.model_copy(update={"anchor": anchor})
        elif isinstance(block, Table) and block.anchors:
            anchors = tuple(_own(anchor, taken) if anchor else "" for anchor in block.anchors)
            if anchors != block.anchors:
                blocks[index] = block.model_copy(update={"anchors": anchors})
    if blocks != list(part.blocks):
        changes["blocks"] = tuple(blocks)
    return part.model_copy(update=changes) if changes else part


def _own(anchor: str, taken: set[str]) -> str:
    base = anchor or "part"
    own, count = base, 1
    while own in taken:
        count += 1
        own = f"{base}-{count}"
    taken.add(own)
    return own
