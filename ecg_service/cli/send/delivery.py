"""Sends ECGs to a service, a few at a time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from uuid import uuid4

import httpx
import msgspec

from ecg_service.adapters.http_client import HttpClient
from ecg_service.api.schemas.ecgs import EcgCreated
from ecg_service.api.schemas.users import UserOut
from ecg_service.cli.exits import Refused, Unavailable
from ecg_service.cli.send.answers import problem
from ecg_service.cli.send.bundles import BundleLimits, Bundles, Packed, bundles
from ecg_service.cli.send.retries import UNSENT, Retries
from ecg_service.cli.send.sources import Body, Source
from ecg_service.domain.users import Role

State = Literal["stored", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for a file: stored, refused (sending it again is useless) or failed."""

    file: str
    state: State
    size: int = 0
    ecg_id: str | None = None
    error: str | None = None


class Delivery:
    """Sends files as one user; messages call the service by the way to it."""

    def __init__(self, client: HttpClient, retries: Retries, way: str) -> None:
        self._client = client
        self._bundles = Bundles(client)
        self._retries = retries
        self._way = way

    async def sign_in(self, to: str = "send") -> None:
        """End the command if every file would fail: no service, no access, not a USER."""
        try:
            response = await self._retries.answer(lambda: self._client.get("/users/me"))
        except httpx.TransportError as error:
            raise Unavailable(self._unanswered(error)) from error
        if response.status_code != HTTPStatus.OK:
            kind = Unavailable if response.is_server_error else Refused
            raise kind(f"{self._way} answers: {problem(response)}")
        if _role(response) is not Role.USER:
            raise Refused(f"an admin can {to} no ECGs")

    async def send_all(
        self,
        files: Sequence[Source],
        *,
        jobs: int,
        limits: BundleLimits,
        report: Callable[[Outcome], None],
    ) -> None:
        """Send every file, `jobs` requests at a time; report on each as soon as it is done."""
        waiting = bundles(files, limits)

        async def work() -> None:
            for bundle in waiting:
                async for outcome in self._send_bundle(bundle):
                    report(outcome)

        async with asyncio.TaskGroup() as group:
            for _ in range(jobs):
                group.create_task(work())

    async def _send_bundle(self, bundle: Sequence[Packed]) -> AsyncGenerator[Outcome]:
        stored = await self._bundles.post(bundle)
        for place, packed in enumerate(bundle):
            name, size = packed.source.name, len(packed.line)
            if place in stored:
                yield Outcome(name, "stored", size - 1, ecg_id=stored[place])
            else:
                yield await self._send(packed.source)

    async def _send(self, file: Source) -> Outcome:
        try:
            with file.opened() as body:
                return await self._deliver(file.name, body)
        except OSError as error:
            return Outcome(file.name, "failed", error=error.strerror or str(error))

    async def _deliver(self, name: str, body: Body) -> Outcome:
        try:
            key = str(uuid4())
            response = await self._retries.answer(lambda: self._post(body, key))
        except httpx.TransportError as error:
            return Outcome(name, "failed", error=self._unanswered(error))
        if response.status_code == HTTPStatus.CREATED:
            return _stored(name, body, response)
        state = "refused" if response.is_client_error else "failed"
        return Outcome(name, state, body.size, error=problem(response))

    def _unanswered(self, error: httpx.TransportError) -> str:
        return f"no answer from {self._way}: {_reason(error)}"

    async def _post(self, body: Body, key: str) -> httpx.Response:
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(body.size),
            "Idempotency-Key": key,
        }
        return await self._client.post("/ecg", content=body.chunks(), headers=headers)


def _stored(name: str, body: Body, response: httpx.Response) -> Outcome:
    try:
        created = msgspec.json.decode(response.content, type=EcgCreated)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Outcome(name, "failed", body.size, error="not the answer of an ECG service")
    return Outcome(name, "stored", body.size, ecg_id=created.ecg_id)


def _role(response: httpx.Response) -> Role:
    try:
        return msgspec.json.decode(response.content, type=UserOut).role
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{response.url.host} does not answer like an ECG service"
        raise Unavailable(msg) from error


def _reason(error: httpx.TransportError) -> str:
    reason = str(error) or type(error).__name__
    if isinstance(error, UNSENT):
        return f"no connection ({reason})"
    return f"the connection broke before the answer came, it may be stored ({reason})"
