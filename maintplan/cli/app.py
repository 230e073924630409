"""The command line's calls, gathered."""

from __future__ import annotations

from typing import Annotated

import typer

from maintplan import __version__
from maintplan.cli import batch, diff, new, portfolio, review, run, serve, template, verify

app = typer.Typer(
    name="maintplan",
    help="Plan how a service is kept running, how changes reach it safely, and how it comes back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(new.new)
app.command("run")(run.run)
app.command("batch")(batch.batch)
app.command("review")(review.review)
app.command("portfolio")(portfolio.portfolio)
app.command("diff")(diff.diff)
app.command("serve")(serve.serve)
app.command("verify")(verify.verify)
app.add_typer(template.app, name="template")


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the flag's value
    if asked:
        typer.echo(f"maintplan {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and leave.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")] = False,  # noqa: FBT002
) -> None:
    """Plan how a service is kept running, how changes reach it safely, and how it comes back."""
    del version, debug
