"""Work is repeated whatever it raises, after the pause that it asks for."""

import asyncio
import logging

import pytest

from ecg_service.domain.errors import StorageUnavailable
from ecg_service.services.periodic import repeat
from tests.clock import at_once


def begun(*ends: float | Exception | None) -> list[float]:
    """Return when work that returns or raises these, every 10 seconds, was begun, and begun again."""
    left, times = iter(ends), list[float]()

    async def scenario() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        async def work() -> float | None:
            times.append(loop.time())
            match next(left, done):
                case asyncio.Event():
                    done.set()
                    return None
                case Exception() as error:
                    raise error
                case seconds:
                    return seconds

        task = asyncio.create_task(repeat("the work", work, every=10))
        await done.wait()
        task.cancel()

    at_once(scenario())
    return times


def test_work_begins_at_once_and_again_after_each_pause() -> None:
    assert begun(None, 1, 0, None) == [0, 10, 11, 11, 21]


@pytest.mark.parametrize(
    ("error", "level"), [(StorageUnavailable(), logging.WARNING), (ValueError(), logging.ERROR)]
)
def test_work_that_fails_is_logged_and_repeated(
    caplog: pytest.LogCaptureFixture, error: Exception, level: int
) -> None:
    assert begun(error, None) == [0, 10, 20]
    [record] = caplog.records
    assert (record.levelno, record.getMessage().startswith("the work failed")) == (level, True)
