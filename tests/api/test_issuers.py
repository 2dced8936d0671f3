"""Signing in by the access token of an identity provider."""

import asyncio
import hmac
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from ecg_service.bootstrap.issuers import read_issuers
from ecg_service.settings import (
    AccessSettings,
    AdminSettings,
    IssuerSettings,
    Settings,
    StoreSettings,
)
from tests.api.doors import ADMIN, ANN, DISABLED, PASSWORD, Service, ecg, post, problem, serving
from tests.provider import Provider, answer, coded, key_of, provider

Serve = Callable[..., AbstractAsyncContextManager[Service]]


@pytest_asyncio.fixture(loop_scope="session")
async def idp() -> AsyncGenerator[Provider]:
    async with provider() as made:
        yield made


@pytest.fixture
def serve(idp: Provider, tmp_path: Path) -> Serve:
    """Return what runs a service that trusts the provider."""

    @asynccontextmanager
    async def serve(
        settings: str = "", others: str = "", recheck: float = 1
    ) -> AsyncGenerator[Service]:
        file = tmp_path / "issuers.toml"
        file.write_text(f'[kc]\nissuer = "{idp.url}"\naudience = "ecg"\n{settings}\n{others}')
        given = Settings(
            store=StoreSettings("memory://"),
            access=AccessSettings(credential_recheck_seconds=recheck),
            admin=AdminSettings(ADMIN, PASSWORD),
            issuers=IssuerSettings(str(file), issuer_seconds=60),
        )
        async with serving(given) as running:
            yield running

    return serve


def bearing(service: Service, token: str) -> httpx.AsyncClient:
    client = service.client()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


async def me(service: Service, token: str) -> tuple[int, Any]:
    """Ask who has the token."""
    answer = await bearing(service, token).get("/users/me")
    return answer.status_code, answer.json().get("username")


async def test_the_first_sight_makes_a_user_who_is_the_same_again(
    serve: Serve, idp: Provider
) -> None:
    async with serve() as service:
        one, other = idp.token(), idp.token(idp.claims(jti="another"))
        ecg_id = await post(bearing(service, one))
        found = await bearing(service, other).get(f"/ecg/{ecg_id}")
        assert found.status_code == 200
        name = "kc+f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        assert await me(service, other) == (200, name)
        listed = (await service.client(ADMIN).get("/users")).json()["users"]
        assert [user["username"] for user in listed if "kc" in user["username"]] == [name]
        stranger = bearing(service, idp.token(idp.claims(sub="another")))
        problem(await stranger.get(f"/ecg/{ecg_id}"), 404, "not-found")


async def test_requests_at_once_make_one_user(serve: Serve, idp: Provider) -> None:
    async with serve() as service:
        tokens = [idp.token(idp.claims(jti=str(n))) for n in range(20)]
        answers = await asyncio.gather(*[me(service, token) for token in tokens])
        assert len(set(answers)) == 1
        assert len(idp.asked) == 2


async def test_a_machine_without_a_subject(serve: Serve, idp: Provider) -> None:
    async with serve() as service:
        token = idp.token(idp.claims(sub=None, client_id="ecg-gateway"))
        assert await me(service, token) == (200, "kc@ecg-gateway")
        await post(bearing(service, token))


def forged(
    header: dict[str, object], claims: dict[str, object], sign: Callable[[bytes], bytes]
) -> str:
    signed = f"{coded(header)}.{coded(claims)}"
    return f"{signed}.{coded(sign(signed.encode()))}"


def by_hmac(key: bytes) -> Callable[[bytes], bytes]:
    return lambda signed: hmac.digest(key, signed, "sha256")


