"""Bodies and answers as MessagePack and as base64."""

from typing import Any

import httpx
import msgspec
import pytest

from tests.api.doors import INT32_MAX, INT32_MIN, Json, all_ecgs, ecg, lead, post, problem
from tests.unit.formats.documents import WAYS, text, with_bytes

MSGPACK = "application/msgpack"
ACCEPT = {"Accept": MSGPACK}


async def send(user: httpx.AsyncClient, body: bytes, media_type: str = MSGPACK) -> httpx.Response:
    return await user.post("/ecg", content=body, headers={"Content-Type": media_type})


async def unpacked(user: httpx.AsyncClient, path: str) -> Any:
    answer = await user.get(path, headers=ACCEPT)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MSGPACK), answer.content
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    return msgspec.msgpack.decode(answer.content)


DOCUMENT = ecg(
    lead("avr", 1, -2, 300, gain=2.5, unit="mV", baseline=-1, missing=300),
    lead("II", INT32_MIN, INT32_MAX),
    date="2026-05-17T12:00:00Z",
    sampling_rate=500,
    id="x",
)


async def test_the_same_ecg_in_any_way_is_stored_once(newcomer: httpx.AsyncClient) -> None:
    answers = [await send(newcomer, body, known.media_type) for known, body in written(DOCUMENT)]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["ecg_id"] for answer in answers}) == 1
    assert ["Idempotency-Replayed" in answer.headers for answer in answers] == [False, *[True] * 3]
    [stored] = await all_ecgs(newcomer)
    whole = (await newcomer.get(f"/ecg/{stored['ecg_id']}")).json()
    assert [one["signal"] for one in whole["leads"]] == [one["signal"] for one in DOCUMENT["leads"]]


def written(document: Json) -> list[tuple[Any, bytes]]:
    return [write(document) for write in WAYS.values()]


@pytest.mark.parametrize(
    "media_type", ["application/vnd.msgpack", "application/x-msgpack", "Application/MsgPack; v=5"]
)
async def test_message_pack_has_many_names(newcomer: httpx.AsyncClient, media_type: str) -> None:
    assert (await send(newcomer, msgspec.msgpack.encode(ecg()), media_type)).status_code == 201


async def test_what_is_refused_is_a_problem_in_json(newcomer: httpx.AsyncClient) -> None:
    broken = ecg(lead(), {"name": "II", "signal": b"\0", "encoding": "i16le"})
    answer = await newcomer.post(
        "/ecg",
        content=msgspec.msgpack.encode(broken),
        headers={"Content-Type": MSGPACK} | ACCEPT,
    )
    [error] = problem(answer, 422, "invalid-body")["errors"]
    assert (error["pointer"], error["code"]) == ("/leads/1/signal", "wrong_length")
    problem(await send(newcomer, b"\xc1"), 400, "malformed-body")
    assert await all_ecgs(newcomer) == []


async def test_other_bodies_are_json_only(ann: httpx.AsyncClient) -> None:
    body = msgspec.msgpack.encode({"current_password": "a", "new_password": "b"})
    answer = await ann.put("/users/me/password", content=body, headers={"Content-Type": MSGPACK})
    problem(answer, 415, "unsupported-media-type")


async def test_answers_say_the_same_in_both_formats(newcomer: httpx.AsyncClient) -> None:
    key = await post(newcomer, DOCUMENT)
    await newcomer.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
    for path in (f"/ecg/{key}?signals=false", f"/ecg/{key}/insights", "/ecg", "/users/me"):
        assert await unpacked(newcomer, path) == (await newcomer.get(path)).json()
    assert (await unpacked(newcomer, "/ecg"))["ecgs"][0]["date"] == "2026-05-17T12:00:00Z"


async def test_signals_are_bytes_in_the_smallest_encoding(newcomer: httpx.AsyncClient) -> None:
    key = await post(newcomer, DOCUMENT)
    plain = (await newcomer.get(f"/ecg/{key}")).json()
    packed = await unpacked(newcomer, f"/ecg/{key}")
    assert [one["encoding"] for one in packed["leads"]] == ["i16le", "i32le"]
    assert packed == with_bytes(plain, bytes)
    fields = ("name", "signal", "encoding")
    again = {"leads": [{name: one[name] for name in fields} for one in packed["leads"]]}
    assert (await send(newcomer, msgspec.msgpack.encode(again))).status_code == 201


async def test_a_window_is_bytes_with_its_positions(newcomer: httpx.AsyncClient) -> None:
    key = await post(newcomer, ecg(lead("I", *range(40_000), 1, 2)))
    for query in ("start=5&stop=9", "max_points=4", "start=39000&max_points=4", "stop=0"):
        path = f"/ecg/{key}/leads/0?{query}"
        plain, packed = (await newcomer.get(path)).json(), await unpacked(newcomer, path)
        size = {"i16le": 2, "i32le": 4}[packed.pop("encoding")]
        for name in {"signal", "positions"} & plain.keys():
            assert _integers(packed.pop(name), size) == plain.pop(name)
        assert packed == plain


def _integers(raw: bytes, size: int) -> list[int]:
    return [
        int.from_bytes(raw[at : at + size], "little", signed=True)
        for at in range(0, len(raw), size)
    ]


PREFERENCES = {
    "": "application/json",
    "*/*": "application/json",
    "application/*": "application/json",
    "text/html": "application/json",
    "application/json, application/msgpack": "application/json",
    "application/msgpack": MSGPACK,
    "application/x-msgpack": MSGPACK,
    "APPLICATION/VND.MSGPACK ; q=0.5": MSGPACK,
    "application/msgpack, */*": MSGPACK,
    "application/msgpack;q=0.5, */*;q=0.4": MSGPACK,
    "application/msgpack;q=0.5, */*": "application/json",
    "application/msgpack;q=0.5, application/json;q=0.6": "application/json",
    "application/msgpack;q=0": "application/json",
    "application/msgpack;q=0, application/json;q=0": "application/json",
    "application/json;q=0, */*": MSGPACK,
    "application/msgpack;q=x, application/json": "application/json",
    "application/msgpack;q=nan": "application/json",
    ",;,=;q=,": "application/json",
    "application/msgpack" + ", x/y" * 200: "application/json",
}


@pytest.mark.parametrize("accept", PREFERENCES, ids=range(len(PREFERENCES)))
async def test_the_answer_is_in_the_format_that_is_preferred(
    ann: httpx.AsyncClient, accept: str
) -> None:
    answer = await ann.get("/users/me", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, PREFERENCES[accept])


async def test_a_body_of_base64_is_read_back_as_integers(ann: httpx.AsyncClient) -> None:
    key = await post(ann, with_bytes(ecg(lead("I", 1, -2)), text))
    [found] = (await ann.get(f"/ecg/{key}")).json()["leads"]
    assert (found["signal"], "encoding" in found) == ([1, -2], False)
