"""What stands between services, in the reports of all that it is about.

It is known only when all plans are made, so it is put into the executed notebooks and their documents
afterwards, as one part below the improvement plan. What it says is remembered with the row's results: a
report in which nothing changes is left alone, and so a resumed batch ends with the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import atomic
from maintplan.batch import row
from maintplan.batch.between import Between, found, said
from maintplan.engine import writing
from maintplan.reporting import formats, making
from maintplan.summary import findings
from maintplan.summary.blocks import MIME, Note, Paragraph, Part, line
from maintplan.words import words

if TYPE_CHECKING:
    from maintplan.batch.portfolio import Entry

ID = "between-services"
"""The part's id, and the tag of its cell."""
_FEW = 8


def show(entries: Iterable[Entry], out: Path, kinds: str, executor: Executor | None = None) -> int:
    """Bring all reports of a batch up to date with what stands between its services.

    Parameters
    ----------
    entries
        The batch's services.
    out
        The batch's folder.
    kinds
        Formats of the documents, with commas.
    executor
        Where many reports are made.

    Returns
    -------
    int
        How many reports were made anew.
    """
    made = [each for each in entries if each.facts]
    about = defaultdict(list)
    for each in found({entry.service: entry.facts for entry in made}):
        for service in each.services:
            about[service].append(each)
    changed = [
        (out / each.folder, about[each.service])
        for each in made
        if each.outcome == "ok" and each.beside != digest(about[each.service])
    ]
    if executor is None or len(changed) <= _FEW:
        for folder, said_of_it in changed:
            put(folder, said_of_it, kinds)
    else:
        for done in [executor.submit(put, folder, of_it, kinds) for folder, of_it in changed]:
            done.result()
    return len(changed)


def digest(about: Sequence[Between]) -> str:
    """Return a digest of what a report says of its service and others; empty for nothing."""
    if not about:
        return ""
    return hashlib.sha256(json.dumps([asdict(each) for each in about], default=dict).encode()).hexdigest()


def put(folder: Path, about: Sequence[Between], kinds: str) -> None:
    """Put what stands between a service and others into its notebook and documents.

    Parameters
    ----------
    folder
        The service's results.
    about
        What was found.
    kinds
        Formats of the documents, with commas.
    """
    memory = json.loads((folder / row.MEMORY).read_bytes())
    notebook = json.loads((folder / row.EXECUTED).read_bytes())
    cells = [each for each in notebook["cells"] if ID not in each["metadata"].get("tags", [])]
    if about:
        language = next(filter(None, (_language(cell) for cell in cells)), "en")
        cells.insert(_place(cells), _cell(part(about, language)))
    notebook["cells"] = cells
    atomic.write(folder / row.EXECUTED, writing.data(notebook))
    for _ in making.make(notebook, formats.named(kinds), folder, {}):
        pass
    memory |= {"beside": digest(about), "files": row.sizes(folder)}
    atomic.write(folder / row.MEMORY, row.remembering(memory))


def part(about: Sequence[Between], language: str = "en") -> Part:
    """Return what stands between services as a part of a report."""
    say = words(language)
    notes = [
        Note(
            tone="high" if each.severity == "high" else "medium",
            line=line(said(each, language)),
            more=line(said(each, language, "mend.")),
        )
        for each in about
    ]
    lead = Paragraph(line=line(say("between.lead")))
    return Part(id=ID, title=say("between.title"), kind="status", blocks=(lead, *notes))


def _cell(part: Part) -> dict[str, Any]:
    output = {"output_type": "display_data", "data": part._repr_mimebundle_(), "metadata": {}}
    return {
        "cell_type": "code",
        "id": ID,
        "metadata": {"tags": [ID]},
        "source": "",
        "execution_count": None,
        "outputs": [output],
    }


def _place(cells: Sequence[Mapping[str, Any]]) -> int:
    """Return the place below the improvement plan, or that at the end."""
    ids = [{each.get("id") for each in _parts(cell)} for cell in cells]
    return next((at + 1 for at, found in enumerate(ids) if findings.ID in found), len(cells))


def _language(cell: Mapping[str, Any]) -> str:
    return next((str(each.get("about", {}).get("language") or "") for each in _parts(cell)), "")


def _parts(cell: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    shown = (output.get("data", {}).get(MIME) for output in cell.get("outputs", ()))
    return [each for each in shown if isinstance(each, dict)]
