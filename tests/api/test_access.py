"""What else may be tried to get at what is not for one; `test_matrix.py` has every route, caller and kind of id."""

import re
from itertools import product
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from litestar import Request, types

from tests.api.doors import (
    ADMIN,
    ANN,
    BOB,
    DISABLED,
    ONE_STORE,
    PASSWORD,
    UNKNOWN_ID,
    Service,
    all_ecgs,
    basic,
    client,
    post,
    problem,
)
from tests.api.rows import ROWS, UNDOCUMENTED, Row, Target, call

pytestmark = ONE_STORE

MALFORMED = (
    "x",
    "1",
    UNKNOWN_ID.upper().replace("0189", "01AB"),
    UNKNOWN_ID.replace("-", ""),
    f"{{{UNKNOWN_ID}}}",
    f"urn:uuid:{UNKNOWN_ID}",
    f"{UNKNOWN_ID}0",
    "null",
    "%00",
    "%F0%9F%92%94",
)

CREDENTIALS: dict[str, list[str]] = {
    "no credentials": [],
    "wrong password": [basic(f"{ANN}:wrong horse")],
    "password of somebody else's length": [basic(f"{ANN}:{PASSWORD}x")],
    "empty password": [basic(f"{ANN}:")],
    "unknown user": [basic(f"nobody:{PASSWORD}")],
    "name in capitals": [basic(f"{ANN.upper()}:{PASSWORD}")],
    "disabled user": [basic(f"{DISABLED}:{PASSWORD}")],
    "no colon": [basic(ANN)],
    "no scheme": [basic(f"{ANN}:{PASSWORD}").removeprefix("Basic ")],
    "scheme only": ["Basic"],
    "nothing": [""],
    "bearer": [basic(f"{ANN}:{PASSWORD}").replace("Basic", "Bearer")],
    "not base64": ["Basic ann:password"],
    "base64 with a space in it": [basic(f"{ANN}:{PASSWORD}").replace("Basic YW", "Basic YW ")],
    "not UTF-8": [basic(b"ann:\xff\xfe")],
    "NUL": [basic(f"{ANN}\0:{PASSWORD}\0")],
    "too long": [basic(f"{ANN}:{'x' * 1000}")],
    "two headers": [basic(f"{ANN}:{PASSWORD}")] * 2,
}


READS = [row for row in ROWS if row.method == "GET"]
GUARDED = [row for row in ROWS if row.who != "anybody"]
EVERYWHERE = ("no credentials", "wrong password", "disabled user")
"""Credentials tried on every route; the others on one, as all routes leave them to one middleware."""
UNAUTHENTICATED = [
    (row, name)
    for row, name in product(GUARDED, CREDENTIALS)
    if name in EVERYWHERE or str(row) == "GET /users/me"
]
OF_USERS = [row for row in ROWS if row.who == "user"]


def expected(row: Row, caller: str, target: Target) -> int:
    roles = {ANN: "user", BOB: "user", ADMIN: "admin"}
    if row.who not in {"anybody", "signed in", roles[caller]}:
        return 403
    found = target == "own" and row.names == "ecg"  # no key is made here
    return row.status if found or not row.names else 404


CASES = [
    (row, caller, target)
    for row, caller in product(ROWS, (ANN, BOB, ADMIN))
    for target in row.targets
]


@pytest_asyncio.fixture(loop_scope="session")
async def own_id(ann: httpx.AsyncClient) -> str:
    return await post(ann)


async def ids(service: Service, caller: str) -> dict[Target, str]:
    """Return an ECG of the caller and one of somebody else (the admin has none)."""
    owner, other = (BOB, ANN) if caller == BOB else (ANN, BOB)
    return {
        "own": await post(service.client(owner)),
        "foreign": await post(service.client(other)),
        "unknown": UNKNOWN_ID,
        "malformed": MALFORMED[0],
    }


async def test_every_route_has_a_row(anyone: httpx.AsyncClient) -> None:
    paths = (await anyone.get("/schema/openapi.json")).json()["paths"]
    documented = {(method.upper(), path) for path in paths for method in paths[path]}
    assert documented == {(row.method, row.path) for row in ROWS} - UNDOCUMENTED


