"""``maintplan review``: what the rules find in plans, and how ready they are."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maintplan.errors import InputError, MaintplanError, Where, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from maintplan.cli.reviewing import Reviewed

FORMATS = ("table", "json", "sarif", "junit")
LEVELS = ("high", "medium", "low", "none")


def review(
    plans: Annotated[list[str], typer.Argument(metavar="PLAN...", help="A plan file; or several.")],
    rules: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Rules of your own, over the template's; may be repeated."),
    ] = None,
    as_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="table, json, sarif or junit.")
    ] = "table",
    fail_on: Annotated[
        str, typer.Option(metavar="LEVEL", help="Exit 1 for an open finding from here on: high, ..., none.")
    ] = "high",
    layer: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER", help="A layer over those of the plan; may be repeated."),
    ] = None,
    template: Annotated[
        str | None, typer.Option(help="Where the template lies, when it is not found by its name.")
    ] = None,
) -> int:
    """Hold a plan's answers against each other; show the findings, and how ready it is."""
    if as_ not in FORMATS:
        raise unknown("format", as_, FORMATS, Where(path="--format"))
    if fail_on not in LEVELS:
        raise unknown("level", fail_on, LEVELS, Where(path="--fail-on"))
    from maintplan.review import SEVERITIES  # noqa: PLC0415 - a command imports what it needs

    reviewed = _reviewed(plans, rules or [], [_seen_from_here(each) for each in layer or ()], template)
    failing = SEVERITIES[: LEVELS.index(fail_on) + 1] if fail_on != "none" else ()
    typer.echo(_written(as_, reviewed, failing))
    return int(any(failing and each.review.open(*failing) for each in reviewed))


def _reviewed(
    plans: Sequence[str], extra: Sequence[Path], layers: Sequence[str], template: str | None
) -> list[Reviewed]:
    """Review each plan; what is wrong with any of them is said of all before anything is shown."""
    from maintplan import store  # noqa: PLC0415
    from maintplan.cli.reviewing import Reviewed  # noqa: PLC0415
    from maintplan.documents import gathered  # noqa: PLC0415

    today = dt.datetime.now(dt.UTC).date()  # as in the notebook: the same day for everybody
    found: list[Reviewed] = []
    problems: list[MaintplanError] = []
    for address in dict.fromkeys(plans):
        try:
            opened = store.open(address, template=template, layers=layers)
            if not opened.exists:
                raise InputError("there is no such plan", Where(address), "check the path")
            found.append(Reviewed.of(address, opened, extra, today))
        except MaintplanError as error:
            problems.append(error)
    if problems:
        raise gathered(problems)
    return found


def _seen_from_here(layer: str) -> str:
    """Return a layer's path in full: the call names it from here, not from the plan's folder."""
    return str(Path(layer).absolute()) if (Path(layer) / "template.yaml").is_file() else layer


def _written(as_: str, reviewed: Sequence[Reviewed], failing: Sequence[str]) -> str:
    if as_ == "json":
        from maintplan.cli.reviewing import data  # noqa: PLC0415

        return json.dumps(data(reviewed), ensure_ascii=False, indent=2)
    if as_ == "sarif":
        from maintplan.cli.sarif import log  # noqa: PLC0415

        return json.dumps(log(reviewed), ensure_ascii=False, indent=2)
    if as_ == "junit":
        from maintplan.cli.junit import report  # noqa: PLC0415

        return report(reviewed, failing)
    from maintplan.cli.findings import table  # noqa: PLC0415

    return "\n\n".join(table(each) for each in reviewed)
