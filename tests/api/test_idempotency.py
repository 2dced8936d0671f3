"""`Idempotency-Key`; of the body's `id` tells test_submit.py."""

import re
from uuid import uuid4

import httpx
import pytest

from tests.api.doors import Json, Service, all_ecgs, ecg, lead, problem


async def send(user: httpx.AsyncClient, key: str, body: Json | None = None) -> httpx.Response:
    return await user.post("/ecg", json=body or ecg(), headers={"Idempotency-Key": key})


def content_of(answer: httpx.Response) -> tuple[int, bytes, str]:
    return answer.status_code, answer.content, answer.headers["Location"]


async def test_a_repeated_request_gets_the_first_answer(newcomer: httpx.AsyncClient) -> None:
    key = str(uuid4())
    first = await send(newcomer, key)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first.headers
    for again in (key, f'"{key}"'):
        answer = await send(newcomer, again)
        assert content_of(answer) == content_of(first)
        assert answer.headers["Idempotency-Replayed"] == "true"
    assert len(await all_ecgs(newcomer)) == 1


async def test_what_counts_is_the_content_and_not_its_bytes(newcomer: httpx.AsyncClient) -> None:
    first = await send(newcomer, "k", ecg(lead("i", 1, 2, gain=1)))
    again = await send(newcomer, "k", ecg(lead("I", 1, 2, gain=1.0, baseline=0)))
    assert content_of(again) == content_of(first)


@pytest.mark.parametrize("other", [ecg(lead("I", 1)), ecg(sampling_rate=1), ecg(id="x")], ids=str)
async def test_a_key_is_of_one_content(newcomer: httpx.AsyncClient, other: Json) -> None:
    await send(newcomer, "k")
    problem(await send(newcomer, "k", other), 422, "key-reused")
    assert len(await all_ecgs(newcomer)) == 1


async def test_without_a_key_the_same_content_is_another_ecg(newcomer: httpx.AsyncClient) -> None:
    await send(newcomer, "k")
    await newcomer.post("/ecg", json=ecg())
    assert len(await all_ecgs(newcomer)) == 2


async def test_a_refusal_is_not_remembered(newcomer: httpx.AsyncClient) -> None:
    problem(await send(newcomer, "k", ecg(lead(num_samples=99))), 422, "invalid-body")
    assert (await send(newcomer, "k")).status_code == 201


async def test_keys_of_two_users_have_nothing_in_common(service: Service) -> None:
    answers = [await send(await service.newcomer(), "k", ecg(lead("I", n))) for n in (1, 2)]
    assert [answer.status_code for answer in answers] == [201, 201]


async def test_id_and_key_together(newcomer: httpx.AsyncClient) -> None:
    first = await send(newcomer, "k", ecg(id="x"))
    assert content_of(await send(newcomer, "l", ecg(id="x"))) == content_of(first)
    problem(await send(newcomer, "m", ecg(lead("I", 1), id="x")), 409, "id-taken")
    problem(await send(newcomer, "k", ecg(lead("I", 1), id="x")), 422, "key-reused")


async def test_a_retry_does_not_bring_back_what_was_deleted(newcomer: httpx.AsyncClient) -> None:
    first = await send(newcomer, "k")
    path = first.headers["Location"]
    assert (await newcomer.delete(path)).status_code == 204
    again = await send(newcomer, "k")
    assert content_of(again) == content_of(first)
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(await newcomer.get(path), 404, "not-found")


@pytest.mark.parametrize("keys", [[""], ['""'], ["a b"], ["x" * 129], ["a", "a"], ["a,b"]], ids=str)
async def test_a_bad_key_is_named(newcomer: httpx.AsyncClient, keys: list[str]) -> None:
    headers = [("Idempotency-Key", key) for key in keys]
    answer = await newcomer.post("/ecg", json=ecg(), headers=headers)
    [error] = problem(answer, 400, "invalid-header")["errors"]
    assert error["header"] == "Idempotency-Key"
    assert await all_ecgs(newcomer) == []


async def test_the_header_is_documented(anyone: httpx.AsyncClient) -> None:
    paths = (await anyone.get("/schema/openapi.json")).json()["paths"]
    parameter, *_ = paths["/ecg"]["post"]["parameters"]
    assert (parameter["name"], parameter["in"]) == ("Idempotency-Key", "header")
    pattern = re.compile(parameter["schema"]["pattern"])
    for key in (parameter["example"], "x", "x" * 128):
        assert pattern.match(key)
    for key in ("", '"', "x y", "x" * 129, "é"):
        assert not pattern.match(key)
