"""The command ``maintplan``.

Each subcommand is a module here; it reads its call, calls the library, and says what it did. Errors reach
`main`, which prints one line and turns them into exit codes: 0 done, 1 something failed or falls short,
2 the call or an input file is wrong.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from maintplan.errors import MaintplanError, describe

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    sys.exit(_run(words, debug=debug))


def _run(words: list[str], *, debug: bool) -> int:
    import click  # noqa: PLC0415 - nothing here is needed to import the package

    from maintplan.cli.app import app  # noqa: PLC0415

    try:
        result = app(words, standalone_mode=False, prog_name="maintplan")
    except MaintplanError as error:
        if debug:
            raise
        print(describe(error), file=sys.stderr)  # noqa: T201 - this is where errors are printed
        return error.exit_code
    except click.exceptions.Abort:
        print("stopped; nothing was changed by the last step", file=sys.stderr)  # noqa: T201
        return 1
    except click.ClickException as error:
        text = error.format_message().rstrip(".")
        print(f"{text}; see maintplan --help", file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return result if isinstance(result, int) else 0
