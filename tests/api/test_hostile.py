"""Hostile bodies: each is answered with a 4xx problem, and nothing of it is stored."""

import json
import random
from collections.abc import Callable, Iterator

import httpx
import pytest
import pytest_asyncio

from tests.api.doors import (
    ADMIN,
    ONE_STORE,
    PASSWORD,
    Service,
    all_ecgs,
    dumps,
    ecg,
    lead,
    post_raw,
    refusal,
)

pytestmark = ONE_STORE

GOOD = b'{"leads":[{"name":"I","signal":[1,-1,0,2]}]}'
REAL = dumps(
    ecg(
        lead("I", *range(-60, 60), gain=200, unit="mV"),
        lead("avr", 2**31 - 1, -(2**31), 0, num_samples=3),
        date="2026-05-17T12:00:00Z",
        sampling_rate=500,
    )
)


def around(value: bytes) -> bytes:
    """Put a value where a sample is expected."""
    return b'{"leads":[{"name":"I","signal":[1,' + value + b"]}]}"


def equal_hashes(count: int) -> bytes:
    """Name fields by integers that a dictionary keyed by them would put into one bucket."""
    keys = ",".join(f'"{2**61 - 1 + n * (2**61 - 1)}":0' for n in range(count))
    return GOOD[:-1] + b"," + keys.encode() + b"}"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "spaces": lambda: b" " * 100_000,
    "backslashes": lambda: b"\\" * 100_000,
    "quotes": lambda: b'"' * 100_000,
    "escaped backslashes in a string": lambda: b'{"id":"' + b"\\\\" * 50_000 + b'"}',
    "deep arrays": lambda: b"[" * 100_000,
    "deep closed arrays": lambda: b"[" * 100_000 + b"]" * 100_000,
    "deep objects": lambda: b'{"a":' * 100_000,
    "deep closed objects": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep signal": lambda: around(b"[" * 100_000),
    "deep leads": lambda: b'{"leads":' + b"[" * 100_000,
    "deep unknown field": lambda: GOOD[:-1] + b',"x":' + b"[" * 99_999 + b"]" * 99_999 + b"}",
    "alternating depth": lambda: b'[{"a":' * 50_000,
    "NaN": lambda: around(b"NaN"),
    "Infinity": lambda: around(b"Infinity"),
    "-Infinity": lambda: around(b"-Infinity"),
    "nan": lambda: around(b"nan"),
    "NaN as rate": lambda: GOOD[:-1] + b',"sampling_rate":NaN}',
    "1e400": lambda: around(b"1e400"),
    "1e400 as rate": lambda: GOOD[:-1] + b',"sampling_rate":1e400}',
    "5 million digits": lambda: around(b"9" * 5_000_000),
    "5 million zeros": lambda: around(b"0" * 5_000_000),
    "5 million digits as rate": lambda: GOOD[:-1] + b',"sampling_rate":' + b"9" * 5_000_000 + b"}",
    "5 million digits as baseline": lambda: GOOD[:-3] + b',"baseline":' + b"9" * 5_000_000 + b"}]}",
    "-0.0": lambda: around(b"-0.0"),
    "1.0": lambda: around(b"1.0"),
    "1e3": lambda: around(b"1e3"),
    "-": lambda: around(b"-"),
    "+1": lambda: around(b"+1"),
    "01": lambda: around(b"01"),
    "-01": lambda: around(b"-01"),
    "0x1": lambda: around(b"0x1"),
    ".5": lambda: around(b".5"),
    "1.": lambda: around(b"1."),
    "UTF-16": lambda: GOOD.decode().encode("utf-16"),
    "UTF-16 little-endian": lambda: GOOD.decode().encode("utf-16-le"),
    "UTF-32": lambda: GOOD.decode().encode("utf-32"),
    "lone high surrogate": lambda: GOOD.replace(b'"I"', rb'"\ud800"'),
    "lone low surrogate": lambda: GOOD.replace(b'"I"', rb'"\udc00"'),
    "surrogates reversed": lambda: GOOD.replace(b'"I"', rb'"\udc00\ud800"'),
    "encoded surrogate": lambda: GOOD.replace(b'"I"', b'"\xed\xa0\x80"'),
    "bad UTF-8": lambda: GOOD.replace(b'"I"', b'"\xff"'),
    "overlong UTF-8": lambda: GOOD.replace(b'"I"', b'"\xc0\xaf"'),
    "cut UTF-8": lambda: GOOD.replace(b'"I"', b'"\xe2\x82"'),
    "bad UTF-8 in a key": lambda: GOOD.replace(b'"leads"', b'"\xfeleads"'),
    "bad UTF-8 in an unknown field": lambda: GOOD[:-1] + b',"x":"\xff"}',
    "NUL": lambda: GOOD.replace(b'"I"', b'"\0"'),
    "NUL between": lambda: GOOD.replace(b":", b":\0"),
    "escaped NUL": lambda: GOOD.replace(b'"I"', rb'"\u0000"'),
    "NUL behind": lambda: GOOD + b"\0",
    "trailing brace": lambda: GOOD + b"}",
    "trailing comma": lambda: GOOD + b",",
    "two bodies": lambda: GOOD + GOOD,
    "two bodies in lines": lambda: GOOD + b"\n" + GOOD,
    "comment": lambda: b"/* */" + GOOD,
    "million keys": lambda: (
        GOOD[:-1] + b"," + b",".join(b'"%d":0' % n for n in range(1_000_000)) + b"}"
    )[:9_999_999],
    "million leads without a name": lambda: (
        b'{"leads":[' + b",".join([b'{"x":0}'] * 1_000_000) + b"]}"
    ),
    "100,000 keys": lambda: (
        GOOD[:-1] + b"," + b",".join(b'"%d":0' % n for n in range(100_000)) + b"}"
    ),
    "keys of equal hashes": lambda: equal_hashes(50_000),
    "huge name": lambda: GOOD.replace(b'"I"', b'"' + b"x" * 5_000_000 + b'"'),
    "huge escaped name": lambda: GOOD.replace(b'"I"', b'"' + b"\\u0041" * 800_000 + b'"'),
    "huge key": lambda: GOOD[:-1] + b',"' + b"x" * 5_000_000 + b'":1}',
    "huge key with a bad signal": lambda: b'{"' + b"x" * 5_000_000 + b'":{"signal":[0.5]}}',
    "huge key twice": lambda: b"{" + (b',"' + b"x" * 2_000_000 + b'":1')[1:] * 2 + b"}",
    "bad leads": lambda: b'{"leads":[' + b",".join([b'{"name":"","signal":[]}'] * 400_000) + b"]}",
    "huge id": lambda: GOOD[:-1] + b',"id":"' + b"x" * 5_000_000 + b'"}',
    "huge date": lambda: GOOD[:-1] + b',"date":"' + b"2" * 5_000_000 + b'"}',
    "10 MB and a byte": lambda: GOOD + b" " * (10_000_001 - len(GOOD)),
    "a form": lambda: b"leads=1&signal=2",
    "XML": lambda: b'<?xml version="1.0"?><leads/>',
    "gzip": lambda: b"\x1f\x8b\x08\x00" + b"\0" * 100,
    "all bytes": lambda: bytes(range(256)),
}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def refused(service: Service) -> httpx.AsyncClient:
    """Return the client of a user whose bodies must all be rejected: none may be stored."""
    return await service.newcomer()


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_body_is_refused_and_nothing_is_stored(
    refused: httpx.AsyncClient, name: str
) -> None:
    found = refusal(await post_raw(refused, HOSTILE[name]()))
    assert len(json.dumps(found)) < 20_000
    assert await all_ecgs(refused) == []