async def test_the_application_has_no_route_beside_the_documented_ones(service: Service) -> None:
    requests: list[types.Scope] = []

    async def listening(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        requests.append(scope)
        await service.app(scope, receive, send)

    await client(listening).get("/health/live")
    [scope] = requests
    found = {
        (method, re.sub(r":\w+}", "}", route.path))
        for route in Request[Any, Any, Any](scope).app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }
    schema = {(m, p) for m, p in found if p.startswith("/schema")}
    told = {(row.method, row.path) for row in ROWS if not row.path.startswith("/schema")}
    assert found - schema == told
    assert schema


@pytest.mark.parametrize(("row", "caller", "target"), CASES, ids=str)
async def test_a_trailing_slash_opens_no_door(
    service: Service, row: Row, caller: str, target: Target
) -> None:
    key = (await ids(service, caller))[target] if row.names_an_ecg else UNKNOWN_ID
    answer = await call(service.client(caller), row, key, suffix="/")
    assert answer.status_code == expected(row, caller, target), answer.text


@pytest.mark.parametrize(
    ("row", "caller", "target"), [case for case in CASES if case[0] in READS], ids=str
)
async def test_head_answers_as_get_without_content(
    service: Service, row: Row, caller: str, target: Target
) -> None:
    key = (await ids(service, caller))[target] if row.names_an_ecg else UNKNOWN_ID
    client = service.client(caller)
    # Else an insight may be done for one and not for the other, and each has an id of its own.
    settled = [("Prefer", "wait=25"), ("X-Request-Id", "same")]
    got = await call(client, row, key, headers=settled)
    head = await call(client, row, key, method="HEAD", headers=settled)
    assert (head.status_code, head.content) == (expected(row, caller, target), b"")
    if row.path == "/health/checks":  # what is measured for one is not what it is for the other
        del head.headers["Content-Length"], got.headers["Content-Length"]
    assert head.headers == got.headers


@pytest.mark.parametrize(("row", "credentials"), UNAUTHENTICATED, ids=str)
async def test_without_good_credentials_there_is_nothing_but_a_challenge(
    anyone: httpx.AsyncClient, row: Row, credentials: str
) -> None:
    headers = [("Authorization", value) for value in CREDENTIALS[credentials]]
    answer = await call(anyone, row, headers=headers)
    assert problem(answer, 401, "unauthenticated") == {
        "type": "/problems/unauthenticated",
        "title": "Sign in to do this",
        "status": 401,
    }
    challenges = 'Basic realm="ecg", charset="UTF-8", Bearer realm="ecg"'
    assert answer.headers["WWW-Authenticate"] == challenges


@pytest.mark.parametrize("row", [row for row in GUARDED if row in READS], ids=str)
@pytest.mark.parametrize("credentials", EVERYWHERE)
async def test_head_without_good_credentials_is_challenged(
    anyone: httpx.AsyncClient, row: Row, credentials: str
) -> None:
    headers = [("Authorization", value) for value in CREDENTIALS[credentials]]
    answer = await call(anyone, row, method="HEAD", headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("credentials", CREDENTIALS)
@pytest.mark.parametrize("row", [row for row in ROWS if row.who == "anybody"], ids=str)
async def test_open_routes_do_not_look_at_credentials(
    anyone: httpx.AsyncClient, row: Row, credentials: str
) -> None:
    headers = [("Authorization", value) for value in CREDENTIALS[credentials]]
    assert (await call(anyone, row, headers=headers)).status_code == row.status


@pytest.mark.parametrize("row", [row for row in ROWS if row.names_an_ecg], ids=str)
async def test_a_foreign_an_unknown_and_a_malformed_id_look_the_same(
    ann: httpx.AsyncClient, bob: httpx.AsyncClient, row: Row
) -> None:
    keys = (await post(bob), UNKNOWN_ID, *MALFORMED)
    answers = [await call(ann, row, key, headers=[("X-Request-Id", "same")]) for key in keys]
    assert {(a.status_code, a.content, str(a.headers)) for a in answers} == {
        (404, answers[0].content, str(answers[0].headers))
    }
    problem(answers[0], 404, "not-found")


@pytest.mark.parametrize("row", [row for row in ROWS if row.names_an_ecg], ids=str)
async def test_an_id_has_one_spelling(ann: httpx.AsyncClient, own_id: str, row: Row) -> None:
    others = {own_id.upper(), own_id.replace("-", ""), f"{{{own_id}}}", f"urn:uuid:{own_id}"}
    for spelling in others:
        problem(await call(ann, row, spelling), 404, "not-found")
    assert (await call(ann, row, own_id)).status_code == row.status


@pytest.mark.parametrize("row", OF_USERS, ids=str)
async def test_an_admin_gets_the_same_403_whatever_the_id(
    service: Service, admin: httpx.AsyncClient, row: Row
) -> None:
    known = await post(service.client(ANN))
    for method in {row.method, *(["HEAD"] if row in READS else [])}:
        answers = [
            await call(admin, row, key, method=method, suffix=suffix)
            for key in (known, UNKNOWN_ID, *MALFORMED)
            for suffix in ("", "/", "?signals=false")
        ]
        assert {a.status_code for a in answers} == {403}
        assert len({a.content for a in answers}) == 1


@pytest.mark.parametrize("row", OF_USERS, ids=str)
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-User"])
async def test_no_header_lifts_the_admin_over_the_fence(
    service: Service, admin: httpx.AsyncClient, row: Row, header: str
) -> None:
    for value in ("GET", "DELETE", ANN):
        known = await post(service.client(ANN))
        answer = await call(admin, row, known, headers=[(header, value)])
        assert answer.status_code == 403
        assert (await service.client(ANN).get(f"/ecg/{known}")).status_code == 200


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_options_tell_everybody_the_same_and_do_nothing(
    service: Service, own_id: str, row: Row
) -> None:
    callers = [service.client(name) for name in (None, ANN, BOB, ADMIN)]
    answers = [
        await call(caller, row, key, method="OPTIONS")
        for caller in callers
        for key in (own_id, UNKNOWN_ID)
    ]
    assert {(a.status_code, a.content) for a in answers} == {(204, b"")}
    assert (await service.client(ANN).get(f"/ecg/{own_id}")).status_code == 200


@pytest.mark.parametrize("asking", ["TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", sorted({row.path for row in ROWS}))
async def test_every_method_that_has_a_row_is_named(
    anyone: httpx.AsyncClient, path: str, asking: str
) -> None:
    answer = await anyone.request(
        asking,
        path.format(
            ecg_id=UNKNOWN_ID,
            index=0,
            name="x",
            slug="x",
            file="x",
            key_id=UNKNOWN_ID,
            session_id=UNKNOWN_ID,
        ),
    )
    assert answer.status_code == (204 if asking == "OPTIONS" else 405)
    methods = {row.method for row in ROWS if row.path == path}
    allowed = set(answer.headers["Allow"].split(", ")) - {"OPTIONS"}
    assert allowed == (methods | {"HEAD"} if "GET" in methods else methods)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "CONNECT", "FOO", "post"])
async def test_methods_that_a_route_has_not_are_refused(
    ann: httpx.AsyncClient, own_id: str, method: str
) -> None:
    answer = await ann.request(method, f"/ecg/{own_id}")
    problem(answer, 405, "method-not-allowed")


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/ECG", "/ecg/x/y", "/users/me/x", "/metrics", "/%00"]
)
async def test_paths_that_lead_nowhere_are_not_found(anyone: httpx.AsyncClient, path: str) -> None:
    answer = await anyone.get(path)
    problem(answer, 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/ecg/schema"),
        ("DELETE", "/ecg/schema"),
        ("GET", "/ecg/schema/insights"),
        ("GET", "/ecg/openapi.json/leads/0"),
        ("PATCH", "/users/schema"),
        ("PATCH", "/users/openapi.json"),
        ("GET", "/users/?/schema"),
        ("POST", "/ecg?/schema/openapi.json"),
    ],
)
async def test_only_the_schema_itself_needs_no_credentials(
    anyone: httpx.AsyncClient, method: str, path: str
) -> None:
    problem(await anyone.request(method, path), 401, "unauthenticated")


