"""Compressed bodies and answers."""

import gzip
import json
import sys
import zlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.services.in_flight import MEMORY_PER_BYTE
from ecg_service.settings import EdgeSettings
from tests.api.conftest import settings
from tests.api.doors import ANN, BOB, Service, dumps, ecg, lead, post, problem, serving

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "zstd": zstd.compress,
}
LONG = ecg(lead("I", *range(-3_000, 3_000)))
LIMIT = 2_000_000
BOB_HIMSELF = Principal(BOB, Role.USER)


async def send(user: httpx.AsyncClient, body: bytes, coding: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    return await user.post("/ecg", content=body, headers=headers)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "zstd", "GZip", " ZSTD "])
async def test_a_compressed_body_is_read(ann: httpx.AsyncClient, coding: str) -> None:
    body = CODINGS[coding.strip().lower()](dumps(LONG))
    answer = await send(ann, body, coding)
    assert answer.status_code == 201, answer.text
    [found] = (await ann.get(answer.headers["Location"])).json()["leads"]
    assert found["signal"] == LONG["leads"][0]["signal"]


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_a_password_may_be_compressed_too(ann: httpx.AsyncClient, coding: str) -> None:
    answer = await ann.put(
        "/users/me/password",
        content=CODINGS[coding](b'{"current_password":"wrong","new_password":"battery staple"}'),
        headers={"Content-Type": "application/json", "Content-Encoding": coding},
    )
    [error] = problem(answer, 422, "invalid-body")["errors"]
    assert error["pointer"] == "/current_password"


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def checked(body: bytes) -> bytes:
    return zstd.compress(body, options={zstd.CompressionParameter.checksum_flag: 1})


def wide(body: bytes) -> bytes:
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 24})
    return compressor.compress(body) + compressor.flush()


BODY = dumps(LONG)
BROKEN = {
    "gzip, empty": ("gzip", b"", "truncated"),
    "gzip, cut": ("gzip", gzip.compress(BODY)[:-9], "truncated"),
    "gzip, no checksum": ("gzip", gzip.compress(BODY)[:-1], "truncated"),
    "gzip, wrong checksum": ("gzip", flipped(gzip.compress(BODY), -8), "corrupt"),
    "gzip, wrong length": ("gzip", flipped(gzip.compress(BODY), -1), "corrupt"),
    "gzip, followed": ("gzip", gzip.compress(BODY) + b"x", "trailing"),
    "gzip, two members": ("gzip", gzip.compress(BODY) * 2, "trailing"),
    "gzip, no gzip": ("gzip", BODY, "corrupt"),
    "gzip, zlib": ("gzip", zlib.compress(BODY), "corrupt"),
    "zstd, empty": ("zstd", b"", "truncated"),
    "zstd, cut": ("zstd", zstd.compress(BODY)[:-1], "truncated"),
    "zstd, wrong checksum": ("zstd", flipped(checked(BODY), -1), "corrupt"),
    "zstd, followed": ("zstd", zstd.compress(BODY) + b"x", "trailing"),
    "zstd, two frames": ("zstd", zstd.compress(BODY) * 2, "trailing"),
    "zstd, no zstd": ("zstd", BODY, "corrupt"),
    "zstd, a window of 16 MB": ("zstd", wide(BODY), "corrupt"),
}


@pytest.mark.parametrize(("coding", "body", "code"), BROKEN.values(), ids=BROKEN)
async def test_what_is_not_of_its_coding_is_malformed(
    ann: httpx.AsyncClient, coding: str, body: bytes, code: str
) -> None:
    found = problem(await send(ann, body, coding), 400, "malformed-body")
    [error] = found["errors"]
    assert (error["pointer"], error["code"]) == ("", code)
    assert coding in error["detail"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def narrow(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Service]:
    """Run a service with room for two bodies of the largest size."""
    edge = EdgeSettings(
        max_body_bytes=LIMIT, max_inflation=50, max_bytes_in_flight=2 * LIMIT * MEMORY_PER_BYTE
    )
    small = replace(settings("memory", tmp_path_factory.mktemp("store")), edge=edge)
    async with serving(small) as running:
        yield running


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
async def test_a_body_that_inflates_to_too_much_is_413(narrow: Service, coding: str) -> None:
    ann = narrow.client(ANN)
    incompressible = b" ".join(b"%d" % (n * n) for n in range(300_000))
    bomb = CODINGS[coding](b" " * 1_500_000)
    for body, word in ((CODINGS[coding](incompressible), "2000000 bytes"), (bomb, "50 times")):
        found = problem(await send(ann, body, coding), 413, "request-entity-too-large")
        assert word in found["detail"]
    flat = BODY + b" " * (1_000_000 - len(BODY))
    assert (await send(ann, CODINGS[coding](flat), coding)).status_code == 201
    with narrow.services.ingest.admit(BOB_HIMSELF, 2 * LIMIT):
        pass  # all room was given back


async def test_what_a_body_inflates_to_takes_room(narrow: Service) -> None:
    ann = narrow.client(ANN)
    body = BODY + b" ".join(b"%d" % n for n in range(100_000))
    with narrow.services.ingest.admit(BOB_HIMSELF, 2 * LIMIT - len(body) // 2):
        problem(await send(ann, gzip.compress(body), "gzip"), 503, "overloaded")
        assert (await send(ann, gzip.compress(dumps(ecg())), "gzip")).status_code == 201


INFLATERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": zstd.decompress,
}


async def raw(user: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    request = user.build_request("GET", path, headers=headers)
    answer = await user.send(request, stream=True)
    assert answer.status_code == 200
    return answer.headers, b"".join([part async for part in answer.aiter_raw()])


CHOSEN: dict[str, str | None] = {
    "gzip": "gzip",
    "zstd": "zstd",
    "gzip, zstd": "zstd",
    "gzip, zstd;q=0.5": "gzip",
    "GZIP;q=0.001": "gzip",
    "br, deflate": None,
    "gzip;q=0": None,
    "identity": None,
    "": None,
}


@pytest.mark.parametrize("accept", CHOSEN)
async def test_a_large_answer_is_compressed_as_its_client_prefers(
    ann: httpx.AsyncClient, accept: str
) -> None:
    path = f"/ecg/{await post(ann, LONG)}"
    _, plain = await raw(ann, path, **{"Accept-Encoding": ""})
    headers, body = await raw(ann, path, **{"Accept-Encoding": accept})
    coding = CHOSEN[accept]
    assert headers.get("Content-Encoding") == coding
    assert int(headers["Content-Length"]) == len(body)
    assert "Accept-Encoding" in headers["Vary"]
    assert (INFLATERS[coding](body) if coding else body) == plain
    assert (len(body) < len(plain)) == (coding is not None)


async def test_a_small_answer_is_sent_as_it_is(ann: httpx.AsyncClient) -> None:
    headers, _ = await raw(ann, "/users/me", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in headers


async def test_problems_may_be_compressed(ann: httpx.AsyncClient) -> None:
    leads: list[Any] = [{"name": "", "signal": []}] * 100
    headers = {"Accept-Encoding": "gzip", "Content-Type": "application/json"}
    answer = await ann.post("/ecg", content=json.dumps({"leads": leads}), headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(problem(answer, 422, "invalid-body")["errors"]) == 100