def forgeries(idp: Provider) -> list[str]:
    """Return tokens that the provider has not made."""
    right, claims = idp.token(), idp.claims()
    head, body, signature = right.split(".")
    header: dict[str, object] = {"alg": "RS256", "typ": "at+jwt", "kid": "one"}
    public, evil = idp.keys["one"], key_of("RSA", "evil")
    symmetric = {**header, "alg": "HS256"}
    evil_jwk: Any = evil.as_dict(private=False)
    return [
        forged({**header, "alg": "none"}, claims, lambda _: b""),
        f"{coded({**header, 'alg': 'none'})}.{body}.",
        f"{coded({**header, 'alg': 'nOnE'})}.{body}.{signature}",
        *[forged(symmetric, claims, by_hmac(key)) for key in public_bytes(public)],
        forged(header, claims, lambda _: b""),
        forged(header, claims, lambda _: bytes(256)),
        forged(header, claims, lambda _: b"\x01" * 10_000),
        f"{head}.{coded({**claims, 'sub': 'root'})}.{signature}",
        f"{coded({**header, 'x': 1})}.{body}.{signature}",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{signature}AAAA",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signature}.{signature}.{signature}",
        idp.token(kid="evil").replace(idp.token(kid="evil").split(".")[0], head),
        idp.token(kid="evil"),
        idp.token(kid="evil", jwk=evil_jwk),
        idp.token(kid="../../one"),
        idp.token(kid="one", alg="RS384"),
        idp.token(kid="one", alg="PS256"),
        idp.token(kid="one", typ="logout+jwt"),
        idp.token(idp.claims(iss="https://evil.example")),
        idp.token(idp.claims(aud="other")),
        idp.token(idp.claims(exp=1)),
        idp.token(idp.claims(exp=idp.claims()["exp"] + 10**6)),
        idp.token(idp.claims(padding="x" * 20_000)),
        right + "=",
        right + "\u00e9",
        right.replace(".", ".."),
        f"{right} {right}",
        f"{right},{right}",
        "a" * 1_000_000,
        "." * 16_000,
        "eyJhbGciOiJub25lIn0.e30.",
    ]


def public_bytes(key: Any) -> list[bytes]:
    """Return what a careless verifier would take for the secret of an HMAC."""
    pem = key.as_pem(private=False)
    return [
        b"",
        pem,
        pem.strip(),
        b" " + pem,
        key.as_der(private=False),
        json.dumps(key.as_dict(private=False)).encode(),
    ]


async def test_forgeries_are_refused_and_nobody_is_made(serve: Serve, idp: Provider) -> None:
    async with serve() as service:
        for token in forgeries(idp):
            raw = [(b"Authorization", f"Bearer {token}".encode())]
            answer = await service.client().post("/ecg", json=ecg(), headers=raw)
            problem(answer, 401, "unauthenticated")
            assert 'Bearer realm="ecg"' in answer.headers["WWW-Authenticate"]
        listed = (await service.client(ADMIN).get("/users")).json()["users"]
        assert len(listed) == 4
        assert (await me(service, idp.token()))[0] == 200
        assert len(idp.asked) <= 2  # whatever ids of keys were tried


async def test_another_issuer_is_nobody_and_is_not_asked(serve: Serve, idp: Provider) -> None:
    async with serve() as service, provider() as other:
        assert (await me(service, other.token()))[0] == 401
        assert other.asked == idp.asked == []


async def test_the_same_subject_of_two_issuers_is_two_users(serve: Serve, idp: Provider) -> None:
    async with provider() as other:
        second = f'[other]\nissuer = "{other.url}"\naudience = "ecg"'
        async with serve(others=second) as service:
            mine = await post(bearing(service, idp.token()))
            theirs = bearing(service, other.token())
            problem(await theirs.get(f"/ecg/{mine}"), 404, "not-found")
            # Keys of one say nothing about the other.
            assert (await me(service, other.token(other.claims(iss=idp.url), kid="two")))[0] == 401


ROLES = (
    'roles_claim = ["realm_access", "roles"]\nroles = {"ecg-admin" = "ADMIN", "ecg-user" = "USER"}'
)


async def test_roles_are_those_of_the_token(serve: Serve, idp: Provider) -> None:
    def having(*roles: str) -> str:
        return idp.token(idp.claims(realm_access={"roles": roles}))

    async with serve(ROLES) as service:
        user, admin = bearing(service, having("ecg-user")), bearing(service, having("ecg-admin"))
        await post(user)
        problem(await user.get("/users"), 403, "forbidden")
        assert (await admin.get("/users")).status_code == 200
        assert (await admin.get("/users/me")).json()["role"] == "ADMIN"
        problem(await admin.get("/ecg"), 403, "forbidden")
        for roles in ((), ("other",)):
            problem(await bearing(service, having(*roles)).get("/ecg"), 403, "forbidden")


