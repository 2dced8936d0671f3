import pytest

from ecg_service.adapters.postgres.engine.errors import is_lost, reason, translate_errors
from ecg_service.adapters.postgres.engine.sql import PostgresError
from ecg_service.domain.errors import StorageFull, StorageUnavailable


def failure(state: str) -> PostgresError:
    """Make an error of the server, whose text quotes what is stored."""
    error = PostgresError("Key (owner)=(eve) already exists")
    error.sqlstate = state  # pyright: ignore[reportAttributeAccessIssue]
    return error


def shown(value: object) -> str:
    """Name an error by its code."""
    state = getattr(value, "sqlstate", None)
    return state or (type(value).__name__ if isinstance(value, Exception) else str(value))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (failure("23505"), "stored already"),
        (failure("57014"), "took too long"),
        (failure("57P03"), "shutting down or starting"),
        (failure("08006"), "connection to the database failed"),
        (failure("XX001"), "damaged"),
        (failure("XX002"), "damaged"),
        (failure("25006"), "read-only: it may be a standby"),
        (failure("3F000"), "there is no such schema"),
        (failure("40P01"), "broke a deadlock"),
        (failure("42501"), "does not allow this to the user"),
        (failure("42P01"), "lacks the current schema"),
        (failure("42703"), "lacks the current schema"),
        (failure("53300"), "no connections left"),
        (failure("55P03"), "a lock of the database took too long"),
        (failure("99999"), "SQLSTATE 99999"),
        (TimeoutError(), "took too long"),
        (ConnectionRefusedError("at 10.0.0.1"), "cannot be reached: ConnectionRefusedError"),
    ],
    ids=shown,
)
def test_errors_say_what_is_wrong_and_not_what_is_stored(error: Exception, told: str) -> None:
    with pytest.raises(StorageUnavailable, match=told) as raised, translate_errors():
        raise error
    assert reason(error) == str(raised.value)
    assert "eve" not in str(raised.value)


@pytest.mark.parametrize(
    ("state", "known"),
    [
        ("28P01", "the database refuses the user or the password"),
        ("28000", "the database refuses the user or the password"),
        ("3D000", "there is no such database: make it with createdb, or name another"),
    ],
)
def test_who_is_not_let_in_is_told_by_the_server_and_the_place_by_the_url(
    state: str, known: str
) -> None:
    error = failure(state)
    error.args = (f'password of user "ann"\nis wrong{"!" * 1000}',)
    told = rf'^{known} \(password of user "ann" is wrong!{{1,200}}; postgresql://host/ecg\)$'
    with (
        pytest.raises(StorageUnavailable, match=told) as raised,
        translate_errors("postgresql://ann:secret@host/ecg?passfile=secret"),
    ):
        raise error
    assert "secret" not in str(raised.value)


def test_a_full_disk_is_told_apart() -> None:
    with pytest.raises(StorageFull, match="the disk of the database is full"), translate_errors():
        raise failure("53100")


@pytest.mark.parametrize("cause", [OverflowError("2**63"), "\ud800"], ids=["number", "text"])
def test_a_value_that_no_column_holds_is_the_callers_error(cause: Exception | str) -> None:
    error = failure("22000")
    if isinstance(cause, str):
        with pytest.raises(UnicodeEncodeError) as encoded:
            cause.encode()
        cause = encoded.value
    error.__cause__ = cause
    with pytest.raises(type(cause)), translate_errors():
        raise error


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (ConnectionResetError(), True),
        (failure("57P01"), True),
        (failure("08006"), True),
        (failure("40001"), False),
        (failure("23505"), False),
    ],
    ids=shown,
)
def test_only_some_errors_leave_the_end_of_a_commit_open(error: Exception, *, lost: bool) -> None:
    assert is_lost(error) is lost
