"""What all tests share."""

import gc
import os
from collections.abc import Generator

import pytest


@pytest.fixture
def uncollected() -> Generator[None]:
    """Keep the garbage collector away, as it is from a service: a cycle then keeps what it holds."""
    gc.disable()
    yield
    gc.enable()


def _skips(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter and os.environ.get("CI") else 0


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: everything a test needs is there."""
    if _skips(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the run failed."""
    if count := _skips(terminalreporter.config):
        terminalreporter.write_line(f"{count} skipped, which CI=true makes a failure", red=True)
