"""docs/access.md is what happens: each of its requests is made, whoever makes it and whatever it names.

The page follows from what the application says of its routes, so a new one is in it, or `tests/tools/test_generated.py`
fails, and has a row written by hand in `rows.py`, or this fails.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from ecg_service.domain.jwt import read_token
from ecg_service.domain.principal import Principal, Scope
from ecg_service.domain.users import Role
from tests.api.doors import (
    ADMIN,
    ANN,
    BOB,
    DISABLED,
    ONE_STORE,
    UNKNOWN_ID,
    Service,
    bearer,
    post,
)
from tests.api.rows import ROWS, Row, call

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
Cells = Mapping[str, str]


def tables() -> list[dict[str, Cells]]:
    """Return of each table of the page the cells of each route."""
    found = list[dict[str, Cells]]()
    for table in re.findall(r"(?:^\|.*\n)+", PAGE.read_text(), re.MULTILINE):
        head, _, *lines = [line.strip("| \n").split(" | ") for line in table.splitlines()]
        found.append(
            {line[0].strip("`"): dict(zip(head[1:], line[1:], strict=True)) for line in lines}
        )
    return found


ROUTES, OWNED = tables()
BY_HAND = {str(row): row for row in ROWS}
Make = Callable[[Service], Awaitable[httpx.AsyncClient]]


async def token(service: Service, name: str, scopes: frozenset[Scope] | None = None) -> str:
    user = await service.services.users.own(Principal(name, Role.USER))
    return (await service.services.sessions.begin(Principal.of(user), scopes)).access_token


async def expired(service: Service) -> str:
    """Return an access token that was good a minute ago."""
    good, now = read_token(await token(service, ANN)), int(time.time())
    return await service.services.sessions.keys.sign(
        good.claims | {"iat": now - 90, "exp": now - 60}
    )


async def key_of(
    service: Service, owner: str, *scopes: Scope, expires: datetime | None = None
) -> tuple[str, str]:
    """Return a new key and its id."""
    made = await service.services.api_keys.create(owner, "x", frozenset(scopes), expires=expires)
    return made[0], str(made[1].id)


def by_password(name: str | None) -> Make:
    async def client(service: Service) -> httpx.AsyncClient:
        return service.client(name)

    return client


def by_bearer(make: Callable[[Service], Awaitable[str]]) -> Make:
    async def client(service: Service) -> httpx.AsyncClient:
        return bearer(service.app, await make(service))

    return client


def by_key(made: str) -> Make:
    async def client(service: Service) -> httpx.AsyncClient:
        return bearer(service.app, made)

    return client


def by_token(name: str, *scopes: Scope) -> Make:
    return by_bearer(lambda service: token(service, name, frozenset(scopes) or None))


WITHOUT_KEYS: dict[str, Sequence[Make]] = {
    "nobody": (by_password(None),),
    "disabled": (by_password(DISABLED),),
    "expired": (by_bearer(expired),),
    "user": (by_password(ANN), by_password(BOB)),
    "user's token": (by_token(ANN),),
    "token `ingest`": (by_token(ANN, Scope.INGEST),),
    "token `read`": (by_token(ANN, Scope.READ),),
    "admin": (by_password(ADMIN),),
    "admin's token": (by_token(ADMIN),),
}


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def callers(service: Service) -> Mapping[str, Sequence[Make]]:
    """Return all callers, those with keys too: no change of their user ends these."""
    ingest, read, both = {Scope.INGEST}, {Scope.READ}, {*Scope}
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    expired, _ = await key_of(service, ANN, *both, expires=soon)
    revoked, of_revoked = await key_of(service, ANN, *both)
    await service.services.api_keys.revoke(ANN, UUID(of_revoked))
    await asyncio.sleep((soon - datetime.now(UTC)).total_seconds())
    scopes = {"key `ingest`": ingest, "key `read`": read, "key with both": both}
    keys = {name: (await key_of(service, ANN, *each))[0] for name, each in scopes.items()}
    useless = {"expired": (*WITHOUT_KEYS["expired"], by_key(expired), by_key(revoked))}
    return WITHOUT_KEYS | useless | {name: (by_key(made),) for name, made in keys.items()}


PATHS = {"ecg": "/ecg", "key": "/api-keys", "session": "/users/me/sessions"}


async def new_object(service: Service, kind: str, owner: str) -> str:
    if kind == "key":
        return (await key_of(service, owner, Scope.READ))[1]
    if kind == "session":
        return read_token(await token(service, owner)).claims["sid"]
    return await post(service.client(owner))


async def named(service: Service, row: Row, what: str, owner: str) -> str:
    """Return the id of an object of the owner, of somebody else, and so on."""
    kind = row.names
    match what:
        case "own":
            return await new_object(service, kind, owner)
        case "another's":
            return await new_object(service, kind, BOB if owner == ANN else ANN)
        case "deleted":
            made = await new_object(service, kind, owner)
            answer = await service.client(owner).delete(f"{PATHS[kind]}/{made}")
            assert answer.status_code == 204
            return made
        case "missing":
            return UNKNOWN_ID
        case _:
            return "malformed"


def status_of(row: Row, cell: str) -> int:
    return row.status if cell == "yes" else int(cell)


def test_the_page_and_the_table_by_hand_have_the_same_routes_and_callers() -> None:
    assert ROUTES.keys() == BY_HAND.keys()
    assert {name for name, row in BY_HAND.items() if row.names} == OWNED.keys()
    assert {*WITHOUT_KEYS} < {*next(iter(ROUTES.values()))}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_page_says_what_the_table_by_hand_says(row: Row) -> None:
    def cell(*, role: str, scopes: frozenset[Scope] | None) -> str:
        if row.who not in {"signed in", role}:
            return "403"
        return "yes" if scopes is None or row.scope in scopes else "403"

    ingest, read = frozenset([Scope.INGEST]), frozenset([Scope.READ])
    user = {name: cell(role="user", scopes=None) for name in ("user", "user's token")}
    tokens = {
        f"{kind} `{scope}`": cell(role="user", scopes=frozenset([scope]))
        for kind in ("token", "key")
        for scope in Scope
    }
    both = {"key with both": cell(role="user", scopes=ingest | read)}
    admin = {name: cell(role="admin", scopes=None) for name in ("admin", "admin's token")}
    signed_in = user | tokens | both | admin
    strangers = dict.fromkeys(("nobody", "disabled", "expired"), "401")
    expected = signed_in | strangers
    if row.who == "anybody":
        expected = dict.fromkeys(expected, "yes")
    assert ROUTES[str(row)] == expected


@ONE_STORE
@pytest.mark.parametrize("row", [row for row in ROWS if not row.names], ids=str)
async def test_a_caller_gets_what_the_page_says(
    service: Service, callers: Mapping[str, Sequence[Make]], row: Row
) -> None:
    for name, cell in ROUTES[str(row)].items():
        for make in callers[name]:
            answer = await call(await make(service), row)
            assert answer.status_code == status_of(row, cell), (name, answer.text)


@ONE_STORE
@pytest.mark.parametrize("row", [row for row in ROWS if row.names], ids=str)
async def test_and_whatever_it_names_that_belongs_to_somebody(
    service: Service, callers: Mapping[str, Sequence[Make]], row: Row
) -> None:
    """Who may not use the route learns nothing, and who may learns of what is not theirs that it is not there."""
    common = {what: await named(service, row, what, ANN) for what in OWNED[str(row)]}
    for name, cell in ROUTES[str(row)].items():
        for number, make in enumerate(callers[name]):
            caller, answers = await make(service), list[httpx.Response]()
            for what, of_object in OWNED[str(row)].items():
                is_other = name == "user" and number == 1  # BOB, of whom none of these is
                fresh = is_other or (row.method == "DELETE" and what == "own")
                is_admins = row.names == "session" and name.startswith(
                    "admin"
                )  # all else is of users
                owner = BOB if is_other else ADMIN if is_admins else ANN
                target = await named(service, row, what, owner) if fresh else common[what]
                answer = await call(caller, row, target, headers=[("X-Request-Id", "same")])
                expected = status_of(row, of_object if cell == "yes" else cell)
                assert answer.status_code == expected, (name, what, answer.text)
                if expected >= 400:
                    answers.append(answer)
            assert len({(one.content, str(one.headers)) for one in answers}) == 1, name
