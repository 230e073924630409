"""What every test shares: the rule about skipped tests, and the browser.

``--no-skips`` (or ``MAINTPLAN_NO_SKIPS=1``) makes the session fail when a test was skipped: on a machine that
is set up to run everything, a skipped test is a test that nobody ran. An expected failure (``xfail``) is no
skip; one that passes unexpectedly fails by ``xfail_strict``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from maintplan.store import loading

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SKIPPED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("MAINTPLAN_NO_SKIPS", "") not in {"", "0"},
        help="fail the session when a test was skipped",
    )


class NoSkips:
    """Collects what was skipped and fails the session for it. With xdist it lives in the controller alone."""

    def __init__(self, config: pytest.Config) -> None:
        self.skipped: list[str] = config.stash.setdefault(SKIPPED, [])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped and report.nodeid not in self.skipped:
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section("skipped, and none may be", sep="=", red=True, bold=True)
            for nodeid in self.skipped:
                terminalreporter.write_line(f"SKIPPED {nodeid}")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--no-skips") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NoSkips(config), "maintplan-no-skips")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return the Chromium of this machine; `make test` sees to it that there is one."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return Path(found)
    pytest.fail(f"no Chromium on PATH (looked for {', '.join(BROWSERS)}); run the tests by: make test")


@pytest.fixture(scope="session", autouse=True)
def _templates_stay_loaded() -> None:
    """Open plan after plan as a batch does: a template is read again where one of its files has changed."""
    loading.keep_templates()
