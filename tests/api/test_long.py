"""Long recordings: taken like others, read in windows and thinned, and answered as a stream."""

import random
from array import array
from collections.abc import AsyncGenerator

import httpx
import msgspec
import pytest
import pytest_asyncio

from ecg_core import Signal
from ecg_service.domain.signals import LONG
from ecg_service.settings import IngestSettings, Settings
from tests.api.conftest import settings
from tests.api.doors import ANN, Json, Service, ecg, lead, post, problem, serving
from tests.api.test_codings import zstd

JSON, MSGPACK = "application/json", "application/msgpack"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
WAVE = [(n * n) % 977 - 400 + (20_000 if n % 70_001 == 9 else 0) for n in range(3 * LONG + 77)]
CHANCE = random.Random(5)
WIDE = [CHANCE.randrange(-(2**31), 2**31) for _ in range(4 * LONG + 1)]
GAPS = [-9 if n % 1_000 < 300 else n % 50 for n in range(2 * LONG)]
LEADS = (
    lead("I", *WAVE, baseline=100),
    lead("II", *WIDE),
    lead("III", 5, -5),
    lead("V1", *GAPS, missing=-9),
)
SAMPLES = (WAVE, WIDE, [5, -5], GAPS)


@pytest_asyncio.fixture(scope="module", loop_scope="session", params=["memory", "sqlite"])
async def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Service]:
    """A service in which bodies above 1 MB are stored beside the others."""
    async with serving(long(settings(request.param, tmp_path_factory.mktemp("long")))) as running:
        yield running


def long(base: Settings) -> Settings:
    ingest = IngestSettings(long_body_bytes=1_000_000)
    return Settings(store=base.store, admin=base.admin, insights=base.insights, ingest=ingest)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def key(service: Service) -> str:
    return await post(service.client(ANN), ecg(*LEADS, id="holter", sampling_rate=250))


def samples_of(one: Json) -> list[int]:
    if "encoding" not in one:
        return one["signal"]
    return array({"i16le": "h", "i32le": "i"}[one["encoding"]], one["signal"]).tolist()


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("accept", [JSON, MSGPACK])
async def test_all_of_it_is_streamed(
    ann: httpx.AsyncClient, key: str, accept: str, coding: str
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": coding}
    answer = await ann.get(f"/ecg/{key}", headers=headers)
    decode = msgspec.json.decode if accept == JSON else msgspec.msgpack.decode
    # httpx undoes zstd itself where `just oracle` has installed what it takes
    is_zstd = answer.content.startswith(ZSTD_MAGIC)
    found = decode(zstd.decompress(answer.content) if is_zstd else answer.content)
    assert [samples_of(one) for one in found["leads"]] == [*SAMPLES]
    assert answer.headers.get("Content-Encoding", "identity") == coding
    assert answer.headers["Content-Type"] == accept
    assert "Content-Length" not in answer.headers
    for one in found["leads"]:
        del one["signal"]
        one.pop("encoding", None)
    described = await ann.get(f"/ecg/{key}", params={"signals": "false"})
    assert found == described.json()
    assert [one["zero_crossings"] for one in found["leads"]] == [
        Signal(signal).count_zero_crossings(
            baseline=sent.get("baseline", 0), missing=sent.get("missing")
        )
        for signal, sent in zip(SAMPLES, LEADS, strict=True)
    ]


async def test_one_who_has_it_gets_no_samples(ann: httpx.AsyncClient, key: str) -> None:
    tag = (await ann.get(f"/ecg/{key}")).headers["ETag"]
    answer = await ann.get(f"/ecg/{key}", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 10), (LONG - 5, LONG + 5), (150_000, None), (3 * LONG, 10**9), (7, 7)]
)
@pytest.mark.parametrize("index", range(4))
async def test_a_window_is_a_slice(
    ann: httpx.AsyncClient, key: str, index: int, start: int, stop: int | None
) -> None:
    query = {"start": start} | ({} if stop is None else {"stop": stop})
    found = (await ann.get(f"/ecg/{key}/leads/{index}", params=query)).json()
    window = SAMPLES[index][start:stop]
    assert found["signal"] == window
    assert found["zero_crossings"] == Signal(window).count_zero_crossings(
        baseline=LEADS[index].get("baseline", 0), missing=LEADS[index].get("missing")
    )


@pytest.mark.parametrize(("start", "points"), [(0, 2_000), (1, 2_000), (70_000, 2)])
@pytest.mark.parametrize("index", [0, 1, 3])
async def test_points_are_those_of_the_window(
    ann: httpx.AsyncClient, key: str, index: int, start: int, points: int
) -> None:
    query = {"start": start, "max_points": points}
    found = (await ann.get(f"/ecg/{key}/leads/{index}", params=query)).json()
    window, missing = Signal(SAMPLES[index][start:]), LEADS[index].get("missing")
    positions, values = window.thin(points, missing=missing) if len(window) > points else ((), ())
    if positions:
        assert found["positions"] == [*positions]
        assert found["signal"] == [*values]
    assert found["zero_crossings"] == window.count_zero_crossings(
        baseline=LEADS[index].get("baseline", 0), missing=missing
    )


async def test_insights_are_those_of_all_samples(ann: httpx.AsyncClient, key: str) -> None:
    answer = await ann.get(f"/ecg/{key}/insights", params={"zeros": "strict"})
    found = answer.json()
    assert [one["zero_crossings"] for one in found["leads"]] == [
        Signal(signal).count_zero_crossings(
            zeros="strict", baseline=sent.get("baseline", 0), missing=sent.get("missing")
        )
        for signal, sent in zip(SAMPLES, LEADS, strict=True)
    ]
    mean, rms = Signal(WAVE).mean_and_rms(baseline=100)
    assert found["insights"]["statistics"]["result"][0] == {
        "name": "I",
        "min": min(WAVE) - 100,
        "max": max(WAVE) - 100,
        "mean": mean,
        "rms": rms,
    }


async def test_the_same_again_is_stored_once(ann: httpx.AsyncClient, key: str) -> None:
    answer = await ann.post("/ecg", json=ecg(*LEADS, id="holter", sampling_rate=250))
    assert answer.json() == {"ecg_id": key}
    assert answer.headers["Idempotency-Replayed"] == "true"
    other = ecg(lead("I", *WAVE[:-1], 3), *LEADS[1:], id="holter", sampling_rate=250)
    assert problem(await ann.post("/ecg", json=other), 409, "id-taken")


async def test_bytes_are_stored_as_the_same(ann: httpx.AsyncClient, key: str) -> None:
    leads = [
        {**sent, "signal": array("i", signal).tobytes(), "encoding": "i32le"}
        for sent, signal in zip(LEADS, SAMPLES, strict=True)
    ]
    body = msgspec.msgpack.encode(ecg(*leads, id="holter", sampling_rate=250))
    answer = await ann.post("/ecg", content=body, headers={"Content-Type": MSGPACK})
    assert answer.json() == {"ecg_id": key}


async def test_a_wrong_sample_far_behind_is_named(ann: httpx.AsyncClient) -> None:
    body = b'{"leads":[{"name":"I","signal":[%b1.5]}]}' % (b"12345," * 400_000)
    answer = await ann.post("/ecg", content=body, headers={"Content-Type": JSON})
    [error] = problem(answer, 422, "invalid-body")["errors"]
    assert (error["pointer"], error["code"]) == ("/leads/0/signal/400000", "not_an_integer")