async def test_a_body_of_the_greatest_size_is_taken(newcomer: httpx.AsyncClient) -> None:
    answer = await post_raw(newcomer, GOOD + b" " * (10_000_000 - len(GOOD)))
    assert answer.status_code == 201


async def test_many_short_leads_are_taken(newcomer: httpx.AsyncClient) -> None:
    answer = await newcomer.post("/ecg", json=ecg(*[lead("I", n) for n in range(256)]))
    assert answer.status_code == 201
    leads = (await newcomer.get(answer.headers["Location"])).json()["leads"]
    assert [one["signal"] for one in leads] == [[n] for n in range(256)]


SMALL = (
    "",
    " ",
    "[" * 8_000,
    '{"a":' * 3_000,
    "[]",
    "null",
    "NaN",
    '{"username":NaN}',
    '{"username":1e400}',
    '{"username":' + "9" * 8_000 + "}",
    '{"disabled":' + "9" * 8_000 + "}",
    '{"username":"x","username":"y"}',
    '{"username":"x","\\u0075sername":"y"}',
    '{"password":"\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800"}',
    '{"password":"' + "x" * 20_000 + '"}',
    '{"x":1}',
    '{"role":"ADMIN","is_superuser":true}',
    "{" + ",".join(f'"{n}":0' for n in range(1_500)) + "}",
    "{}x",
    "{'username':'x'}",
    '{"username":"x',
    "\0",
    "\\" * 10_000,
    '{"username":["x"],"password":{}}',
    '{"disabled":"true"}',
    '{"disabled":1}',
    '{"password":12345678}',
    '{"current_password":null}',
)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/users"), ("PATCH", "/users/ann"), ("PUT", "/users/me/password")],
    ids=str,
)
@pytest.mark.parametrize("body", SMALL, ids=range(len(SMALL)))
async def test_hostile_bodies_about_users_are_refused_too(
    service: Service, method: str, path: str, body: str
) -> None:
    admin = service.client(ADMIN)
    headers = {"Content-Type": "application/json"}
    before = (await admin.get("/users")).content
    refusal(await admin.request(method, path, content=body.encode(), headers=headers))
    assert (await admin.get("/users")).content == before


