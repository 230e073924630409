"""All documents of an executed notebook, in the formats that are asked for, written into a folder.

The notebook is read once for all of them; nbconvert's own way copies and checks it anew for each, which takes
longer than making them. A test compares the two.

What a document is made of is remembered beside it: one whose content, look and options are as they were, and
that still stands there as it was written, is not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import atomic, resources, summary
from maintplan.reporting.collecting import Collected, collect
from maintplan.reporting.formats import Format
from maintplan.reporting.selecting import held, names
from maintplan.summary import blocks, documents

if TYPE_CHECKING:
    from nbformat import NotebookNode

REPORT = "report"
"""Name of the file that holds the whole plan, where the template names no documents."""
MEMORY = ".maintplan-documents.json"


@dataclass(frozen=True)
class Made:
    """A document that was made, or that stood there already.

    Attributes
    ----------
    path
        Its file.
    warnings
        What its reader would not expect.
    anew
        Whether it was written now.
    files
        Its file, and those that belong beside it.
    """

    path: Path
    warnings: tuple[str, ...] = ()
    anew: bool = True
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A document in one format: its bytes, the files that belong beside it, and what is to be said of it."""

    data: bytes
    beside: Mapping[str, bytes]
    warnings: tuple[str, ...]


def count(notebook: Mapping[str, Any], formats: Sequence[Format]) -> int:
    """Return how many documents there will be."""
    return max(1, len(names(notebook))) * len(formats)


def make(
    notebook: NotebookNode, formats: Sequence[Format], folder: Path, options: Mapping[str, Any]
) -> Iterator[Made]:
    """Write each document that a notebook holds in each format; of a template without any, the whole report.

    Parameters
    ----------
    notebook
        The executed notebook.
    formats
        The formats.
    folder
        Where they go; it has to be there.
    options
        Options of the exporters: ``show_code``, ``font_paths``, ``reference_doc``.
    """
    memory = _memory(folder / MEMORY)
    found = held(notebook)
    shown, given = _shown(notebook, options), _given(options)
    contents = {name: _content(found.get(name), shown) for name in found or [""]}
    collected = cache(lambda name: _collected(notebook, found.get(name), options))
    remembered: dict[str, Any] = {}
    for each in formats:
        exporter: Any = None
        for name, content in contents.items():
            path = folder / f"{name or REPORT}{each.ending}"
            made_of = _hash(f"{each.name} {content} {given} {_look()}".encode())
            known = memory.get(path.name, {})
            if known.get("made_of") == made_of and _stands(folder, known):
                remembered[path.name] = known
                there = tuple(folder / file for file in known["files"])
                yield Made(path, tuple(known.get("warnings", ())), anew=False, files=there)
                continue
            if exporter is None:
                exporter = _exporter(each, options)
            done = _render(exporter, collected(name), name or REPORT)
            files = {path.name: done.data, **done.beside}
            for file, data in files.items():
                atomic.write(folder / file, data)
            remembered[path.name] = {
                "made_of": made_of,
                "files": {file: _hash(data) for file, data in files.items()},
                "warnings": list(done.warnings),
            }
            yield Made(path, done.warnings, files=tuple(folder / file for file in files))
    if remembered != memory:
        kept = {**memory, **remembered}
        atomic.write(folder / MEMORY, (json.dumps(kept, indent=1, sort_keys=True) + "\n").encode())


def render(notebook: NotebookNode, name: str, kind: Format, options: Mapping[str, Any]) -> Rendered:
    """Return one document in one format.

    Parameters
    ----------
    notebook
        The executed notebook.
    name
        The document's name; empty for the whole report.
    kind
        The format.
    options
        Options of the exporters.
    """
    collected = _collected(notebook, held(notebook)[name] if name else None, options)
    return _render(_exporter(kind, options), collected, name or REPORT)


def _collected(
    notebook: NotebookNode, document: documents.Document | None, options: Mapping[str, Any]
) -> Collected:
    code = bool(options.get("show_code"))
    return collect(notebook, "notebook.ipynb", code=code, document=document)


_exporters: dict[str, Any] = {}


def _exporter(kind: Format, options: Mapping[str, Any]) -> Any:
    """Return a format's exporter with some options; one that was made before has its template compiled."""
    key = json.dumps([kind.name, options], sort_keys=True)
    if key not in _exporters:
        _exporters.clear()  # whoever makes many documents makes them alike
        _exporters[key] = kind.make(**options)
    return _exporters[key]


def _render(exporter: Any, collected: Collected, name: str) -> Rendered:
    made, found = exporter.from_collected(collected, name)
    return Rendered(
        data=made.encode() if isinstance(made, str) else made,
        beside=dict(found.get("outputs") or {}),
        warnings=tuple(getattr(exporter, "warnings", ())),
    )


def _memory(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    kept = isinstance(found, dict) and all(isinstance(each, dict) for each in found.values())
    return found if kept else {}


def _stands(folder: Path, known: Mapping[str, Any]) -> bool:
    files = known.get("files")
    if not isinstance(files, dict) or not files:
        return False
    try:
        return all(_hash((folder / file).read_bytes()) == digest for file, digest in files.items())
    except OSError:
        return False


def _shown(notebook: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Return a digest of everything in a notebook that the whole report can show."""
    cells = [
        [
            each["cell_type"],
            each.get("metadata", {}).get("tags", []),
            each.get("source", "") if each["cell_type"] == "markdown" or options.get("show_code") else "",
            [[_data(out), out.get("text"), out.get("evalue")] for out in each.get("outputs", ())],
        ]
        for each in notebook["cells"]
    ]
    return _digest(cells)


def _given(options: Mapping[str, Any]) -> str:
    return _digest({name: _option(value) for name, value in options.items() if value})


def _data(output: Mapping[str, Any]) -> Any:
    """Return what an output offers: of a part its JSON, which makes all the rest; documents count apart."""
    data = output.get("data", {})
    return None if documents.MIME in data else data.get(blocks.MIME, data)


def _content(document: documents.Document | None, shown: str) -> str:
    """Return a digest of what a document is made of."""
    if document is None:
        return shown
    return _digest([document.to_json(), shown if document.whole else None])


def _digest(data: Any) -> str:
    return _hash(json.dumps(data, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace"))


def _option(value: Any) -> Any:
    """Return an option, with what is in the files that it names."""
    if isinstance(value, list):
        return [_option(each) for each in value]
    path = Path(value) if isinstance(value, str) else None
    if path is None or not path.exists():
        return value
    if path.is_file():
        return [value, _hash(path.read_bytes())]
    return [value, sorted((each.name, each.stat().st_size) for each in path.rglob("*") if each.is_file())]


@lru_cache(maxsize=1)
def _look() -> str:
    """Return a digest of what gives documents their look: the template's files, the words, and this code."""
    code = [Path(__file__).parent, *map(Path, summary.__path__)]
    folders = [resources.report_template(), resources.root() / "templates" / "words", *code]
    files = (each for folder in folders for each in sorted(folder.iterdir()) if each.is_file())
    return _hash(b"".join(map(Path.read_bytes, files)))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
