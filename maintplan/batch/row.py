"""One row's plan, from the row to the documents: what a worker does.

Everything is made in a folder of its own beside the result's, which then takes the result's place in one
step: a batch that is killed leaves each service as it was or as it is meant to be. The plan is copied there
first; the file or store that the row names stays as it is.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from maintplan import atomic, errors, headless, resources, store, yamltext
from maintplan import template as templates
from maintplan.batch import facts
from maintplan.batch.job import STAGING, Job, Kind, Outcome
from maintplan.engine import apart, process, running, writing
from maintplan.errors import InputError, MaintplanError, SaveError, Where
from maintplan.plan import Plan, Service, document, edits, places
from maintplan.plan.model import FORMAT, Stage
from maintplan.reporting import formats, making
from maintplan.session import Session
from maintplan.store import address
from maintplan.template import Template

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from maintplan.engine.here import Here

    Kernel = process.Manager | Here

PLAN, EXECUTED, FAILED, MEMORY = "plan.yaml", "executed.ipynb", "failed.ipynb", ".maintplan-row.json"
_LIMIT = "MemoryError"
_PLACE = re.compile(r"\b[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*(?:\.[a-z][a-z0-9_]*(?:\[[^\]]*\])?)*")


def run(job: Job) -> Outcome:
    """Make one row's plan and documents.

    Raises
    ------
    SaveError
        When the results can't be written, which is no matter of this row.
    """
    began = time.perf_counter()
    try:
        with _templates(job), _staging(job) as folder:
            parameters, begun = _prepare(job, folder)
            outcome = _run(job, folder, partial(_make, job, folder, parameters, begun))
    except SaveError:
        raise
    except MaintplanError as error:
        outcome = _outcome(job, "input_error", message=str(error), path=error.where.path)
    return replace(outcome, seconds=round(time.perf_counter() - began, 3))


def _run(job: Job, folder: Path, make: Callable[[Kernel], Outcome]) -> Outcome:
    """Make a row's results in one fork of this process, or, where there is none, with a kernel beside it."""
    limits = running.Limits(job.timeout, None if job.memory is None else job.memory << 20)
    try:
        if process.forks():
            outcome = apart.run(make, folder, limits)
        else:
            kernel = process.Manager(limits.memory, headless.MODULES, folder=folder)
            outcome = make(kernel)
    except apart.CutOffError as error:
        return _failed(job, folder, error.notebook, error.failure)
    if outcome.outcome == "ok":
        _put_in_place(folder, Path(job.out) / job.row.folder)
    return outcome


def _make(job: Job, folder: Path, parameters: dict[str, Any], begun: _Begun, kernel: Kernel) -> Outcome:
    """Execute the notebook and make the documents."""
    # A fork is watched from outside.
    seconds = job.timeout if isinstance(kernel, process.Manager) else None
    executed, failure = running.execute_in(
        kernel, resources.notebook(), parameters, output=EXECUTED, seconds=seconds
    )
    if failure is not None:
        return _failed(job, folder, executed, failure)
    with atomic.unpressed():
        atomic.write(folder / EXECUTED, writing.data(executed))
        for _ in making.make(executed, formats.named(job.formats), folder, {}):
            pass
        outcome = _outcome(job, "ok")
        about = _facts(kernel, folder / PLAN, begun)
        kept = {**outcome.to_data(), "facts": about, "files": sizes(folder)}
        atomic.write(folder / MEMORY, remembering(kept))
    return outcome


def _facts(kernel: Kernel, path: Path, begun: _Begun) -> dict[str, Any]:
    """Return the facts of the plan as the notebook left it."""
    session = None if isinstance(kernel, process.Manager) else kernel.names.get("session")
    if not isinstance(session, Session):
        return facts.facts(_now(path, begun))
    today = dt.datetime.now(dt.UTC).date()
    reviewed = session.review if session.today == today else None
    return facts.facts(session.plan, today, (session.standing, reviewed))


def _now(path: Path, begun: _Begun) -> Plan:
    """Return the plan as the notebook left it, which it mostly does as it was."""
    if begun.plan is not None and path.read_bytes() == begun.data:
        return begun.plan
    return store.open(path).plan


