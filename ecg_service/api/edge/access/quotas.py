"""Quotas in HTTP: the fields of draft-ietf-httpapi-ratelimit-headers-10, and bodies in bytes."""

from collections.abc import Awaitable
from typing import Any, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ecg_service.api.edge.bodies import length_of
from ecg_service.services.quotas import Quotas, Used

USED = "ecg.used"
"""Where a request keeps what its user has used."""


class QuotaCheck:
    """Middleware after authentication that counts requests and their bodies, as they are on the wire."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            kept = cast("dict[str, Any]", scope)
            if principal := kept.get("user"):
                used = kept[USED] = self._quotas.used(principal.name)
                if used.is_spent:
                    await self._quotas.refill(principal.name, used)
                used.requests += 1
                receive = _counting(scope, receive, used)
            await app(scope, receive, send)

        return counted


def _counting(scope: Scope, receive: Receive, used: Used) -> Receive:
    """Count a body at once if its length is announced, so that many at the same time count too."""
    fields = dict(scope["headers"])
    if b"transfer-encoding" not in fields:
        used.num_bytes += length_of(fields.get(b"content-length", b""))
        return receive

    async def counting() -> Any:  # noqa: ANN401 - as it came
        message: Any = await receive()
        used.num_bytes += len(message.get("body", b""))
        return message

    return counting


class QuotaFields:
    """Tells in every answer to a user what is left: `RateLimit` and `RateLimit-Policy`."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas
        quota = quotas.quota
        policies = {
            f'"requests";q={quota.requests};w={quota.seconds}': quota.requests,
            f'"bytes";q={quota.num_bytes};qu="content-bytes";w={quota.seconds}': quota.num_bytes,
        }
        self._policy = ", ".join(text for text, most in policies.items() if most).encode()

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def telling(scope: Scope, receive: Receive, send: Send) -> None:
            def send_told(message: Message) -> Awaitable[None]:
                if message["type"] == "http.response.start" and (
                    used := cast("dict[str, Any]", scope).get(USED)
                ):
                    told = ((b"ratelimit-policy", self._policy), (b"ratelimit", self._left(used)))
                    message["headers"] = [*message["headers"], *told]
                return send(message)

            await app(scope, receive, send_told)

        return telling

    def _left(self, used: Used) -> bytes:
        quota, seconds = self._quotas.quota, self._quotas.seconds_left(used)
        requests, num_bytes = self._quotas.left(used)
        items = (("requests", quota.requests, requests), ("bytes", quota.num_bytes, num_bytes))
        left = (f'"{name}";r={rest};t={seconds}' for name, most, rest in items if most)
        return ", ".join(left).encode()
