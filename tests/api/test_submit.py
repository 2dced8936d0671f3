"""`POST /ecg`: what is accepted, and that every rejection names its place."""

import json
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.api.doors import (
    INT32_MAX,
    INT32_MIN,
    Service,
    all_ecgs,
    dumps,
    ecg,
    lead,
    post,
    post_raw,
    problem,
)

LABEL = "not_a_label"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def refused(service: Service) -> httpx.AsyncClient:
    """Return the client of a user whose bodies must all be rejected: none may be stored."""
    return await service.newcomer()


async def test_the_original_request_gets_the_original_answer(ann: httpx.AsyncClient) -> None:
    body = {"leads": [lead("I", 1, -1, num_samples=2), lead("II", 3, 4)]}
    answer = await ann.post("/ecg", json=body)
    assert (answer.status_code, list(answer.json())) == (201, ["ecg_id"])
    assert answer.headers["Location"] == f"/ecg/{answer.json()['ecg_id']}"
    insights = (await ann.get(answer.headers["Location"] + "/insights")).json()
    assert insights["leads"] == [
        {"name": "I", "zero_crossings": 1},
        {"name": "II", "zero_crossings": 0},
    ]


def with_sample(sample: str) -> bytes:
    """Write an ECG whose lead 3 has this at sample 17."""
    signals = ["[1,-2,3]"] * 3 + [f"[{'7,' * 17}{sample},8]"]
    leads = ",".join(f'{{"name":"V{i}","signal":{text}}}' for i, text in enumerate(signals))
    return f'{{"leads":[{leads}]}}'.encode()


SAMPLES = {
    "0.5": "not_an_integer",
    "1.0": "not_an_integer",
    "-0.0": "not_an_integer",
    "1e3": "not_an_integer",
    "1E400": "not_an_integer",
    "true": "not_an_integer",
    "false": "not_an_integer",
    "null": "not_an_integer",
    '"1"': "not_an_integer",
    '""': "not_an_integer",
    "[]": "not_an_integer",
    "[1]": "not_an_integer",
    "{}": "not_an_integer",
    "2147483648": "out_of_range",
    "-2147483649": "out_of_range",
    "99999999999999999999": "out_of_range",
    "9223372036854775808": "out_of_range",
    "4294967296": "out_of_range",
}


@pytest.mark.parametrize("sample", SAMPLES)
async def test_a_sample_that_is_no_int32_is_named(refused: httpx.AsyncClient, sample: str) -> None:
    found = problem(await post_raw(refused, with_sample(sample)), 422, "invalid-body")
    [error] = found["errors"]
    assert (error["pointer"], error["code"]) == ("/leads/3/signal/17", SAMPLES[sample])
    assert found["detail"] == error["detail"]
    assert await all_ecgs(refused) == []


@pytest.mark.parametrize("sample", ["-0", "0", "2147483647", "-2147483648"])
async def test_the_limits_of_int32_are_samples(ann: httpx.AsyncClient, sample: str) -> None:
    answer = await post_raw(ann, with_sample(sample))
    assert answer.status_code == 201
    read = (await ann.get(answer.headers["Location"])).json()
    assert read["leads"][3]["signal"] == [7] * 17 + [int(sample), 8]