@pytest.mark.parametrize("raw", [b"\xff", b'{"username":"\xff"}', b"\xff\xfe{\0}\0"], ids=repr)
async def test_small_bodies_that_are_no_utf_8_are_malformed(
    admin: httpx.AsyncClient, raw: bytes
) -> None:
    assert (await post_raw(admin, raw, "/users")).json()["type"] == "/problems/malformed-body"


Y_SAMPLES = (
    b"1",
    b"-0",
    b" 1",
    b"1 ",
    b"\t1\r\n",
    b"0",
    b"-1",
    b"123456789",
    b"2147483647",
    b"-2147483648",
    b"1,2",
    b"1 , 2",
)
N_SAMPLES = (
    b"",
    b",",
    b"1,",
    b",1",
    b"1,,2",
    b"1 2",
    b"- 1",
    b"--1",
    b"1-",
    b"1+1",
    b"\x0b1",
    b"\x0c1",
    b"\xc2\xa01",
    b"1\xe2\x80\xa8",
    b"1\0",
    b"1_000",
    b"1e",
    b"1e+",
    b"1.5.5",
    b"1a",
    b"a",
    b"tru",
    b"True",
    b"undefined",
    b"\xef\xbc\x91",
    b"0b1",
    b"0o7",
    b"00",
    b"-00",
    b"1]",
    b"1]]",
    b"[1",
    b"'1'",
    b"1;2",
    b"1//",
    b"#1",
)
Y_BODIES = (
    b' \t\r\n{"leads" : [ {"name" : "I" , "signal" : [ 1 , 2 ] } ] } \n',
    b'{"leads":[{"signal":[1,2],"name":"I"}]}',
    b'{"leads":[{"signal":[1,2],"name":"\\u00e9\\ud83d\\ude00"}]}',
    b'{"leads":[{"signal":[1,2],"name":"\\"\\\\\\/"}]}',
    b'{"date":null,"id":null,"leads":[{"signal":[1,2],"name":"I"}],"sampling_rate":null}',
    b'{"leads":[{"signal":[1,2],"name":"]}[{signal"}]}',
    b'{"leads":[{"signal":[1,2],"name":"I"}],"sampling_rate":5e2}',
    b'{"leads":[{"signal":[1,2],"name":"I"}],"sampling_rate":5.0E+2}',
)
N_BODIES = (
    b"{",
    b"}",
    b"{}}",
    b'{"leads"}',
    b'{"leads":}',
    b'{"leads":[}',
    b'{"leads":[{]}',
    b'{"leads" [{"name":"I","signal":[1]}]}',
    b'{leads:[{"name":"I","signal":[1]}]}',
    b'{"leads":[{"name":"I","signal":[1]}],}',
    b'{"leads":[{"name":"I","signal":[1],}]}',
    b'{"leads":[{"name":"I","signal":[1]},]}',
    b'{"leads":[{"name":"I" "signal":[1]}]}',
    b'{"leads":[{"name":"\n","signal":[1]}]}',
    b'{"leads":[{"name":"\\x41","signal":[1]}]}',
    b'{"leads":[{"name":"\\u00g0","signal":[1]}]}',
    b'{"leads":[{"name":"\\u00","signal":[1]}]}',
    b'{"leads":[{"name":"\\","signal":[1]}]}',
    b'{"leads":[{"name":"I","signal":[1]}]}]',
    b'{"leads":[{"name":"I","signal":[1]}]} x',
    b'{"leads":[{"name":"I","signal":[1])]}',
    b'{"leads":[{"name":"I","signal":[1]}]}\x1f',
    b'{"leads":[{"name":"I","signal":[1]}],"x":tru}',
    b'{"leads":[{"name":"I","signal":[1]}],"sampling_rate":05}',
    b'{"leads":[{"name":"I","signal":[1]}],"sampling_rate":5.}',
    b'{"leads":[{"name":"I","signal":[1]}],1:2}',
    b'{"leads":[{"name":"I","signal":[1]}],"x":1,null}',
)


