"""Work that is done again and again while the service runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ecg_service.domain.errors import EcgError

logger = logging.getLogger(__name__)


async def repeat(name: str, work: Callable[[], Awaitable[float | None]], *, every: float) -> None:
    """Do the work for ever, every so many seconds, or after as many as it returned.

    A failure is logged, and ends nothing: it may be over the next time.
    """
    while True:
        seconds = None
        try:
            seconds = await work()
        except EcgError as error:
            logger.warning("%s failed: %s", name, type(error).__name__)
        except Exception:
            logger.exception("%s failed", name)
        await asyncio.sleep(every if seconds is None else seconds)
