"""A kernel's messages as a notebook's outputs: nbclient's own way, without what most messages do not need.

nbformat checks each output against a JSON Schema and turns every mapping within it into a node with
attributes. For an output whose data are texts and JSON that takes longer than showing it did. Such an output
is made here; any other goes nbformat's way, and is refused there if it has to be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nbclient
from nbformat import NotebookNode, from_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

_JSON = re.compile(r"application/(?:.*\+)?json")


class Client(nbclient.NotebookClient):
    """nbclient's client, which makes outputs of messages by `output`."""

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add the output that a message is, where nothing else is to be done with it."""
        hooks = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        special = bool(display_id or self.clear_before_next_output or hooks)
        made = None if special else _made(msg["msg_type"], msg["content"])
        if made is None:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(made)
        return made


def _made(kind: str, content: Mapping[str, Any]) -> NotebookNode | None:
    """Return an output, or None where nbformat has to look at it."""
    made: NotebookNode
    if kind == "stream" and isinstance(content["text"], str):
        made = NotebookNode()
        dict.update(made, output_type=kind, name=content["name"], text=content["text"])
        return made
    if kind not in ("display_data", "execute_result") or not _plain(content["data"]):
        return None
    made, data = NotebookNode(), NotebookNode()
    # Past the node's own setting of items, which copies whatever is inside.
    dict.update(data, content["data"])
    dict.update(made, output_type=kind, metadata=from_dict(content["metadata"]), data=data)
    if kind == "execute_result":
        made["execution_count"] = content["execution_count"]
    return made


def _plain(data: Any) -> bool:
    return isinstance(data, dict) and all(
        isinstance(value, str) or _JSON.fullmatch(kind) for kind, value in data.items()
    )