@pytest.mark.parametrize(
    "path",
    [
        "/schemafoo",
        "/schema.json",
        "/schema/x",
        "/schema/../ecg",
        "/schema/%2e%2e/ecg",
        "/schema//ecg",
    ],
)
async def test_beside_the_schema_there_is_no_way_in(anyone: httpx.AsyncClient, path: str) -> None:
    assert (await anyone.get(path)).status_code in {401, 404}


async def test_a_stranger_neither_reads_nor_deletes(
    ann: httpx.AsyncClient, newcomer: httpx.AsyncClient
) -> None:
    key = await post(ann)
    assert (await newcomer.delete(f"/ecg/{key}")).status_code == 404
    assert await all_ecgs(newcomer) == []
    assert (await ann.get(f"/ecg/{key}")).status_code == 200


@pytest.mark.parametrize("index", ["1", "-1", "00", "+0", "0.0", "x", "9" * 30, "%00", "٣"])
async def test_a_lead_that_is_not_there_is_as_unknown_as_an_ecg(
    ann: httpx.AsyncClient, own_id: str, index: str
) -> None:
    missing = await ann.get(f"/ecg/{own_id}/leads/{index}")
    unknown = await ann.get(f"/ecg/{UNKNOWN_ID}/leads/0")
    assert (missing.status_code, missing.content) == (404, unknown.content)


async def test_credentials_may_be_spelled_as_rfc_7617_allows(service: Service) -> None:
    name, password = f"ü{uuid4()}"[1:], "ä: ö:ü 密码密码"
    await service.services.users.register(name, password)
    header = basic(f"{name}:{password}")
    for value in (header, header.replace("Basic", "bAsIc"), header.replace(" ", "  ")):
        answer = await service.client().get("/users/me", headers={"Authorization": value})
        assert answer.json()["username"] == name