INVALID: list[tuple[str, object, str, str]] = [
    ("no leads", {}, "/leads", "missing_field"),
    ("empty leads", {"leads": []}, "/leads", "length"),
    ("leads null", {"leads": None}, "/leads", "wrong_type"),
    ("leads an object", {"leads": {}}, "/leads", "wrong_type"),
    ("lead null", {"leads": [None]}, "/leads/0", "wrong_type"),
    ("lead a list", {"leads": [lead(), []]}, "/leads/1", "wrong_type"),
    ("an array", [], "", "wrong_type"),
    ("null", None, "", "wrong_type"),
    ("a number", 1, "", "wrong_type"),
    ("a string", "leads", "", "wrong_type"),
    ("unknown field", ecg(extra=1), "/extra", "unknown_field"),
    ("owner", ecg(owner="bob"), "/owner", "unknown_field"),
    ("ecg_id", ecg(ecg_id="x"), "/ecg_id", "unknown_field"),
    ("pointer escapes", ecg(**{"a/b~c": 1}), "/a~1b~0c", "unknown_field"),
    ("signal beside the leads", ecg(signal=[1, 2]), "/signal", "unknown_field"),
    ("unknown field of a lead", ecg(lead(), lead(extra=1)), "/leads/1/extra", "unknown_field"),
    ("crossings given", ecg(lead(zero_crossings=1)), "/leads/0/zero_crossings", "unknown_field"),
    ("no name", ecg({"signal": [1]}), "/leads/0/name", "missing_field"),
    ("no signal", ecg({"name": "I"}), "/leads/0/signal", "missing_field"),
    ("signal null", ecg({"name": "I", "signal": None}), "/leads/0/signal", "not_an_array"),
    ("signal an index", ecg({"name": "I", "signal": 0}), "/leads/0/signal", "not_an_array"),
    ("signal a string", ecg({"name": "I", "signal": "[1]"}), "/leads/0/signal", "not_base64"),
    ("signal an object", ecg({"name": "I", "signal": {}}), "/leads/0/signal", "not_an_array"),
    ("signal empty", ecg(lead(), {"name": "I", "signal": []}), "/leads/1/signal", "empty"),
    ("too many said", ecg(lead("I", 1, 2, num_samples=3)), "/leads/0/num_samples", "wrong_length"),
    ("too few said", ecg(lead("I", 1, 2, num_samples=1)), "/leads/0/num_samples", "wrong_length"),
    ("none said", ecg(lead("I", 1, num_samples=0)), "/leads/0/num_samples", "wrong_length"),
    ("negative", ecg(lead("I", 1, num_samples=-1)), "/leads/0/num_samples", "out_of_range"),
    ("number a float", ecg(lead("I", 1, num_samples=1.0)), "/leads/0/num_samples", "wrong_type"),
    ("number a bool", ecg(lead("I", 1, num_samples=True)), "/leads/0/num_samples", "wrong_type"),
    ("number a string", ecg(lead("I", 1, num_samples="1")), "/leads/0/num_samples", "wrong_type"),
    ("name a number", ecg(lead() | {"name": 1}), "/leads/0/name", "wrong_type"),
    ("name null", ecg(lead() | {"name": None}), "/leads/0/name", "wrong_type"),
    ("name empty", ecg(lead("")), "/leads/0/name", LABEL),
    ("name a space", ecg(lead(" ")), "/leads/0/name", LABEL),
    ("space before", ecg(lead(" I")), "/leads/0/name", LABEL),
    ("space behind", ecg(lead("I ")), "/leads/0/name", LABEL),
    ("tab", ecg(lead("I\tI")), "/leads/0/name", LABEL),
    ("newline", ecg(lead("I\n")), "/leads/0/name", LABEL),
    ("NUL", ecg(lead("I\0I")), "/leads/0/name", LABEL),
    ("escape", ecg(lead("\x1b[2J")), "/leads/0/name", LABEL),
    ("right-to-left mark", ecg(lead("I\u202eI")), "/leads/0/name", LABEL),
    ("zero width space", ecg(lead("I\u200bI")), "/leads/0/name", LABEL),
    ("non-breaking space", ecg(lead("I\u00a0I")), "/leads/0/name", LABEL),
    ("33 characters", ecg(lead("x" * 33)), "/leads/0/name", LABEL),
    ("gain zero", ecg(lead(gain=0)), "/leads/0/gain", "out_of_range"),
    ("gain negative", ecg(lead(gain=-200)), "/leads/0/gain", "out_of_range"),
    ("gain a string", ecg(lead(gain="200")), "/leads/0/gain", "wrong_type"),
    ("gain a bool", ecg(lead(gain=True)), "/leads/0/gain", "wrong_type"),
    ("baseline a float", ecg(lead(baseline=0.5)), "/leads/0/baseline", "wrong_type"),
    ("baseline whole float", ecg(lead(baseline=1.0)), "/leads/0/baseline", "wrong_type"),
    ("baseline large", ecg(lead(baseline=2**31)), "/leads/0/baseline", "out_of_range"),
    ("baseline small", ecg(lead(baseline=-(2**31) - 1)), "/leads/0/baseline", "out_of_range"),
    ("baseline huge", ecg(lead(baseline=10**30)), "/leads/0/baseline", "out_of_range"),
    ("missing a float", ecg(lead(missing=-0.5)), "/leads/0/missing", "wrong_type"),
    ("missing a string", ecg(lead(missing="NA")), "/leads/0/missing", "wrong_type"),
    ("missing a bool", ecg(lead(missing=True)), "/leads/0/missing", "wrong_type"),
    ("missing several", ecg(lead(missing=[0])), "/leads/0/missing", "wrong_type"),
    ("missing large", ecg(lead(missing=2**31)), "/leads/0/missing", "out_of_range"),
    ("missing small", ecg(lead(missing=-(2**31) - 1)), "/leads/0/missing", "out_of_range"),
    ("missing counted", ecg(lead(num_missing=1)), "/leads/0/num_missing", "unknown_field"),
    ("unit empty", ecg(lead(unit="")), "/leads/0/unit", LABEL),
    ("unit long", ecg(lead(unit="x" * 17)), "/leads/0/unit", LABEL),
    ("unit NUL", ecg(lead(unit="\0")), "/leads/0/unit", LABEL),
    ("unit a number", ecg(lead(unit=1)), "/leads/0/unit", "wrong_type"),
    ("rate zero", ecg(sampling_rate=0), "/sampling_rate", "out_of_range"),
    ("rate negative", ecg(sampling_rate=-500), "/sampling_rate", "out_of_range"),
    ("rate too high", ecg(sampling_rate=1_000_001), "/sampling_rate", "out_of_range"),
    ("rate a string", ecg(sampling_rate="500"), "/sampling_rate", "wrong_type"),
    ("rate a bool", ecg(sampling_rate=True), "/sampling_rate", "wrong_type"),
    ("id empty", ecg(id=""), "/id", LABEL),
    ("id a number", ecg(id=1), "/id", "wrong_type"),
    ("id long", ecg(id="x" * 129), "/id", LABEL),
    ("id NUL", ecg(id="a\0b"), "/id", LABEL),
    ("id newline", ecg(id="a\n"), "/id", LABEL),
    ("date naive", ecg(date="2026-05-17T12:00:00"), "/date", "no_utc_offset"),
    ("date without time", ecg(date="2026-05-17"), "/date", "invalid"),
    ("date a number", ecg(date=1_700_000_000), "/date", "wrong_type"),
    ("date empty", ecg(date=""), "/date", "invalid"),
    ("no such day", ecg(date="2026-02-30T12:00:00Z"), "/date", "invalid"),
    ("no such hour", ecg(date="2026-02-20T25:00:00Z"), "/date", "invalid"),
    ("year 0", ecg(date="0000-01-01T00:00:00Z"), "/date", "invalid"),
    ("year 10000", ecg(date="10000-01-01T00:00:00Z"), "/date", "invalid"),
    ("before year 1", ecg(date="0001-01-01T00:00:00+01:00"), "/date", "out_of_range"),
    ("after year 9999", ecg(date="9999-12-31T23:30:00-01:00"), "/date", "out_of_range"),
]


