"""Which requests are repeated, and after how long."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from ecg_service.cli.send.answers import is_repeatable

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 60.0
"""Seconds. Pauses double from the first; a request is not repeated after a longer `Retry-After`."""

LATER = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
"""Statuses that guarantee that nothing was stored."""

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
"""Errors after which the service has not received the request."""


class Retries:
    """Repeats requests, each a bounded number of times.

    Once a request has failed for good, the following ones get one attempt each until one is
    answered, so that not every file waits for a service that is gone.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._gave_up = False

    async def answer(self, request: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Return the last answer, or raise the last `httpx.TransportError`.

        The request must be one that may be repeated when its answer is lost.
        """
        for attempt in range(self._limit):
            if self._gave_up:
                break
            pause = backoff(attempt)
            with suppress(httpx.TransportError):
                response = await request()
                asked = asked_pause(response)
                if _is_final(response) or asked > LONGEST_PAUSE:
                    return response
                pause = max(pause, asked)
            await asyncio.sleep(pause)
        return await self._last(request)

    async def _last(self, request: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        self._gave_up = True
        response = await request()
        self._gave_up = response.status_code in LATER
        return response


def _is_final(response: httpx.Response) -> bool:
    return response.status_code not in LATER and not is_repeatable(response)


def backoff(attempt: int) -> float:
    """Return a pause in seconds, partly random so that many senders do not retry at once."""
    return FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - not a secret


def asked_pause(response: httpx.Response) -> float:
    """Return the seconds of `Retry-After`, which may also be a date (RFC 9110 §10.2.3)."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
