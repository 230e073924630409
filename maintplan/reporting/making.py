"""All documents of an executed notebook, in the formats that are asked for, written into a folder.

What a document is made of is remembered beside it: one whose content, look and options are as they were, and
that still stands there as it was written, is not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import atomic, resources, summary
from maintplan.errors import unknown
from maintplan.reporting import selecting
from maintplan.reporting.formats import Format
from maintplan.reporting.source import Rendered, Source, digest

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


def count(notebook: Mapping[str, Any], formats: Sequence[Format]) -> int:
    """Return how many documents there will be."""
    return max(1, len(selecting.names(notebook))) * len(formats)


def load(formats: Sequence[Format]) -> None:
    """Load what the first document in each of some formats would have to wait for."""
    for each in formats:
        each.load()


def make(
    notebook: NotebookNode,
    formats: Sequence[Format],
    folder: Path,
    options: Mapping[str, Any],
    *,
    only: str | None = None,
    jobs: int = 1,
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
    only
        The one document that is wanted, by its name; the whole report by ``report``.
    jobs
        How many are made beside each other: Typst leaves the interpreter free while it works.
    """
    memory = _memory(folder / MEMORY)
    source = Source(notebook, code=bool(options.get("show_code")))
    given = {name: _option(value) for name, value in options.items() if value}
    remembered: dict[str, Any] = {}
    with _beside(jobs) as begun:
        waiting: list[tuple[Path, str, Callable[[], Rendered] | None]] = []
        for each in formats:
            for name in source.names if only is None else _named(source, only):
                path = folder / f"{name or REPORT}{each.ending}"
                made_of = digest([each.name, source.digest(name), given, _look()])
                known = memory.get(path.name, {})
                stands = known.get("made_of") == made_of and _stands(folder, known)
                write = partial(each.write, source.leaf(name, name or REPORT), options)
                waiting.append((path, made_of, None if stands else begun(write)))
        for path, made_of, making in waiting:
            if making is None:
                known = remembered[path.name] = memory[path.name]
                there = tuple(folder / file for file in known["files"])
                yield Made(path, tuple(known.get("warnings", ())), anew=False, files=there)
                continue
            done = making()
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


@contextmanager
def _beside(jobs: int) -> Iterator[Callable[[Callable[[], Rendered]], Callable[[], Rendered]]]:
    """Yield what begins a piece of work and returns how to get its result; alone, that is when it begins."""
    if jobs == 1:
        yield lambda work: work
        return
    with ThreadPoolExecutor(jobs) as workers:
        try:
            yield lambda work: workers.submit(work).result
        finally:  # an error, or nobody listening any more, stops what has not begun
            workers.shutdown(wait=False, cancel_futures=True)


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
    source = Source(notebook, code=bool(options.get("show_code")))
    return kind.write(source.leaf(name, name or REPORT), options)


def _named(source: Source, only: str) -> tuple[str, ...]:
    found = {name or REPORT: name for name in source.names}
    if only not in found:
        raise unknown("document", only, found)
    return (found[only],)


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
