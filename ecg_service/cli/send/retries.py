"""Which requests are repeated, and after how long."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from ecg_service.cli.send.answers import is_outcome_unknown

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

    async def answer(
        self,
        request: Callable[[], Awaitable[httpx.Response]],
        may_repeat: Callable[[], bool] = lambda: True,
    ) -> httpx.Response:
        """Return the last answer, or raise the last `httpx.TransportError`.

        A request whose outcome is unknown, to us since its answer was lost or to the service, is
        repeated only if `may_repeat` allows it.
        """
        for attempt in range(self._limit):
            if self._gave_up:
                break
            pause = backoff(attempt)
            try:
                response = await request()
            except httpx.TransportError as error:
                if not isinstance(error, UNSENT) and not may_repeat():
                    raise
            else:
                asked = asked_pause(response)
                if _is_final(response, may_repeat) or asked > LONGEST_PAUSE:
                    return response
                pause = max(pause, asked)
            await asyncio.sleep(pause)
        return await self._last(request)

    async def _last(self, request: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        self._gave_up = True
        response = await request()
        self._gave_up = response.status_code in LATER
        return response


def _is_final(response: httpx.Response, may_repeat: Callable[[], bool]) -> bool:
    if is_outcome_unknown(response):
        return not may_repeat()
    return response.status_code not in LATER


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
