"""``maintplan portfolio``: one page over many plans, and tables of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from maintplan.cli.terminal import Progress
from maintplan.errors import MissingExtra, describe

if TYPE_CHECKING:
    from maintplan.batch.portfolio import Portfolio

T = TypeVar("T")


def portfolio(
    address: Annotated[str, typer.Argument(help="A batch's folder, a folder of plan files, or a store.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the page and the tables.")],
    baseline: Annotated[
        Path | None, typer.Option(metavar="DIR", help="An earlier batch's folder to compare with.")
    ] = None,
) -> None:
    """Look at many plans together: readiness, findings, dates, and what stands between services."""
    from maintplan.batch.portfolio import read  # noqa: PLC0415 - a command imports what it needs

    write(read(address, looking=_looking), out, baseline)


def write(found: Portfolio, out: Path, baseline: Path | None) -> None:
    """Write a portfolio's page and tables, and say so of each."""
    from maintplan.batch import portfolio as portfolios  # noqa: PLC0415 - see above

    try:
        for path in portfolios.write(found, out, baseline):
            typer.echo(f"wrote {path}")
    except MissingExtra as error:  # of the tables alone
        typer.echo(describe(error), err=True)


def _looking(plans: Sequence[T]) -> Iterator[T]:
    progress = Progress(len(plans), "plan")
    for each in plans:
        yield each
        progress.step()
