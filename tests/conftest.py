"""What all tests share."""

import gc
import os
import signal
from collections.abc import Generator

import pytest

SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


@pytest.fixture(autouse=True)
def _own_signals() -> Generator[None]:
    """Give pytest its signals back: a command ignores them from its end on, and processes started later would, too."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


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
