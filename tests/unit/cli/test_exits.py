import errno

import click
import httpx
import pytest
from click.testing import CliRunner

from ecg_service.actors import RestartLimitExceeded
from ecg_service.cli.exits import Commands
from ecg_service.domain.errors import (
    Invalid,
    LastAdmin,
    OutcomeUnknown,
    Overloaded,
    StorageFull,
    StorageUnavailable,
    UserExists,
    Violation,
)


def ended(error: Exception) -> tuple[int, str]:
    """Run a command that raises this error."""

    @click.group(cls=Commands)
    def root() -> None: ...

    @root.command()
    def fail() -> None:
        raise error

    result = CliRunner().invoke(root, ["fail"])
    assert result.stdout == ""
    return result.exit_code, result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UserExists(), 1),
        (LastAdmin(), 1),
        (StorageUnavailable("locked"), 69),
        (StorageFull("full"), 69),
        (Overloaded(), 69),
        (OutcomeUnknown(), 69),
        (httpx.ConnectError("refused"), 69),
        (RestartLimitExceeded("4 failures"), 70),
        (OSError(errno.ENOSPC, "No space left on device"), 1),
        (OSError(errno.EMFILE, "Too many open files"), 70),
        (RuntimeError("a fault"), 70),
        (click.UsageError("wrong"), 2),
        (click.Abort(), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_has_an_exit_code(error: Exception, code: int) -> None:
    assert ended(error)[0] == code


def test_an_error_without_words_is_explained_by_its_class() -> None:
    assert ended(UserExists())[1] == "Error: A user with this name is registered already.\n"


def test_every_broken_rule_is_named() -> None:
    error = Invalid(Violation(("username",), "pattern", "Not so."), Violation((), "x", "Nor so."))
    assert ended(error)[1] == "Error: username: Not so.; Nor so.\n"


def test_an_output_that_takes_no_more_is_no_fault_of_the_service() -> None:
    error = ExceptionGroup("", [OSError(errno.ENOSPC, "No space left on device")])
    assert ended(error) == (1, "Error: cannot write: No space left on device\n")


def test_errors_are_found_in_groups() -> None:
    failed = ExceptionGroup(
        "pool", [ExceptionGroup("actors", [RestartLimitExceeded("4 failures")])]
    )
    assert ended(failed) == (70, "Error: 4 failures\n")


def test_a_failed_pool_outweighs_what_failed_with_it() -> None:
    group = ExceptionGroup("", [StorageUnavailable("closed"), RestartLimitExceeded("4 failures")])
    assert ended(group) == (70, "Error: 4 failures\n")


def test_a_group_may_hold_an_ending() -> None:
    assert ended(ExceptionGroup("", [click.ClickException("enough")])) == (1, "Error: enough\n")


def test_a_fault_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("a fault")
    ended(error)
    [record] = caplog.records
    assert record.exc_info
    assert record.exc_info[1] is error
