"""Reading back what was sent: exactly, in windows, in pages, and until it is deleted."""

import base64
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from ecg_service.api.edge.pages import token_of
from ecg_service.domain.ecg import Cursor
from tests.api.doors import (
    INT32_MAX,
    INT32_MIN,
    UNKNOWN_ID,
    Json,
    Service,
    all_ecgs,
    ecg,
    lead,
    post,
    problem,
)

CHANCE = random.Random(7)
SIGNALS: dict[str, list[int]] = {
    "one sample": [5],
    "limits": [INT32_MIN, INT32_MAX, 0, -1, INT32_MAX, INT32_MIN],
    "largest jumps": [INT32_MIN, INT32_MAX] * 300,
    "constant": [42] * 5_000,
    "zeros": [0] * 1_000,
    "a block and one": [*range(129)],
    "noise": [CHANCE.randint(INT32_MIN, INT32_MAX) for _ in range(3_000)],
    "an ECG": [CHANCE.randint(-40, 40) + (900 if n % 360 == 180 else 0) for n in range(5_000)],
}


@pytest.mark.parametrize("signal", SIGNALS.values(), ids=SIGNALS)
async def test_samples_come_back_bit_identical(ann: httpx.AsyncClient, signal: list[int]) -> None:
    key = await post(ann, ecg(lead("I", *signal), lead("II", *signal[::-1])))
    leads = (await ann.get(f"/ecg/{key}")).json()["leads"]
    assert [one["signal"] for one in leads] == [signal, signal[::-1]]
    assert [one["num_samples"] for one in leads] == [len(signal)] * 2


async def test_an_ecg_says_what_is_known_of_it(ann: httpx.AsyncClient) -> None:
    body = ecg(
        lead("avl", 1, -1, 2, gain=200.0, unit="mV", baseline=1),
        date="2026-05-17T12:00:00Z",
        sampling_rate=360,
    )
    key = await post(ann, body)
    assert (await ann.get(f"/ecg/{key}")).json() == {
        "ecg_id": key,
        "date": "2026-05-17T12:00:00Z",
        "sampling_rate": 360.0,
        "leads": [
            {
                "name": "aVL",
                "num_samples": 3,
                "baseline": 1,
                "gain": 200.0,
                "unit": "mV",
                "zero_crossings": 1,
                "signal": [1, -1, 2],
            }
        ],
    }


async def test_without_a_date_an_ecg_has_the_date_of_its_receipt(ann: httpx.AsyncClient) -> None:
    before = datetime.now(UTC)
    key = await post(ann)
    date = datetime.fromisoformat((await ann.get(f"/ecg/{key}")).json()["date"])
    assert before <= date <= datetime.now(UTC)


@pytest.mark.parametrize("word", ["false", "0", "False"])
async def test_signals_can_be_left_out(ann: httpx.AsyncClient, word: str) -> None:
    key = await post(ann)
    whole = (await ann.get(f"/ecg/{key}")).json()
    short = (await ann.get(f"/ecg/{key}", params={"signals": word})).json()
    assert whole["leads"][0].pop("signal") == lead()["signal"]
    assert short == whole


@pytest.mark.parametrize("word", ["", "maybe", "2", "null"])
async def test_signals_is_yes_or_no(ann: httpx.AsyncClient, word: str) -> None:
    answer = await ann.get(f"/ecg/{await post(ann)}", params={"signals": word})
    assert [e["parameter"] for e in problem(answer, 400, "invalid-query")["errors"]] == ["signals"]


RAMP = [*range(-500, 500)]
WINDOWS: dict[str, tuple[int, int]] = {
    "": (0, 1000),
    "start=0": (0, 1000),
    "stop=0": (0, 0),
    "start=10&stop=20": (10, 20),
    "start=127&stop=129": (127, 129),
    "start=999": (999, 1000),
    "start=1000": (1000, 1000),
    "start=5000": (1000, 1000),
    "stop=5000": (0, 1000),
    "start=20&stop=10": (20, 20),
    "start=2147483647&stop=2147483647": (1000, 1000),
    "start=999&stop=2147483647": (999, 1000),
}


