"""`POST /ecg/batch?atomic=true`."""

import httpx
import msgspec
import pytest

from ecg_service.domain.together import MAX_PLACES
from ecg_service.settings import BatchSettings, EdgeSettings, Settings, StoreSettings
from tests.api.doors import ANN, Json, all_ecgs, dumps, ecg, lead, problem, serving

URL = "/ecg/batch?atomic=true"
NDJSON = {"Content-Type": "application/x-ndjson"}
STREAM = {"Content-Type": "application/vnd.ecg.msgpack-stream"}
BAD = ecg(lead(num_samples=9))


async def send(user: httpx.AsyncClient, *documents: Json | bytes, **headers: str) -> httpx.Response:
    lines = [one if isinstance(one, bytes) else dumps(one) for one in documents]
    content = b"\n".join(lines)
    return await user.post(URL, content=content, headers=NDJSON | headers)


def places(answer: httpx.Response) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_all_are_stored_and_named_in_order(newcomer: httpx.AsyncClient) -> None:
    answer = await send(newcomer, *(ecg(lead("I", n), id=str(n)) for n in range(70)))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    body = answer.json()
    assert (body["accepted"], body["rejected"]) == (70, 0)
    assert [(one["index"], one["status"]) for one in body["items"]] == [(n, 201) for n in range(70)]
    stored = {one["ecg_id"]: one["id"] for one in await all_ecgs(newcomer)}
    assert [stored[one["ecg_id"]] for one in body["items"]] == [str(n) for n in range(70)]


async def test_nothing_is_stored_if_one_is_refused(newcomer: httpx.AsyncClient) -> None:
    answer = await send(newcomer, ecg(), BAD, ecg(id="x"), b"{", b"{}", ecg())
    found = problem(answer, 422, "invalid-body")
    assert places(answer) == ["/items/1/leads/0/num_samples", "/items/3", "/items/4/leads"]
    assert found["errors"][0]["code"] == "wrong_length"
    assert await all_ecgs(newcomer) == []


@pytest.mark.parametrize(("document", "place"), [(BAD, "/leads/0/num_samples"), (b"{", "")])
async def test_one_alone_is_refused_as_several_are(
    newcomer: httpx.AsyncClient, document: Json | bytes, place: str
) -> None:
    answer = await send(newcomer, document)
    problem(answer, 422, "invalid-body")
    assert places(answer) == ["/items/0" + place]


async def test_a_few_places_are_told(ann: httpx.AsyncClient) -> None:
    answer = await send(ann, *[BAD] * (MAX_PLACES + 5))
    assert len(places(answer)) == MAX_PLACES


async def test_it_can_be_repeated_by_its_ids(newcomer: httpx.AsyncClient) -> None:
    batch = [ecg(lead("I", n), id=str(n)) for n in range(3)]
    first, again = [(await send(newcomer, *batch)).json()["items"] for _ in range(2)]
    assert [one["ecg_id"] for one in again] == [one["ecg_id"] for one in first]
    assert [one.get("replayed") for one in first + again] == [None] * 3 + [True] * 3
    answer = await send(newcomer, ecg(), ecg(lead("I", 7), id="1"))
    problem(answer, 409, "id-taken")
    assert places(answer) == ["/items/1/id"]
    assert len(await all_ecgs(newcomer)) == 3


@pytest.mark.parametrize("body", [b"", b"\n", b"\r\n  \n"])
async def test_nothing_is_stored_of_nothing(ann: httpx.AsyncClient, body: bytes) -> None:
    answer = await send(ann, body)
    assert (answer.status_code, answer.json()) == (
        200,
        {"items": [], "accepted": 0, "rejected": 0},
    )


async def test_messagepack_is_taken(newcomer: httpx.AsyncClient) -> None:
    document = msgspec.msgpack.encode(ecg(id="a"))
    framed = len(document).to_bytes(4) + document
    answer = await newcomer.post(URL, content=framed * 2 + framed[:-1], headers=STREAM)
    problem(answer, 422, "invalid-body")
    assert places(answer) == ["/items/2"]
    answer = await newcomer.post(URL, content=framed * 2, headers=STREAM)
    assert answer.json()["accepted"] == 2
    assert len(await all_ecgs(newcomer)) == 1


async def test_a_key_and_other_queries_are_refused(newcomer: httpx.AsyncClient) -> None:
    problem(await send(newcomer, ecg(), **{"Idempotency-Key": "k"}), 400, "invalid-header")
    for query in ("atomic=yes", "atomic=true&atomic=true", "atom=true"):
        answer = await newcomer.post(f"/ecg/batch?{query}", content=dumps(ecg()), headers=NDJSON)
        problem(answer, 400, "invalid-query")
    assert await all_ecgs(newcomer) == []


async def test_false_is_the_default(newcomer: httpx.AsyncClient) -> None:
    body = dumps(BAD) + b"\n" + dumps(ecg())
    for query in ("", "?atomic=false"):
        answer = await newcomer.post(f"/ecg/batch{query}", content=body, headers=NDJSON)
        assert [one["status"] for one in answer.json()["items"]] == [422, 201]


async def test_its_size_and_the_number_of_its_items_are_bounded() -> None:
    settings = Settings(
        store=StoreSettings("memory://"),
        edge=EdgeSettings(max_body_bytes=1000),
        batch=BatchSettings(max_atomic_items=3),
    )
    async with serving(settings) as service:
        user = service.client(ANN)
        assert (await send(user, *[ecg()] * 3)).json()["accepted"] == 3
        answer = await send(user, *[ecg()] * 4)
        problem(answer, 413, "request-entity-too-large")
        assert places(answer) == ["/items/3"]
        large = await send(user, ecg(), b" " * 1000)
        problem(large, 413, "request-entity-too-large")
        assert len(await all_ecgs(user)) == 3