@pytest.mark.parametrize(
    ("body", "pointer", "code"), [case[1:] for case in INVALID], ids=[case[0] for case in INVALID]
)
async def test_a_broken_rule_is_named_and_nothing_is_stored(
    refused: httpx.AsyncClient, body: object, pointer: str, code: str
) -> None:
    found = problem(await post_raw(refused, dumps(body)), 422, "invalid-body")
    assert found["title"] == "The body breaks the rules of its schema"
    assert [(e["pointer"], e["code"]) for e in found["errors"]] == [(pointer, code)]
    assert await all_ecgs(refused) == []


async def test_all_broken_labels_and_lengths_are_named_at_once(refused: httpx.AsyncClient) -> None:
    body = ecg(lead("", 1, num_samples=5, unit=""), lead(), lead("\n", 1), id="")
    found = problem(await refused.post("/ecg", json=body), 422, "invalid-body")
    assert {(e["pointer"], e["code"]) for e in found["errors"]} == {
        ("/id", LABEL),
        ("/leads/0/name", LABEL),
        ("/leads/0/unit", LABEL),
        ("/leads/0/num_samples", "wrong_length"),
        ("/leads/2/name", LABEL),
    }


DUPLICATES = {
    "leads": '{"leads":[%s],"leads":[%s]}',
    "leads emptied": '{"leads":[%s],"leads":[]}',
    "escaped leads": '{"leads":[%s],"l\\u0065ads":[%s]}',
    "id": '{"id":"a","id":"b","leads":[%s]}',
    "unknown": '{"x":1,"x":1,"leads":[%s]}',
    "name": '{"leads":[{"name":"I","name":"II","signal":[1]}]}',
    "signal": '{"leads":[{"name":"I","signal":[1],"signal":[2]}]}',
    "escaped signal": '{"leads":[{"name":"I","signal":[1],"\\u0073ignal":[2]}]}',
    "both escaped": '{"leads":[{"name":"I","\\u0073ignal":[1],"sign\\u0061l":[2]}]}',
}


