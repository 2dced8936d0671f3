"""Tokens: what a client gets, what ends them, and what is no token of the service."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from ecg_service.domain.opaque import Opaque, Prefix
from ecg_service.domain.session_tokens import ISSUER
from tests.api.doors import (
    ANN,
    DISABLED,
    ONE_STORE,
    PASSWORD,
    UNKNOWN_ID,
    Json,
    Service,
    bearer,
    ecg,
    post,
    problem,
)

FORM = "application/x-www-form-urlencoded"
ATTACKER = ECKey.generate_key("P-256", {"kid": "attacker"}, private=True)


async def ask(service: Service, path: str = "/token", **form: str) -> httpx.Response:
    headers = {"Content-Type": FORM}
    return await service.client().post(path, content=urlencode(form), headers=headers)


async def sign_in(service: Service, name: str = ANN, **form: str) -> Json:
    answer = await ask(service, grant_type="password", username=name, password=PASSWORD, **form)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refresh(service: Service, token: str, **form: str) -> httpx.Response:
    return await ask(service, grant_type="refresh_token", refresh_token=token, **form)


async def newcomer(service: Service) -> str:
    name = f"user-{time.time_ns()}"
    await service.services.users.register(name, PASSWORD)
    return name


async def status(service: Service, token: str) -> int:
    return (await bearer(service.app, token).get("/users/me")).status_code


async def test_a_password_gives_tokens_that_sign_in(service: Service) -> None:
    answer = await ask(service, grant_type="password", username=ANN, password=PASSWORD)
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 300)
    assert set(tokens) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert answer.headers["Cache-Control"] == "no-store"
    user = bearer(service.app, tokens["access_token"])
    assert (await user.get("/users/me")).json()["username"] == ANN
    await post(user)


async def test_a_scope_narrows_what_the_tokens_allow(service: Service) -> None:
    tokens = await sign_in(service, scope="ingest")
    again = (await refresh(service, tokens["refresh_token"])).json()
    for found in (tokens, again):
        assert found["scope"] == "ingest"
        user = bearer(service.app, found["access_token"])
        await post(user)
        told = problem(await user.get("/ecg"), 403, "insufficient-scope")
        assert told["detail"] == "This needs the scope `read`."


async def test_a_refresh_may_narrow_the_access_token_and_never_the_session(
    service: Service,
) -> None:
    whole = (await sign_in(service))["refresh_token"]
    both = (await sign_in(service, scope="read ingest"))["refresh_token"]
    for token, wide in ((whole, None), (both, "ingest read")):
        narrow = (await refresh(service, token, scope="read")).json()
        assert narrow["scope"] == "read"
        device = bearer(service.app, narrow["access_token"])
        assert (await device.get("/ecg")).status_code == 200
        problem(await device.post("/ecg", json=ecg()), 403, "insufficient-scope")
        again = (await refresh(service, narrow["refresh_token"])).json()
        assert again.get("scope") == wide
        await post(bearer(service.app, again["access_token"]))


@pytest.mark.parametrize("scope", ["ingest", "ingest read", "read ingest admin", " "])
async def test_a_refresh_widens_nothing_and_then_costs_no_token(
    service: Service, scope: str
) -> None:
    token = (await sign_in(service, scope="read"))["refresh_token"]
    refused = await refresh(service, token, scope=scope)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    assert (await refresh(service, token, scope="")).json()["scope"] == "read"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "invalid_request"),
        ({"grant_type": "password", "username": ANN}, "invalid_request"),
        ({"grant_type": "password", "username": ANN, "password": "wrong horse"}, "invalid_grant"),
        ({"grant_type": "password", "username": DISABLED, "password": PASSWORD}, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody", "password": PASSWORD}, "invalid_grant"),
        (
            {"grant_type": "password", "username": ANN, "password": PASSWORD, "scope": "all"},
            "invalid_scope",
        ),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        (
            {
                "grant_type": "refresh_token",
                "refresh_token": Opaque(UUID(UNKNOWN_ID), bytes(32)).written(Prefix.REFRESH_TOKEN),
            },
            "invalid_grant",
        ),
    ],
)
async def test_errors_are_those_of_oauth(service: Service, form: Json, error: str) -> None:
    answer = await ask(service, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("body", [b"grant_type=password&grant_type=password", b"\xff", b"x"])
async def test_what_is_no_form_is_refused(service: Service, body: bytes) -> None:
    answer = await service.client().post("/token", content=body, headers={"Content-Type": FORM})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_refresh_token_is_used_once_and_a_second_use_ends_its_session(
    service: Service,
) -> None:
    first = (await sign_in(service))["refresh_token"]
    other = (await sign_in(service))["refresh_token"]
    second = (await refresh(service, first)).json()["refresh_token"]
    assert (await refresh(service, first)).json() == {"error": "invalid_grant"}
    assert (await refresh(service, second)).status_code == 400
    assert (await refresh(service, other)).status_code == 200


async def test_of_a_hundred_that_refresh_at_once_one_does(service: Service) -> None:
    token = (await sign_in(service))["refresh_token"]
    answers = await asyncio.gather(*(refresh(service, token) for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 99
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await refresh(service, winner["refresh_token"])).status_code == 400


async def test_a_revoked_session_is_not_refreshed(service: Service) -> None:
    token = (await sign_in(service))["refresh_token"]
    for _ in range(2):
        assert (await ask(service, "/token/revoke", token=token)).status_code == 200
    assert (await ask(service, "/token/revoke", token="x")).status_code == 200
    assert (await ask(service, "/token/revoke")).json()["error"] == "invalid_request"
    assert (await refresh(service, token)).status_code == 400


@pytest.mark.parametrize("what", ["sign out", "disable", "new password"])
async def test_what_changes_a_user_ends_all_tokens_at_once(service: Service, what: str) -> None:
    name = await newcomer(service)
    tokens, users = await sign_in(service, name), service.services.users
    assert await status(service, tokens["access_token"]) == 200
    if what == "sign out":
        answer = await service.client(name).delete("/users/me/sessions")
        assert answer.status_code == 204
    else:
        change: Json = {"disabled": True} if what == "disable" else {"password": "another password"}
        await users.update(name, **change)
    assert await status(service, tokens["access_token"]) == 401
    assert (await refresh(service, tokens["refresh_token"])).status_code == 400


async def test_the_keys_are_published_without_their_secrets(service: Service) -> None:
    token = (await sign_in(service))["access_token"]
    found = (await service.client().get("/.well-known/jwks.json")).json()
    assert all(set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in found["keys"])
    assert {(key["use"], key["alg"]) for key in found["keys"]} == {("sig", "ES256")}
    [kid] = [key["kid"] for key in found["keys"]]
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": kid}
    jws.deserialize_compact(token, ECKey.import_key(found["keys"][0]), algorithms=["ES256"])


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Forge:
    """Makes tokens from a true one, whose claims and public key an attacker has."""

    def __init__(self, token: str, public: Json, service: Service) -> None:
        self.token, self.public, self._service = token, public, service
        self.head, self.body, self.signature = token.split(".")
        self.kid = public["kid"]
        self.claims = json.loads(base64.urlsafe_b64decode(self.body + "=="))
        self.header = {"alg": "ES256", "typ": "at+jwt", "kid": self.kid}

    def raw(self, header: Any, claims: Any = None, signature: str | None = None) -> str:
        body = self.body if claims is None else b64(claims)
        return f"{b64(header)}.{body}.{self.signature if signature is None else signature}"

    def signed(self, key: Any, **header: Any) -> str:
        head = self.header | header
        registry = jws.JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
        return jws.serialize_compact(head, json.dumps(self.claims), key, registry=registry)

    async def own(self, **claims: Any) -> str:
        """Sign other claims by the service's own key; None leaves one out."""
        said = {k: v for k, v in (self.claims | claims).items() if v is not None}
        return await self._service.services.sessions.keys.sign(said)


