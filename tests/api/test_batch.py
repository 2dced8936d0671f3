"""`POST /ecg/batch`; how it streams is in tests/e2e/test_batch.py."""

import struct

import httpx
import msgspec
import pytest

from ecg_service.settings import BatchSettings, EdgeSettings, Settings, StoreSettings
from tests.api.doors import ANN, Json, all_ecgs, dumps, ecg, lead, problem, serving

NDJSON = "application/x-ndjson"


def lines(*documents: Json | bytes) -> bytes:
    return b"\n".join(one if isinstance(one, bytes) else dumps(one) for one in documents)


async def send(user: httpx.AsyncClient, *documents: Json | bytes, **headers: str) -> httpx.Response:
    headers = {"Content-Type": NDJSON, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return await user.post("/ecg/batch", content=lines(*documents), headers=headers)


async def items(user: httpx.AsyncClient, *documents: Json | bytes) -> list[Json]:
    """Send a batch; return its items, and check what is said of them all."""
    answer = await send(user, *documents)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    body = answer.json()
    found: list[Json] = body["items"]
    assert [one["index"] for one in found] == [*range(len(found))]
    accepted = [one for one in found if one["status"] == 201]
    assert all("ecg_id" in one for one in accepted)
    assert all(one["problem"]["status"] == one["status"] for one in found if one not in accepted)
    assert (body["accepted"], body["rejected"]) == (len(accepted), len(found) - len(accepted))
    return found


async def test_every_ecg_is_stored_and_named_in_order(newcomer: httpx.AsyncClient) -> None:
    found = await items(newcomer, *(ecg(lead("I", n), id=str(n)) for n in range(70)))
    ids = [one["ecg_id"] for one in found]
    stored = await all_ecgs(newcomer)
    assert {one["ecg_id"]: one["id"] for one in stored} == {
        key: str(n) for n, key in enumerate(ids)
    }
    whole = (await newcomer.get(f"/ecg/{ids[41]}")).json()
    assert whole["leads"][0]["signal"] == [41]


async def test_a_bad_item_fails_alone(newcomer: httpx.AsyncClient) -> None:
    bad = [b"{", ecg(lead(num_samples=9)), b"[]", ecg(surprise=1), b"{}{}"]
    found = await items(newcomer, ecg(), *bad, ecg())
    assert [one["status"] for one in found] == [201, 400, 422, 422, 422, 400, 201]
    assert found[2]["problem"] == {
        "type": "/problems/invalid-body",
        "title": "The body breaks the rules of its schema",
        "status": 422,
        "detail": "num_samples is 9, but the signal has 4.",
        "errors": [
            {
                "pointer": "/leads/0/num_samples",
                "code": "wrong_length",
                "detail": "num_samples is 9, but the signal has 4.",
            }
        ],
    }
    assert len(await all_ecgs(newcomer)) == 2


@pytest.mark.parametrize("body", [b"", b"\n", b"\r\n  \n"])
async def test_an_empty_batch_has_no_items(ann: httpx.AsyncClient, body: bytes) -> None:
    assert await items(ann, body) == []


async def test_ids_make_a_batch_repeatable(newcomer: httpx.AsyncClient) -> None:
    batch = [ecg(lead("I", n), id=str(n)) for n in range(3)]
    first = await items(newcomer, *batch)
    again = await items(newcomer, *batch, ecg(lead("I", 7), id="1"), batch[0])
    assert [one.get("ecg_id") for one in again[:3]] == [one["ecg_id"] for one in first]
    assert [one.get("replayed") for one in first + again] == [None] * 3 + [True] * 3 + [None, True]
    assert again[3]["problem"]["type"] == "/problems/id-taken"
    assert len(await all_ecgs(newcomer)) == 3


@pytest.mark.parametrize("media_type", [NDJSON, "application/jsonl", "Application/X-NDJSON; a=b"])
async def test_media_types(ann: httpx.AsyncClient, media_type: str) -> None:
    answer = await send(ann, ecg(), Content_Type=media_type)
    assert answer.json()["accepted"] == 1


async def test_messagepack_stands_after_its_length(newcomer: httpx.AsyncClient) -> None:
    document = msgspec.msgpack.encode(ecg(lead("I", 1, -1), id="a"))
    stream = [document, b"\xc1", b"", dumps(ecg()), document]
    body = b"".join(struct.pack(">I", len(one)) + one for one in stream) + b"\0\0"
    headers = {"Content-Type": "application/vnd.ecg.msgpack-stream"}
    found = (await newcomer.post("/ecg/batch", content=body, headers=headers)).json()["items"]
    assert [one["status"] for one in found] == [201, 400, 400, 400, 201, 400]
    assert found[4]["replayed"]
    assert found[5]["problem"]["errors"][0]["code"] == "truncated"
    assert [one["id"] for one in await all_ecgs(newcomer)] == ["a"]


async def test_other_media_types_and_encodings_are_refused(ann: httpx.AsyncClient) -> None:
    for headers in ({"Content_Type": "application/json"}, {"Content_Encoding": "gzip"}):
        problem(await send(ann, ecg(), **headers), 415, "unsupported-media-type")


async def test_a_key_is_refused(newcomer: httpx.AsyncClient) -> None:
    answer = await send(newcomer, ecg(), Idempotency_Key="k")
    [error] = problem(answer, 400, "invalid-header")["errors"]
    assert (error["header"], error["code"]) == ("Idempotency-Key", "not_allowed")
    assert await all_ecgs(newcomer) == []


async def test_the_size_of_an_item_and_their_number_are_bounded() -> None:
    settings = Settings(
        store=StoreSettings("memory://"),
        edge=EdgeSettings(max_body_bytes=200),
        batch=BatchSettings(max_batch_items=5),
    )
    async with serving(settings) as service:
        user = service.client(ANN)
        large = ecg(lead("I", *range(100)))
        found = await items(user, ecg(), large, b"", *[ecg()] * 9)
        assert [one["status"] for one in found] == [201, 413, 201, 201, 201, 413]
        [too_large, too_many] = [one["problem"] for one in found if one["status"] == 413]
        assert too_large["type"] == too_many["type"] == "/problems/request-entity-too-large"
        assert [too_large["errors"][0]["code"], too_many["errors"][0]["code"]] == [
            "too_large",
            "too_many_items",
        ]
        assert len(await all_ecgs(user)) == 4
