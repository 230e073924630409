"""``maintplan batch``: one plan for each row of a manifest."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maintplan.cli.portfolio import write
from maintplan.errors import InputError, Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from maintplan.batch.job import Outcome
    from maintplan.batch.manifest import Row
    from maintplan.batch.running import Batch

_HTML = "html"
_EVERY = 5.0
"""Seconds between two lines of progress on a pipe."""
_SHOWN = 20
"""Failed rows that are listed; all stand in batch.json."""


def batch(  # noqa: PLR0913, PLR0917 - each is an option of its own
    manifest: Annotated[Path, typer.Argument(help="CSV, XLSX or YAML: one service a row.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, max=256, help="Rows at a time; by default one a core.")
    ] = None,
    executor: Annotated[
        str | None, typer.Option(metavar="dask:ADDRESS", help="A Dask cluster instead of this machine.")
    ] = None,
    resume: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--resume", help="Run only what is missing, failed or changed since.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option(metavar="S", min=0.1, help="Seconds that one plan's notebook may take.")
    ] = None,
    memory_limit: Annotated[
        int | None, typer.Option(metavar="MB", min=64, help="Megabytes that one plan's notebook may hold.")
    ] = None,
    to: Annotated[str, typer.Option(help="Formats of the documents, with commas.")] = _HTML,
    baseline: Annotated[
        Path | None, typer.Option(metavar="DIR", help="An earlier batch that the portfolio compares with.")
    ] = None,
) -> None:
    """Make one plan for each row of a manifest."""
    from maintplan.batch import manifest as manifests  # noqa: PLC0415 - see above
    from maintplan.batch import workers  # noqa: PLC0415
    from maintplan.reporting import formats  # noqa: PLC0415

    formats.named(to)
    address = _address(executor)
    rows = manifests.read(manifest)
    if address is None:
        workers.begin()
    from maintplan.batch import beside, portfolio, running  # noqa: PLC0415 - loaded while the workers are

    portfolio.load()
    width = jobs or _cores()
    prepared, progress = running.Batch(out, len(rows)), _Progress(len(rows))
    with running.locked(out), contextlib.ExitStack() as stack:
        stack.enter_context(_interrupted(prepared))
        looked = progress.looking(rows)
        running.prepare(prepared, looked, manifest, formats=to, timeout=timeout, memory=memory_limit)
        if address is None:
            make: Callable[[], Executor] = partial(workers.pool, width)
            call = workers.run
        else:
            cluster = stack.enter_context(workers.cluster(address))
            make, call = (lambda: cluster), workers.run_apart
            width = jobs or workers.width(cluster)
        running.run(prepared, make, width=width, resume=resume, call=call, told=progress.one)
        progress.end()
        typer.echo(f"wrote {running.write(prepared)}")
        if prepared.stopped is None:
            made = portfolio.of_batch(out)
            with workers.pool(width) if address is None else contextlib.nullcontext() as pool:
                count = beside.show(made.entries, out, to, pool)
            if count:
                typer.echo(f"{count} reports say what stands between services")
            write(made, out, baseline)
    options = {
        "--jobs": jobs,
        "--executor": executor,
        "--timeout": f"{timeout:g}" if timeout is not None else None,
        "--memory-limit": memory_limit,
        "--to": to if to != _HTML else None,
        "--baseline": baseline,
    }
    given = [str(each) for option in options.items() if option[1] is not None for each in option]
    again = shlex.join(["maintplan", "batch", str(manifest), "-o", str(out), *given, "--resume"])
    _say(prepared, out, again)
    if prepared.failed or prepared.stopped or prepared.templates_changed:
        raise typer.Exit(1)


@contextlib.contextmanager
def _interrupted(prepared: Batch) -> Iterator[None]:
    """Let Ctrl-C end the batch in good order wherever it comes."""
    try:
        yield
    except KeyboardInterrupt:
        prepared.stopped = "interrupted"


def _cores() -> int:
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _address(executor: str | None) -> str | None:
    if executor is None:
        return None
    kind, _, address = executor.partition(":")
    if kind != "dask" or not address:
        raise InputError(f"there is no executor {executor!r}", Where(path="--executor"), "write dask:ADDRESS")
    return address


def _say(prepared: Batch, out: Path, again: str) -> None:
    """Say what failed, and how to go on."""
    failed = prepared.failed
    for each in failed[:_SHOWN]:
        at = f", cell {each.cell}" if each.cell and f"cell {each.cell}" not in (each.message or "") else ""
        typer.echo(f"{each.service}: {each.outcome}{at}: {each.message}", err=True)
    if len(failed) > _SHOWN:
        typer.echo(f"and {len(failed) - _SHOWN} more, in {out / 'batch.json'}", err=True)
    done = len(prepared.outcomes) - len(failed)
    typer.echo(f"{done} of {prepared.total} plans made, {len(failed)} failed, {prepared.left} not run")
    if prepared.stopped == "interrupted":
        typer.echo(f"stopped; go on with: {again}", err=True)
    elif prepared.stopped:
        typer.echo(f"stopped: {prepared.stopped}; then go on with: {again}", err=True)
    elif prepared.templates_changed:
        typer.echo(f"a template was changed in the meantime; bring all up to date with: {again}", err=True)


class _Progress:
    """How far the batch is: one line that moves on a terminal, a plain line every few seconds on a pipe."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._failed, self._kept = total, 0, 0, 0
        self._began = self._said = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._long = 0

    def looking(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Yield the rows as they are looked at, before the first is run."""
        for number, row in enumerate(rows, 1):
            yield row
            if self._is_time():
                self._say(f"looked at {number} of {self._total} rows")
        self._began = time.monotonic()

    def one(self, outcome: Outcome) -> None:
        """Count a row."""
        self._done += 1
        self._kept += outcome.kept
        self._failed += outcome.outcome != "ok"
        if self._is_time():
            self._line(time.monotonic())

    def end(self) -> None:
        """Say the last of it."""
        self._line(time.monotonic())
        if self._terminal:
            typer.echo("", err=True)

    def _line(self, now: float) -> None:
        made = self._done - self._kept
        rate = made / max(now - self._began, 1e-6)
        words = f"{self._done} of {self._total} plans"
        words += f", {self._kept} as they were" if self._kept else ""
        words += f", {self._failed} failed" if self._failed else ""
        if made:
            words += f", {rate:.1f} a second"
            left = (self._total - self._done) / rate
            words += f", {_length(left)} left" if self._done < self._total else ""
        self._say(words)

    def _is_time(self) -> bool:
        now = time.monotonic()
        due = now - self._said >= (0.1 if self._terminal else _EVERY)
        self._said = now if due else self._said
        return due

    def _say(self, words: str) -> None:
        if self._terminal:
            typer.echo(f"\r{words.ljust(self._long)}", nl=False, err=True)
            self._long = len(words)
        else:
            typer.echo(words, err=True)


_MINUTE, _HOUR = 60, 3600


def _length(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:.1f} h"