NOW = int(datetime.now(UTC).timestamp())
TWICE = b'{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"%s"}'
FORGED: dict[str, Callable[[Forge], Any]] = {
    "alg none": lambda f: f.raw(f.header | {"alg": "none"}, signature=""),
    "alg None": lambda f: f.raw(f.header | {"alg": "None"}, signature=""),
    "alg empty": lambda f: f.raw(f.header | {"alg": ""}),
    "alg a list": lambda f: f.raw(f.header | {"alg": ["ES256"]}),
    "no alg": lambda f: f.raw({"typ": "at+jwt", "kid": f.kid}),
    "HS256 with the public JWK": lambda f: f.signed(
        OctKey.import_key(json.dumps(f.public)), alg="HS256"
    ),
    "HS256 with the public PEM": lambda f: f.signed(
        OctKey.import_key(ECKey.import_key(f.public).as_pem(private=False).hex()), alg="HS256"
    ),
    "HS256 with x": lambda f: f.signed(OctKey.import_key(f.public["x"]), alg="HS256"),
    "another key": lambda f: f.signed(ATTACKER),
    "another key of its own name": lambda f: f.signed(ATTACKER, kid="attacker"),
    "another curve": lambda f: f.signed(ECKey.generate_key("P-384", private=True), alg="ES384"),
    "EdDSA": lambda f: f.signed(OKPKey.generate_key("Ed25519", private=True), alg="Ed25519"),
    "RS256": lambda f: f.signed(RSAKey.generate_key(2048, private=True), alg="RS256"),
    "jwk in the header": lambda f: f.signed(ATTACKER, jwk=ATTACKER.as_dict(private=False)),
    "jku": lambda f: f.signed(ATTACKER, jku="https://attacker.example/jwks.json"),
    "x5u": lambda f: f.signed(ATTACKER, x5u="https://attacker.example/cert"),
    "x5c": lambda f: f.signed(ATTACKER, x5c=[b64(b"cert")]),
    "crit": lambda f: f.raw(f.header | {"crit": ["exp"]}),
    "b64 false": lambda f: f.raw(f.header | {"b64": False, "crit": ["b64"]}),
    "zip": lambda f: f.raw(f.header | {"zip": "DEF"}),
    "kid a path": lambda f: f.raw(f.header | {"kid": "../../dev/null"}),
    "kid SQL": lambda f: f.raw(f.header | {"kid": "x' UNION SELECT '"}),
    "kid a number": lambda f: f.raw(f.header | {"kid": 0}),
    "no kid": lambda f: f.raw({"alg": "ES256", "typ": "at+jwt"}),
    "typ JWT": lambda f: f.raw(f.header | {"typ": "JWT"}),
    "no typ": lambda f: f.raw({"alg": "ES256", "kid": f.kid}),
    "two algs": lambda f: f.raw(TWICE % f.kid.encode()),
    "header a list": lambda f: f.raw([f.header]),
    "header no JSON": lambda f: f.raw(b"{alg:ES256}"),
    "header not UTF-8": lambda f: f.raw(b"\xff\xfe"),
    "claims altered": lambda f: f.raw(f.header, f.claims | {"sub": "admin"}),
    "claims in another order": lambda f: f.raw(f.header, dict(reversed(f.claims.items()))),
    "claims a list": lambda f: f.raw(f.header, [f.claims]),
    "claims nested deep": lambda f: f.raw(f.header, b"[" * 4000),
    "claims with NaN": lambda f: f.raw(f.header, b'{"iss":"urn:ecg","exp":NaN}'),
    "no signature": lambda f: f"{f.head}.{f.body}.",
    "signature of zeros": lambda f: f"{f.head}.{f.body}.{b64(bytes(64))}",
    "signature cut": lambda f: f"{f.head}.{f.body}.{f.signature[:-4]}",
    "signature longer": lambda f: f"{f.token}AAAA",
    "two parts": lambda f: f"{f.head}.{f.body}",
    "four parts": lambda f: f"{f.token}.",
    "five parts, encrypted": lambda f: f"{f.head}..{f.body}.{f.body}.{f.signature}",
    "padded": lambda f: f"{f.head}=.{f.body}.{f.signature}",
    "of a megabyte": lambda f: f.raw(f.header, f.claims | {"jti": "x" * 1_000_000}),
    "of 15 kB": lambda f: f.raw(f.header, f.claims | {"jti": "x" * 10_000}),
    "expired": lambda f: f.own(exp=NOW - 1, iat=NOW - 300),
    "expires never": lambda f: f.own(exp=None),
    "expires too late": lambda f: f.own(exp=NOW + 10**6),
    "expires as text": lambda f: f.own(exp=str(NOW + 100)),
    "expires as a fraction": lambda f: f.own(exp=NOW + 100.5),
    "expires as true": lambda f: f.own(exp=True),
    "issued later": lambda f: f.own(iat=NOW + 10_000, exp=NOW + 10_100),
    "not yet": lambda f: f.own(nbf=NOW + 1000),
    "another issuer": lambda f: f.own(iss="urn:other"),
    "no issuer": lambda f: f.own(iss=None),
    "another audience": lambda f: f.own(aud="other"),
    "many audiences": lambda f: f.own(aud=[ISSUER]),
    "no audience": lambda f: f.own(aud=None),
    "no subject": lambda f: f.own(sub=None),
    "an unknown subject": lambda f: f.own(sub="nobody"),
    "a disabled subject": lambda f: f.own(sub=DISABLED, epoch=1),
    "another epoch": lambda f: f.own(epoch=10**6),
    "no epoch": lambda f: f.own(epoch=None),
    "an epoch of true": lambda f: f.own(epoch=True),
    "an unknown scope": lambda f: f.own(scope="admin"),
    "a role": lambda f: f.own(role="ADMIN"),
}


@ONE_STORE
async def test_no_hostile_token_signs_in(service: Service) -> None:
    name = await newcomer(service)
    token = (await sign_in(service, name))["access_token"]
    [public] = (await service.client().get("/.well-known/jwks.json")).json()["keys"]
    forge = Forge(token, public, service)
    assert len(FORGED) >= 60
    for what, make in FORGED.items():
        made = make(forge)
        forged = made if isinstance(made, str) else await made
        assert forged != token, what
        answer = await bearer(service.app, forged).post("/ecg", json=ecg())
        assert answer.status_code == 401, f"{what}: {answer.status_code}"
    assert await status(service, await forge.own()) == 200
    assert await status(service, token) == 200
