"""The command ``maintplan``.

Each subcommand is a module here; it reads its call, calls the library, and says what it did. Errors reach
`main`, which prints one line and turns them into exit codes: 0 done, 1 something failed or falls short,
2 the call or an input file is wrong.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from maintplan.errors import MaintplanError, describe

if TYPE_CHECKING:
    from collections.abc import Sequence


_INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    Parameters
    ----------
    arguments
        What follows ``maintplan`` on the command line; by default those of this process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        # A terminal that lacks a character shows its number; that is no reason to stop.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run(words, debug=debug)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        print("stopped", file=sys.stderr)  # noqa: T201
    sys.exit(code)


def _run(words: list[str], *, debug: bool) -> int:
    import typer  # noqa: PLC0415 - nothing here is needed to import the package

    from maintplan.cli.app import app  # noqa: PLC0415

    # Some versions of typer bring a click of their own, whose errors are not those of the package click.
    wrong_call: type[Exception]
    *_, wrong_call = (each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException")

    try:
        result = app(words, standalone_mode=False, prog_name="maintplan")
    except MaintplanError as error:
        if debug:
            raise
        print(describe(error), file=sys.stderr)  # noqa: T201 - this is where errors are printed
        return error.exit_code
    except typer.Abort:
        print("stopped; nothing was changed by the last step", file=sys.stderr)  # noqa: T201
        return 1
    except wrong_call as error:
        text = error.format_message() if hasattr(error, "format_message") else str(error)
        if type(error).__name__ == "NoArgsIsHelpError":
            print(text, file=sys.stderr)  # noqa: T201
        else:
            line = " ".join(text.split()).rstrip(".")
            print(f"{line}; see maintplan --help", file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return result if isinstance(result, int) else 0
