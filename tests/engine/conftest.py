"""What of an executed notebook has to be the same whichever engine executed it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

collect_ignore = ["notebooks"]
"""Many of these notebooks fail on purpose: they are data, and not for nbval to run."""

WIDGETS = "application/vnd.jupyter.widget-state+json"
TIMES = ("start_time", "end_time", "duration")
VARYING = [
    (re.compile(r"0x[0-9a-f]{8,}"), "0xADDRESS"),
    (re.compile(r"ipykernel_\d+"), "ipykernel_PID"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|\+00:00)?"), "MOMENT"),
    (re.compile(r"pid=\d+|line \d+ in [^\n]*site-packages"), "PID"),
]
IDS = re.compile(
    r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])"
)


def _essence(path: Path) -> Any:
    """Return an executed notebook without what differs from run to run: times, addresses, random ids."""
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if "papermill-error-cell-tag" in cell["metadata"].get("tags", []):
            cell["id"] = "made"
        metadata = cell["metadata"]
        for name in TIMES:
            metadata.get("papermill", {}).pop(name, None)
        metadata["execution"] = sorted(metadata.get("execution", {}))
        if "outputs" in cell:
            cell["outputs"] = joined(cell["outputs"])
    for name in (*TIMES, "input_path", "output_path"):
        notebook["metadata"].get("papermill", {}).pop(name, None)
    widgets = notebook["metadata"].get("widgets", {}).get(WIDGETS)
    if widgets:  # kept by their random ids, so in a random order
        widgets["state"] = sorted(IDS.sub("ID", json.dumps(each)) for each in widgets["state"].values())
    text = json.dumps(notebook)
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return json.loads(IDS.sub("ID", text))


def joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return outputs with text that came in several pieces as one: in how many is a matter of time."""
    result: list[dict[str, Any]] = []
    for each in outputs:
        if each["output_type"] == "stream":
            text = "".join(each["text"])
            before = result[-1] if result else {}
            if before.get("output_type") == "stream" and before["name"] == each["name"]:
                before["text"] += text
                continue
            result.append({**each, "text": text})
        else:
            result.append(each)
    return result


@pytest.fixture(scope="session")
def essence() -> Callable[[Path], Any]:
    """Return what makes the essence of an executed notebook."""
    return _essence