@pytest.mark.parametrize("body", [*map(around, Y_SAMPLES), *Y_BODIES], ids=repr)
async def test_what_json_allows_is_taken(ann: httpx.AsyncClient, body: bytes) -> None:
    answer = await post_raw(ann, body)
    assert answer.status_code == 201, answer.text
    stored = (await ann.get(answer.headers["Location"])).json()["leads"]
    sent = json.loads(body)["leads"]
    assert [one["signal"] for one in stored] == [one["signal"] for one in sent]
    assert [one["name"] for one in stored] == [one["name"] for one in sent]


@pytest.mark.parametrize("body", [*map(around, N_SAMPLES), *N_BODIES], ids=repr)
async def test_what_json_forbids_is_malformed(refused: httpx.AsyncClient, body: bytes) -> None:
    answer = await post_raw(refused, body)
    refusal(answer)
    assert await all_ecgs(refused) == []


async def test_a_body_cut_anywhere_is_malformed(refused: httpx.AsyncClient) -> None:
    for end in range(len(REAL)):
        found = refusal(await post_raw(refused, REAL[:end]))
        assert found["type"] == "/problems/malformed-body", REAL[:end]
    assert await all_ecgs(refused) == []


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Change, add or drop one byte of a real body."""
    chance = random.Random(seed)
    for _ in range(count):
        at, new = chance.randrange(len(REAL)), bytes([chance.randrange(256)])
        cut = chance.choice([0, 1])
        yield REAL[:at] + chance.choice([new, b""]) + REAL[at + cut :]


async def test_one_byte_changed_is_taken_as_it_reads_or_refused(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    for mutant in mutants(1_500, seed=20):
        answer = await post_raw(newcomer, mutant)
        assert PASSWORD not in answer.text
        if answer.status_code != 201:
            refusal(answer)
            continue
        stored = (await newcomer.get(answer.headers["Location"])).json()["leads"]
        assert [one["signal"] for one in stored] == [
            one["signal"] for one in json.loads(mutant)["leads"]
        ]