@pytest.mark.parametrize("body", DUPLICATES.values(), ids=DUPLICATES)
async def test_a_key_that_stands_twice_is_refused(refused: httpx.AsyncClient, body: str) -> None:
    good = json.dumps(lead())
    raw = body.replace("%s", good).encode()
    found = problem(await post_raw(refused, raw), 422, "invalid-body")
    assert [e["code"] for e in found["errors"]] == ["duplicate_key"]
    assert await all_ecgs(refused) == []


async def test_an_escaped_key_is_the_key(ann: httpx.AsyncClient) -> None:
    body = rb'{"\u006ceads":[{"n\u0061me":"\u0049","\u0073ignal":[1,-1]}]}'
    answer = await post_raw(ann, body)
    assert answer.status_code == 201, answer.text
    [found] = (await ann.get(answer.headers["Location"])).json()["leads"]
    assert (found["name"], found["signal"]) == ("I", [1, -1])


NAMES = {
    "avr": "aVR",
    "AVR": "aVR",
    "aVr": "aVR",
    "i": "I",
    "iii": "III",
    "v6": "V6",
    "v4r": "V4R",
    "mlii": "MLII",
    "VX": "Vx",
    "V10": "V10",
    "ECG lead 1": "ECG lead 1",
    "é": "é",
    "心": "心",
    "x" * 32: "x" * 32,
    "I-": "I-",
    '"\\/': '"\\/',
}


@pytest.mark.parametrize("name", NAMES)
async def test_known_leads_get_their_usual_name_and_others_keep_theirs(
    ann: httpx.AsyncClient, name: str
) -> None:
    key = await post(ann, ecg(lead(name)))
    answers = [(await ann.get(f"/ecg/{key}{path}")).json() for path in ("", "/insights")]
    assert [answer["leads"][0]["name"] for answer in answers] == [NAMES[name]] * 2


async def test_names_may_repeat_and_leads_keep_their_order(ann: httpx.AsyncClient) -> None:
    key = await post(ann, ecg(lead("II", 1), lead("I", 2), lead("II", 3), lead("ii", 4)))
    leads = (await ann.get(f"/ecg/{key}")).json()["leads"]
    assert [(one["name"], one["signal"]) for one in leads] == [
        ("II", [1]),
        ("I", [2]),
        ("II", [3]),
        ("II", [4]),
    ]


KEPT: dict[str, dict[str, Any]] = {
    "gain": {"gain": 200.5, "baseline": -12, "unit": "mV"},
    "whole gain": {"gain": 200},
    "small gain": {"gain": 5e-324},
    "large gain": {"gain": 1.7976931348623157e308},
    "baseline limits": {"baseline": INT32_MIN},
    "baseline maximum": {"baseline": INT32_MAX},
    "unit": {"unit": "µV"},
    "missing": {"missing": -32768},
    "missing minimum": {"missing": INT32_MIN},
    "missing maximum": {"missing": INT32_MAX},
    "missing zero": {"missing": 0},
    "nulls": dict.fromkeys(("gain", "unit", "num_samples", "baseline", "missing", "encoding")),
}


@pytest.mark.parametrize("fields", KEPT.values(), ids=KEPT)
async def test_what_is_said_of_a_lead_comes_back(
    ann: httpx.AsyncClient, fields: dict[str, Any]
) -> None:
    key = await post(ann, ecg(lead("I", 1, -1, **fields)))
    [found] = (await ann.get(f"/ecg/{key}")).json()["leads"]
    given = {name: value for name, value in fields.items() if value is not None}
    assert {name: found[name] for name in given} == given
    assert {"gain", "unit", "missing"} & found.keys() == {"gain", "unit", "missing"} & given.keys()


async def test_null_means_absent(newcomer: httpx.AsyncClient) -> None:
    await post(newcomer, ecg(id=None, date=None, sampling_rate=None))
    [found] = await all_ecgs(newcomer)
    assert found.keys() == {"ecg_id", "date", "leads"}


