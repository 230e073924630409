"""A skipped test fails the run where none may be skipped."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
CASES = {
    "test": "import pytest\ndef test_it():\n    pytest.skip('no')\n",
    "module": "import pytest\npytest.importorskip('no_such_module_here')\ndef test_it():\n    pass\n",
    "fine": "def test_it():\n    pass\n",
    "xfail": "import pytest\n@pytest.mark.xfail\ndef test_it():\n    assert False\n",
}


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "none.ini", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        # without the other plugins it starts in a tenth of the time
        env={"PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(CONFTEST, tmp_path / "conftest.py")
    (tmp_path / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_fine.py").write_text(CASES["fine"], encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("case", ["test", "module"])
@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "1")], ids=["alone", "xdist"])
def test_a_skip_fails_the_session(project: Path, case: str, workers: tuple[str, ...]) -> None:
    (project / "test_case.py").write_text(CASES[case], encoding="utf-8")
    done = run(project, "--no-skips", *workers)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SKIPPED test_case.py" in done.stdout


def test_an_expected_failure_is_no_skip(project: Path) -> None:
    (project / "test_case.py").write_text(CASES["xfail"], encoding="utf-8")
    done = run(project, "--no-skips")
    assert done.returncode == 0, done.stdout + done.stderr


def test_elsewhere_a_skip_is_no_failure(project: Path) -> None:
    (project / "test_case.py").write_text(CASES["test"], encoding="utf-8")
    assert run(project).returncode == 0