def sizes(folder: Path) -> dict[str, int]:
    """Return how long each file of a row's results is."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MEMORY)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def remembering(kept: dict[str, Any]) -> bytes:
    """Return what is remembered of a row as the bytes of its file."""
    return (json.dumps(kept, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def remembered(job: Job) -> Outcome | None:
    """Return what an earlier run made of the row, when nothing has changed since."""
    try:
        folder = Path(job.out) / job.row.folder
        kept = json.loads((folder / MEMORY).read_bytes())
        if kept["key"] != job.key or kept["outcome"] != "ok":
            return None
        for name in ("beside", "facts"):
            kept.pop(name, None)
        files = kept.pop("files").items()
        if any((folder / name).stat().st_size != size for name, size in files):
            return None  # somebody has deleted or changed one, or the power failed before it was on the disk
        return Outcome(**{**kept, "kept": True})
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _staging(job: Job) -> Iterator[Path]:
    folder = Path(job.out) / f"{STAGING}{job.row.folder}"
    shutil.rmtree(folder, ignore_errors=True)
    atomic.folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(made: Path, target: Path) -> None:
    """Let what was made take the place of what stood there."""
    old = made.with_name(f"{made.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        if target.exists():
            target.rename(old)
        made.rename(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            old.rename(target)
        reason = (error.strerror or str(error)).lower()
        raise SaveError(f"the results can't be put in place: {reason}", Where(str(target))) from None
    shutil.rmtree(old, ignore_errors=True)


# ------------------------------------------------------------------------------------------- the plan


@dataclass(frozen=True)
class _Begun:
    """The plan as a row begins with it: its template, what its file holds, and the plan where it was read."""

    bank: Template
    data: bytes
    plan: Plan | None = None


def _prepare(job: Job, folder: Path) -> tuple[dict[str, Any], _Begun]:
    """Put the plan into the folder, and return the notebook's parameters and the plan."""
    cells = job.row.cells
    if cells.get("artifacts"):
        what = "no reader of artifacts is installed"
        raise InputError(what, _at(job, "artifacts"), "leave the column empty, and answer in the plan")
    tier, stage = _tier(job), _stage(job)
    begun = _plan(job, folder, tier, stage)
    with atomic.unpressed():
        atomic.write(folder / PLAN, begun.data)
    answers = _answers(job, begun.bank)
    given = {
        "plan": PLAN,
        "template": cells.get("template") and _path(job, cells["template"]),
        "service": job.row.service,
        "tier": tier,
        "stage": stage,
        "answers": answers,
    }
    return {name: value for name, value in given.items() if value not in (None, "", {})}, begun


def _tier(job: Job) -> int | None:
    text = job.row.cells.get("tier")
    if text is None:
        return None
    if text not in ("1", "2", "3"):
        raise InputError(f"the tier is {text[:40]!r}", _at(job, "tier"), "write 1, 2 or 3")
    return int(text)


def _stage(job: Job) -> str | None:
    text = job.row.cells.get("stage")
    if text is not None and text not in get_args(Stage):
        *most, last = get_args(Stage)
        mend = f"write {', '.join(most)} or {last}"
        raise InputError(f"the stage is {text[:40]!r}", _at(job, "stage"), mend)
    return text


def _plan(job: Job, folder: Path, tier: int | None, stage: str | None) -> _Begun:
    """Return the plan that the row names, as it goes into the folder, or a new one."""
    cells = job.row.cells
    if "plan" not in cells:
        return _begin(job, folder, tier, stage)
    source = cells["plan"]
    for column in ("layers", "inherits"):
        if column in cells:
            mend = "write it in the plan, or leave one of the two cells empty"
            raise InputError(f"a plan has its own {column}", _at(job, column), mend)
    with _about(job, "plan"):
        kind = address.kind(source)
        here = _beside(job, source) if kind == "path" else source
        if isinstance(here, Path) and not here.is_file():
            raise InputError("there is no such plan file", Where(source), "check the path")
        opened = store.open(here)
        if not opened.exists:
            raise InputError("there is no such plan", Where(source), "check its name")
    bank, text = opened.plan.template, opened.text
    if not isinstance(here, Path) or text is None:
        return _Begun(bank, yamltext.dump(document.to_data(opened.plan)).encode())
    data: Any = text.data
    moved = _moved(data, here.parent, folder)
    if moved == data:
        return _Begun(bank, text.text.encode(), opened.plan)
    return _Begun(bank, yamltext.splice(text, data, moved).encode(), opened.plan)


def _begin(job: Job, folder: Path, tier: int | None, stage: str | None) -> _Begun:
    cells = job.row.cells
    name = cells.get("template", store.files.DEFAULT_TEMPLATE)
    base = Path(job.manifest).parent.absolute()
    layers = [_path(job, each) for each in _listed(job, "layers")]
    with _about(job, "template"):
        bank = templates.load(_path(job, name), layers=layers, beside=base)
    inherits = [_relative(_beside(job, each), folder) for each in _listed(job, "inherits")]
    service: dict[str, Any] = {"name": job.row.service}
    service |= {"tier": tier} if tier is not None else {}
    service |= {"stage": stage} if stage is not None else {}
    data: dict[str, Any] = {"maintplan": FORMAT, "template": {"name": bank.name, "version": bank.version}}
    data |= {"layers": layers} if layers else {}
    data |= {"inherits": inherits} if inherits else {}
    data |= {"service": service, "revision": 1, "status": "draft"}
    return _Begun(bank, yamltext.dump(data).encode())


