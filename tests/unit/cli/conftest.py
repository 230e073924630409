from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from maintplan.cli import main


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., CompletedProcess[str]]:
    """Call the command as a shell would, but in this process."""

    def called(*given: object) -> CompletedProcess[str]:
        words = [str(word) for word in given]
        with pytest.raises(SystemExit) as left:
            main(words)
        printed = capsys.readouterr()
        return CompletedProcess(words, int(left.value.code or 0), printed.out, printed.err)

    return called