async def test_who_is_disabled_here_is_refused(serve: Serve, idp: Provider) -> None:
    async with serve() as service:
        token = idp.token()
        _, name = await me(service, token)
        admin = service.client(ADMIN)
        await admin.patch(f"/users/{name}", json={"disabled": True})
        assert (await me(service, token))[0] == 401
        assert (await me(service, idp.token(idp.claims(jti="new"))))[0] == 401
        await admin.patch(f"/users/{name}", json={"disabled": False})
        assert (await me(service, token))[0] == 200


async def test_without_a_password_none_is_right(serve: Serve, idp: Provider) -> None:
    async with serve() as service:
        _, name = await me(service, idp.token())
        for password in ("", "!", "None"):
            problem(await service.client(name, password).get("/ecg"), 401, "unauthenticated")
        change = {"current_password": "", "new_password": PASSWORD}
        answer = await bearing(service, idp.token()).put("/users/me/password", json=change)
        problem(answer, 422, "invalid-body")


async def test_users_may_be_matched_by_a_claim(serve: Serve, idp: Provider) -> None:
    def known_as(name: str, sub: str = "1", **claims: object) -> str:
        return idp.token(idp.claims(sub=sub, preferred_username=name, **claims))

    async with serve('users = "match"') as service:
        assert await me(service, known_as(ANN)) == (200, ANN)
        # From then on it is the subject that counts, not what it is called.
        assert await me(service, known_as("bob")) == (200, ANN)
        for name in ("nobody", ADMIN, DISABLED, "", "Ann"):
            assert (await me(service, known_as(name, sub=f"of {name}")))[0] == 401
        assert len((await service.client(ADMIN).get("/users")).json()["users"]) == 4


async def test_a_name_that_is_taken_is_not_taken_over(serve: Serve, idp: Provider) -> None:
    async with serve() as service:
        body = {"username": "kc+1", "password": PASSWORD}
        assert (await service.client(ADMIN).post("/users", json=body)).status_code == 201
        assert (await me(service, idp.token(idp.claims(sub="1"))))[0] == 401


async def test_a_provider_that_is_down(serve: Serve, idp: Provider) -> None:
    idp.answers["/jwks"] = answer(b"", "503 Service Unavailable")
    async with serve() as service:
        client = bearing(service, idp.token())
        found = await client.get("/ecg")
        problem(found, 503, "issuer-unavailable")
        assert found.headers["Retry-After"] == "1"
        assert (await service.client(ANN).get("/ecg")).status_code == 200


async def test_known_keys_go_on_when_it_goes_down(serve: Serve, idp: Provider) -> None:
    async with serve(recheck=0.001) as service:
        assert (await me(service, idp.token()))[0] == 200
        idp.answers["/jwks"] = answer(b"", "503 Service Unavailable")
        assert (await me(service, idp.token(idp.claims(sub="later"))))[0] == 200


TWO = """
[a]
issuer = "https://x.example"
audience = "e"
[b]
issuer = "https://x.example"
audience = "f"
"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "names no identity provider"),
        ("[kc", "is not TOML"),
        ("issuer = 1", "[issuer]: Expected `object`"),
        ('[KC]\nissuer = "https://x.example"\naudience = "ecg"', "[KC]: "),
        ('[kc]\naudience = "ecg"', "required field `issuer`"),
        ('[kc]\nissuer = "https://x.example"', "audience or clients"),
        ('[kc]\nissuer = "http://x.example"\naudience = "ecg"', "https://HOST"),
        ('[kc]\nissuer = "https://a@x.example"\naudience = "ecg"', "https://HOST"),
        ('[kc]\nissuer = "https://x.example"\naudience = "e"\njwks_uri = "file:///x"', "jwks_uri"),
        ('[kc]\nissuer = "https://x.example"\naudience = "e"\nalgorithms = ["HS256"]', "HS256"),
        ('[kc]\nissuer = "https://x.example"\naudience = "e"\nalgorithms = ["none"]', "none"),
        ('[kc]\nissuer = "https://x.example"\naudience = "e"\nalgorithms = []', "algorithms"),
        (
            '[kc]\nissuer = "https://x.example"\naudience = "e"\nroles_claim = ["r"]',
            "belong together",
        ),
        ('[kc]\nissuer = "https://x.example"\naudience = "e"\naudiences = "f"', "audiences"),
        (
            TWO,
            "two tables are of one issuer",
        ),
    ],
    ids=range(15),
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "issuers.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"issuers\.toml: ") as raised:
        read_issuers(str(file))
    assert place in str(raised.value)