@pytest.mark.parametrize("query", WINDOWS)
async def test_a_window_is_clamped_to_the_lead(ann: httpx.AsyncClient, query: str) -> None:
    key = await post(ann, ecg(lead("I", 1), lead("v3", *RAMP, baseline=0, gain=2, unit="mV")))
    start, stop = WINDOWS[query]
    assert (await ann.get(f"/ecg/{key}/leads/1?{query}")).json() == {
        "index": 1,
        "name": "V3",
        "num_samples": 1000,
        "baseline": 0,
        "gain": 2.0,
        "unit": "mV",
        "start": start,
        "stop": stop,
        "zero_crossings": 1 if start < 500 < stop - 1 else 0,
        "signal": RAMP[start:stop],
    }


@pytest.mark.parametrize(
    "query",
    [
        "start=-1",
        "stop=-1",
        "start=x",
        "start=1.5",
        "stop=2147483648",
        "start=99999999999999999999",
        "max_points=1",
        "max_points=0",
        "max_points=x",
        "start=",
    ],
)
async def test_a_window_without_sense_is_refused(ann: httpx.AsyncClient, query: str) -> None:
    answer = await ann.get(f"/ecg/{await post(ann)}/leads/0?{query}")
    [error] = problem(answer, 400, "invalid-query")["errors"]
    assert error["parameter"] == query.partition("=")[0]


NOISE = [CHANCE.randint(-1000, 1000) for _ in range(4_321)]


@pytest.mark.parametrize("max_points", [2, 3, 10, 100, 999, 4_320])
@pytest.mark.parametrize("start", [0, 1_000])
async def test_thinning_keeps_the_extremes_and_says_where_they_are(
    ann: httpx.AsyncClient, max_points: int, start: int
) -> None:
    key = await post(ann, ecg(lead("I", *NOISE)))
    query = {"start": start, "max_points": max_points}
    window = (await ann.get(f"/ecg/{key}/leads/0", params=query)).json()
    whole, points = NOISE[start:], window["signal"]
    if len(whole) <= max_points:
        assert (points, "positions" in window) == (whole, False)
        return
    assert len(points) <= max_points
    assert (min(points), max(points)) == (min(whole), max(whole))
    assert window["positions"] == sorted(set(window["positions"]))
    assert [whole[at] for at in window["positions"]] == points


@pytest.mark.parametrize("max_points", [1000, 1001, 2**31 - 1])
async def test_what_fits_is_not_thinned(ann: httpx.AsyncClient, max_points: int) -> None:
    key = await post(ann, ecg(lead("I", *RAMP)))
    window = (await ann.get(f"/ecg/{key}/leads/0?max_points={max_points}")).json()
    assert (window["signal"], "positions" in window) == (RAMP, False)


async def test_a_deleted_ecg_is_gone_from_everywhere(newcomer: httpx.AsyncClient) -> None:
    key, other = await post(newcomer), await post(newcomer)
    answer = await newcomer.delete(f"/ecg/{key}")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "/insights", "/leads/0"):
        problem(await newcomer.get(f"/ecg/{key}{path}"), 404, "not-found")
    problem(await newcomer.delete(f"/ecg/{key}"), 404, "not-found")
    assert [one["ecg_id"] for one in await all_ecgs(newcomer)] == [other]


