"""``maintplan portfolio``: one page over many plans, and tables of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def portfolio(
    address: Annotated[str, typer.Argument(help="A batch's folder, a folder of plan files, or a store.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the page and the tables.")],
    baseline: Annotated[
        Path | None, typer.Option(metavar="DIR", help="An earlier batch's folder to compare with.")
    ] = None,
) -> None:
    """Look at many plans together: readiness, findings, dates, and what stands between services."""
    from maintplan.batch import portfolio as portfolios  # noqa: PLC0415 - a command imports what it needs

    for path in portfolios.write(portfolios.read(address), out, baseline):
        typer.echo(f"wrote {path}")