def _moved(data: dict[str, Any], old: Path, new: Path) -> dict[str, Any]:
    """Return a plan's document whose paths lead from its new folder to where they led from the old one."""
    moved = dict(data)
    for key in ("inherits", "layers"):
        if isinstance(data.get(key), list):
            moved[key] = [
                _relative(old / each, new) if isinstance(each, str) and (old / each).exists() else each
                for each in data[key]
            ]
    return moved


def _answers(job: Job, bank: Template) -> dict[str, Any]:
    """Return the row's answers: those of its file, with the cells named by a place over them."""
    merged: dict[str, Any] = {}
    if "answers" in job.row.cells:
        with _about(job, "answers"):
            text = job.row.cells["answers"]
            found = (
                yamltext.read(text, "the cell")
                if text.lstrip().startswith("{")
                else yamltext.read_file(_beside(job, text))
            )
            document.read_answers(found.data, bank, found)
            said: Any = found.data
            merged = dict(said)
    changed = Plan(bank, Service(name=job.row.service))
    for place, text in job.row.places.items():
        with _about(job, place):
            changed = edits.answer(changed, str(places.find(bank, place).place), text)
    laid: dict[str, Any] = _laid_over(merged, document.answers_data(changed))
    return laid


def _laid_over(base: Any, top: Any) -> Any:
    if isinstance(base, dict) and isinstance(top, dict):
        return {**base, **{key: _laid_over(base.get(key), value) for key, value in top.items()}}
    return top


def _listed(job: Job, column: str) -> list[str]:
    with _about(job, column):
        return job.row.listed(column)


def _beside(job: Job, path: str) -> Path:
    return (Path(job.manifest).parent / path).absolute()


def _path(job: Job, name: str) -> str:
    """Return a template's name, or its path from wherever the worker is."""
    there = _beside(job, name)
    return str(there) if ("/" in name or name.endswith(".md")) and there.exists() else name


def _relative(path: Path, folder: Path) -> str:
    # The folder is the staging one; the result's lies beside it.
    return Path(os.path.relpath(path, folder)).as_posix()


@contextlib.contextmanager
def _templates(job: Job) -> Iterator[None]:
    """Let templates and layers be found beside the manifest and beside the row's plan, also by the kernel."""
    folders = [Path(job.manifest).parent.absolute()]
    plan = job.row.cells.get("plan")
    if plan is not None and "://" not in plan:
        folders.insert(0, _beside(job, plan).parent)
    before = os.environ.get("MAINTPLAN_TEMPLATES")
    found = [*map(str, folders), *([before] if before else [])]
    os.environ["MAINTPLAN_TEMPLATES"] = os.pathsep.join(found)
    try:
        yield
    finally:
        os.environ.pop("MAINTPLAN_TEMPLATES")
        if before is not None:
            os.environ["MAINTPLAN_TEMPLATES"] = before


# --------------------------------------------------------------------------------------------- errors


def _at(job: Job, column: str) -> Where:
    return Where(job.named, job.row.number, column)


@contextlib.contextmanager
def _about(job: Job, column: str) -> Iterator[None]:
    """Say of an error which row and column it comes from."""
    try:
        yield
    except SaveError:
        raise
    except MaintplanError as error:
        inside = str(error) if error.where.file else error.what
        raise InputError(inside, _at(job, column), error.mend if not error.where.file else None) from None
    except ValueError as error:
        raise InputError(str(error).splitlines()[0], _at(job, column), "check the cell") from None


def _outcome(job: Job, kind: Kind, **about: Any) -> Outcome:
    return Outcome(job.row.service, job.row.folder, job.key, kind, 0.0, **about)


def _failed(job: Job, folder: Path, notebook: NotebookNode | None, failure: running.Failure) -> Outcome:
    if notebook is not None:
        atomic.write(Path(job.out) / job.row.folder / FAILED, writing.data(notebook))
    said = headless.said(failure)
    kind: Kind = "cell_error"
    if failure.kind == "timeout":
        kind = "timeout"
    elif failure.kind == "died":
        kind = "killed"
    elif failure.name == _LIMIT:
        kind = "out_of_memory"
    elif said.expected and said.exit_code == errors.InputError.exit_code:
        kind = "input_error"
    path = None
    if said.expected:
        with contextlib.suppress(Exception):
            path = _path_of(folder, failure.value)
    message = str(said)
    if kind == "out_of_memory" and job.memory is not None:
        message = f"cell {failure.cell} of the notebook wanted more than {job.memory} MB, see --memory-limit"
    return _outcome(job, kind, cell=failure.cell or None, path=path, message=message)


def _path_of(folder: Path, message: str) -> str | None:
    """Return the place that a notebook's error is about: opening the plan says it, or its words do."""
    try:
        store.open(folder / PLAN)
    except MaintplanError as error:
        if error.where.path:
            return error.where.path
    found = _PLACE.search(message.replace(PLAN, ""))
    return found[0] if found else None