async def dated(user: httpx.AsyncClient, count: int) -> list[str]:
    """Store ECGs, three to a date, and return their ids as a list has them: newest first."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    dates = [(start + timedelta(days=n // 3)).isoformat() for n in range(count)]
    shuffled = random.Random(3).sample(dates, count)
    stored = [(date, await post(user, ecg(date=date))) for date in shuffled]
    return [key for _, key in sorted(stored, reverse=True)]


@pytest.mark.parametrize("page_size", [1, 2, 5, 100])
async def test_following_the_links_shows_every_ecg_once_in_order(
    service: Service, page_size: int
) -> None:
    user = await service.newcomer()
    keys, found, pages = await dated(user, 11), list[str](), 0
    path: str | None = f"/ecg?page_size={page_size}"
    while path:
        answer = await user.get(path)
        body = answer.json()
        assert len(body["ecgs"]) <= page_size
        found += [one["ecg_id"] for one in body["ecgs"]]
        pages += 1
        path = answer.links.get("next", {}).get("url")
        token = parse_qs(urlsplit(path).query)["page_token"][0] if path else None
        assert body.get("next_page_token") == token
    assert (found, pages) == (keys, -(-11 // page_size))


async def test_a_page_that_ends_with_the_last_ecg_has_no_next(newcomer: httpx.AsyncClient) -> None:
    await dated(newcomer, 2)
    answer = await newcomer.get("/ecg?page_size=2")
    assert ("Link" in answer.headers, "next_page_token" in answer.json()) == (False, False)


async def test_ecgs_that_come_while_paging_do_not_shift_the_pages(
    newcomer: httpx.AsyncClient,
) -> None:
    keys = await dated(newcomer, 4)
    first = await newcomer.get("/ecg?page_size=2")
    await post(newcomer, ecg(date="2030-01-01T00:00:00Z"))
    second = await newcomer.get(first.links["next"]["url"])
    assert [e["ecg_id"] for one in (first, second) for e in one.json()["ecgs"]] == keys


async def test_the_next_link_keeps_the_other_parameters(newcomer: httpx.AsyncClient) -> None:
    await dated(newcomer, 9)
    bounds = {"from": "2026-01-02T00:00:00+00:00", "to": "2026-01-03T02:00:00+02:00"}
    first = await newcomer.get("/ecg", params={"page_size": 2} | bounds)
    query = parse_qs(urlsplit(first.links["next"]["url"]).query)
    assert {name: query[name] for name in bounds} == {name: [bounds[name]] for name in bounds}
    second = await newcomer.get(first.links["next"]["url"])
    found = [*first.json()["ecgs"], *second.json()["ecgs"]]
    assert [one["date"] for one in found] == ["2026-01-02T00:00:00Z"] * 3
    assert "Link" not in second.headers


BOUNDS: dict[str, list[int]] = {
    "": [3, 2, 1],
    "from=2026-01-02T00:00:00Z": [3, 2],
    "from=2026-01-02T00:00:00.000001Z": [3],
    "to=2026-01-02T00:00:00Z": [1],
    "to=2026-01-02T00:00:00.000001Z": [2, 1],
    "from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z": [2],
    "from=2026-01-02T03:00:00%2B03:00&to=2026-01-02T00:00:01-00:00": [2],
    "from=2026-01-03T00:00:00Z&to=2026-01-01T00:00:00Z": [],
    "from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z": [3, 2, 1],
    "from=0001-01-01T00:00:00%2B23:00": [3, 2, 1],
    "to=9999-12-31T23:59:59-23:00": [3, 2, 1],
    "from=9999-12-31T23:59:59-23:00": [],
    "to=0001-01-01T00:00:00%2B23:00": [],
}


@pytest.mark.parametrize("query", BOUNDS)
async def test_from_is_in_and_to_is_out(newcomer: httpx.AsyncClient, query: str) -> None:
    for day in (2, 3, 1):
        await post(newcomer, ecg(date=f"2026-01-0{day}T00:00:00Z"))
    answer = await newcomer.get(f"/ecg?{query}")
    assert answer.status_code == 200, answer.text
    days = [datetime.fromisoformat(one["date"]).day for one in answer.json()["ecgs"]]
    assert days == BOUNDS[query]


async def test_a_list_shows_what_is_known_without_samples_and_crossings(
    newcomer: httpx.AsyncClient,
) -> None:
    key = await post(newcomer, ecg(lead(gain=2, unit="mV"), id="x", sampling_rate=500))
    whole: Json = (await newcomer.get(f"/ecg/{key}")).json()
    for one in whole["leads"]:
        del one["signal"], one["zero_crossings"]
    assert await all_ecgs(newcomer) == [whole]


BAD_TOKENS = ("", "x", "=", "AAAA", "A" * 31, "A" * 36, "é", "\0", "'; --", "a+/b")
EDGES = (-(2**63), 2**63 - 1, 2**62)


@pytest.mark.parametrize("token", [*BAD_TOKENS, "A" * 5_000], ids=range(len(BAD_TOKENS) + 1))
async def test_a_token_that_is_none_is_refused(ann: httpx.AsyncClient, token: str) -> None:
    [error] = problem(await ann.get("/ecg", params={"page_token": token}), 400, "invalid-query")[
        "errors"
    ]
    assert (error["parameter"], error["code"]) == ("page_token", "invalid")


@pytest.mark.parametrize("microseconds", EDGES)
async def test_a_token_of_no_date_is_refused(ann: httpx.AsyncClient, microseconds: int) -> None:
    raw = microseconds.to_bytes(8, "big", signed=True) + bytes(16)
    token = base64.urlsafe_b64encode(raw).decode()
    problem(await ann.get("/ecg", params={"page_token": token}), 400, "invalid-query")


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31", "1970-01-01"])
async def test_a_token_of_any_date_is_taken(newcomer: httpx.AsyncClient, date: str) -> None:
    await post(newcomer)
    cursor = Cursor(datetime.fromisoformat(f"{date}T00:00:00+00:00"), UUID(UNKNOWN_ID))
    answer = await newcomer.get("/ecg", params={"page_token": token_of(cursor)})
    assert len(answer.json()["ecgs"]) == (date == "9999-12-31")


async def test_somebody_elses_token_shows_only_ones_own(
    ann: httpx.AsyncClient, newcomer: httpx.AsyncClient
) -> None:
    for _ in range(2):
        await post(ann)
    token = (await ann.get("/ecg?page_size=1")).json()["next_page_token"]
    assert (await newcomer.get("/ecg", params={"page_token": token})).json() == {"ecgs": []}


QUERIES: dict[str, str] = {
    "page_size=0": "page_size",
    "page_size=101": "page_size",
    "page_size=-1": "page_size",
    "page_size=x": "page_size",
    "page_size=1.5": "page_size",
    "page_size=": "page_size",
    "page_size=99999999999999999999": "page_size",
    "from=x": "from",
    "from=2026-01-01": "from",
    "from=2026-01-01T00:00:00": "from",
    "to=2026-01-01T00:00:00": "to",
    "to=": "to",
}


@pytest.mark.parametrize("query", QUERIES)
async def test_a_bad_parameter_is_named(ann: httpx.AsyncClient, query: str) -> None:
    found = problem(await ann.get(f"/ecg?{query}"), 400, "invalid-query")
    assert found["title"] == "A parameter of the URL is invalid"
    assert [e["parameter"] for e in found["errors"]] == [QUERIES[query]]


NOT_THERE = {
    "page_size=1&page_size=2": ["page_size"],
    "from=x&from=y": ["from"],
    "a=b&%00=%ff": ["a", "\0"],
    "page_token=&x=": ["x"],
}


@pytest.mark.parametrize("query", NOT_THERE)
async def test_parameters_given_twice_or_unknown_are_refused(
    ann: httpx.AsyncClient, query: str
) -> None:
    found = problem(await ann.get(f"/ecg?{query}"), 400, "invalid-query")
    assert [error["parameter"] for error in found["errors"]] == NOT_THERE[query]
