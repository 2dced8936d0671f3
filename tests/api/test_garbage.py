"""Errors leave no cycles behind: the frames they came through hold whole documents until the collector runs, which holds up everybody."""

import asyncio
import gc
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest

from tests.api.doors import ADMIN, ANN, ONE_STORE, PASSWORD, UNKNOWN_ID, Service, basic

pytestmark = ONE_STORE

JSON = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson"}
TAKEN = json.dumps({"username": ANN, "password": "battery staple"}).encode()
AS_ANN = {"authorization": basic(f"{ANN}:{PASSWORD}")}
AS_ADMIN = {"authorization": basic(f"{ADMIN}:{PASSWORD}")}


@dataclass(frozen=True)
class Sent:
    """A request, and the status of its answer."""

    status: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    def scope(self, address: str) -> Any:
        path, _, query = self.target.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in self.headers.items()],
            "client": (address, 1),
            "server": ("ecg", 80),
        }


@contextmanager
def garbage() -> Generator[list[object]]:
    """Yield what the block leaves in cycles, once it has ended."""
    gc.collect()
    gc.disable()
    found: list[object] = []
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def ours(found: list[object]) -> set[str]:
    """Return the functions of the service whose frames are garbage."""
    codes = [one.f_code for one in found if isinstance(one, FrameType)]
    return {code.co_qualname for code in codes if "ecg_service" in code.co_filename}


async def answer(service: Service, sent: Sent, address: str = "a") -> int:
    """Send a request without a client, which would leave cycles of its own, and return the status."""
    statuses = list[int]()

    async def receive() -> Any:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await service.app(sent.scope(address), receive, send)
    return statuses[0]


REFUSED = {
    "nobody": Sent(401, "GET", "/users/me", {}),
    "password": Sent(401, "GET", "/users/me", {"authorization": basic(f"{ANN}:wrong")}),
    "API key": Sent(401, "GET", "/users/me", {"authorization": "Bearer ecg_nothing"}),
    "role of a user": Sent(403, "GET", "/users", AS_ANN),
    "role of an admin": Sent(403, "GET", "/ecg", AS_ADMIN),
    "ECG": Sent(404, "GET", f"/ecg/{UNKNOWN_ID}", AS_ANN),
    "lead": Sent(404, "GET", f"/ecg/{UNKNOWN_ID}/leads/0", AS_ANN),
    "deletion": Sent(404, "DELETE", f"/ecg/{UNKNOWN_ID}", AS_ANN),
    "query": Sent(400, "GET", "/ecg?page_size=0", AS_ANN),
    "page": Sent(400, "GET", "/ecg?page_token=x", AS_ANN),
    "type": Sent(415, "POST", "/ecg", AS_ANN),
    "size": Sent(413, "POST", "/ecg", AS_ANN | JSON | {"content-length": "999999999999"}),
    "syntax": Sent(400, "POST", "/ecg", AS_ANN | JSON, b"{"),
    "lead's fields": Sent(422, "POST", "/ecg", AS_ANN | JSON, b'{"leads": [{}]}'),
    "sample": Sent(422, "POST", "/ecg", AS_ANN | JSON, b'{"leads": [{"signal": [9999999999]}]}'),
    "batch": Sent(422, "POST", "/ecg/batch?atomic=true", AS_ANN | LINES, b"{}\n{}\n"),
    "name": Sent(409, "POST", "/users", AS_ADMIN | JSON, TAKEN),
}
"""By what is refused."""


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
async def test_a_refusal_leaves_no_cycle(service: Service, sent: Sent) -> None:
    assert await answer(service, sent) == sent.status
    with garbage() as found:
        for _ in range(3):
            assert await answer(service, sent) == sent.status
    assert ours(found) == set()


async def test_passwords_that_are_too_many_leave_no_cycles(service: Service) -> None:
    def guess(number: int) -> Sent:
        headers = {"authorization": basic(f"user{number % 50}:wrong {number}")}
        return Sent(0, "GET", "/users/me", headers)

    with garbage() as found:
        for address in ("b", "c"):
            guesses = [answer(service, guess(number), address) for number in range(200)]
            assert {401, 503} <= {*await asyncio.gather(*guesses)}
    assert ours(found) == set()