DATES = {
    "2026-05-17T12:00:00Z": "2026-05-17T12:00:00Z",
    "2026-05-17T12:00:00.123456Z": "2026-05-17T12:00:00.123456Z",
    "2026-05-17T12:00:00.000001-00:00": "2026-05-17T12:00:00.000001Z",
    "2026-05-17T14:30:00+02:30": "2026-05-17T12:00:00Z",
    "1969-12-31T23:59:59.999999Z": "1969-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00-23:59": "0001-01-01T23:59:00Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59+23:59": "9999-12-31T00:00:59Z",
}


@pytest.mark.parametrize("date", DATES)
async def test_a_date_comes_back_in_utc_to_the_microsecond(
    ann: httpx.AsyncClient, date: str
) -> None:
    key = await post(ann, ecg(date=date))
    assert (await ann.get(f"/ecg/{key}")).json()["date"] == DATES[date]


@pytest.mark.parametrize("rate", [500, 1e-9, 999.999, 1_000_000])
async def test_a_sampling_rate_comes_back(ann: httpx.AsyncClient, rate: float) -> None:
    key = await post(ann, ecg(sampling_rate=rate))
    assert (await ann.get(f"/ecg/{key}")).json()["sampling_rate"] == rate
    without = await post(ann)
    assert "sampling_rate" not in (await ann.get(f"/ecg/{without}")).json()


async def test_the_same_content_under_an_id_is_stored_once(newcomer: httpx.AsyncClient) -> None:
    body = ecg(lead("i", 1, 2, gain=1), date="2026-05-17T12:00:00Z", id="holter 1")
    same = ecg(lead("I", 1, 2, gain=1.0, baseline=0), id="holter 1")
    same["date"] = "2026-05-17T14:00:00+02:00"
    first = await newcomer.post("/ecg", json=body)
    again = [await newcomer.post("/ecg", json=one) for one in (body, same)]
    spaced = await post_raw(newcomer, json.dumps(same, indent=3).encode())
    for answer in (*again, spaced):
        assert (answer.status_code, answer.content) == (201, first.content)
        assert answer.headers["Idempotency-Replayed"] == "true"
        assert answer.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    [stored] = await all_ecgs(newcomer)
    assert stored["id"] == "holter 1"


OTHERS = {
    "sample": ecg(lead("I", 1, 3), id="x"),
    "one sample more": ecg(lead("I", 1, 2, 0), id="x"),
    "name": ecg(lead("II", 1, 2), id="x"),
    "one lead more": ecg(lead("I", 1, 2), lead(), id="x"),
    "cut elsewhere": ecg(lead("I", 1), lead("I", 2), id="x"),
    "gain": ecg(lead("I", 1, 2, gain=2), id="x"),
    "baseline": ecg(lead("I", 1, 2, baseline=1), id="x"),
    "unit": ecg(lead("I", 1, 2, unit="mV"), id="x"),
    "missing": ecg(lead("I", 1, 2, missing=3), id="x"),
    "rate": ecg(lead("I", 1, 2), id="x", sampling_rate=500),
    "date": ecg(lead("I", 1, 2), id="x", date="2026-05-17T12:00:00Z"),
}


async def test_other_content_under_an_id_is_a_conflict(newcomer: httpx.AsyncClient) -> None:
    await post(newcomer, ecg(lead("I", 1, 2), id="x"))
    for name, body in OTHERS.items():
        found = problem(await newcomer.post("/ecg", json=body), 409, "id-taken")
        assert found["title"] == "Another ECG of yours has this id", name
    assert len(await all_ecgs(newcomer)) == 1


async def test_an_id_is_its_owners_own(service: Service, newcomer: httpx.AsyncClient) -> None:
    other = await service.newcomer()
    keys = {await post(user, ecg(lead("I", n), id="x")) for n, user in enumerate((newcomer, other))}
    assert len(keys) == 2


async def test_an_id_is_free_again_after_its_ecg_was_deleted(newcomer: httpx.AsyncClient) -> None:
    key = await post(newcomer, ecg(lead("I", 1), id="x"))
    assert (await newcomer.delete(f"/ecg/{key}")).status_code == 204
    assert await post(newcomer, ecg(lead("I", 2), id="x")) != key


async def test_without_an_id_the_same_ecg_is_stored_twice(newcomer: httpx.AsyncClient) -> None:
    assert await post(newcomer) != await post(newcomer)
    assert len(await all_ecgs(newcomer)) == 2
