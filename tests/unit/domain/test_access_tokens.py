"""Which tokens of whom are access tokens for this service, and whom they stand for."""

import re
from contextlib import nullcontext
from typing import Any

import pytest
from msgspec.structs import replace

from ecg_service.domain.access_tokens import (
    AccessToken,
    Subject,
    access_token,
    key_and_algorithm,
    name_of,
)
from ecg_service.domain.errors import Forbidden, Unauthenticated
from ecg_service.domain.issuers import Issuer
from ecg_service.domain.jwt import UnverifiedToken
from ecg_service.domain.users import Role, check_username

NOW = 1_700_000_000
URL = "https://sso.example/realms/hospital"
UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
PLAIN = Issuer(URL, audience="ecg")
HEADER = {"alg": "RS256", "kid": "one", "typ": "at+jwt"}
CLAIMS = {"iss": URL, "sub": UUID, "aud": "ecg", "exp": NOW + 300, "iat": NOW}

KEYCLOAK = (
    Issuer(
        URL,
        audience="ecg",
        roles_claim=("realm_access", "roles"),
        roles={"ecg-admin": Role.ADMIN, "ecg-user": Role.USER},
    ),
    {"alg": "RS256", "typ": "JWT", "kid": "one"},
    {
        "exp": NOW + 300,
        "iat": NOW,
        "jti": "onrtac:1",
        "iss": URL,
        "aud": ["ecg", "account"],
        "sub": UUID,
        "typ": "Bearer",
        "azp": "viewer",
        "sid": "1",
        "acr": "1",
        "realm_access": {"roles": ["offline_access", "ecg-user"]},
        "scope": "openid email profile",
        "preferred_username": "ann",
    },
)
AUTH0 = (
    Issuer(
        "https://t.eu.auth0.com/",
        audience="https://ecg.example",
        roles_claim=("permissions",),
        roles={"admin:ecg": Role.ADMIN, "use:ecg": Role.USER},
    ),
    {"alg": "RS256", "typ": "JWT", "kid": "one"},
    {
        "iss": "https://t.eu.auth0.com/",
        "sub": "auth0|507f1f77bcf86cd799439011",
        "aud": ["https://ecg.example", "https://t.eu.auth0.com/userinfo"],
        "iat": NOW,
        "exp": NOW + 86_400,
        "azp": "spa",
        "scope": "openid profile",
        "permissions": ["use:ecg"],
    },
)
COGNITO = (
    Issuer(
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC",
        clients=frozenset({"1example23456789"}),
        roles_claim=("cognito:groups",),
        roles={"ecg-admins": Role.ADMIN, "ecg-users": Role.USER},
    ),
    {"kid": "one", "alg": "RS256"},
    {
        "sub": UUID,
        "cognito:groups": ["ecg-users"],
        "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC",
        "version": 2,
        "client_id": "1example23456789",
        "origin_jti": "x",
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": NOW,
        "exp": NOW + 3600,
        "iat": NOW,
        "jti": "y",
        "username": "ann",
    },
)


def read(issuer: Issuer, header: dict[str, Any], claims: dict[str, Any]) -> AccessToken:
    token = UnverifiedToken(header, claims)
    key_and_algorithm(token, issuer)
    return access_token(token, issuer, NOW)


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize(
    ("product", "name"),
    [
        (KEYCLOAK, f"x+{UUID}"),
        (AUTH0, "x+auth0+7C507f1f77bcf86cd799439011"),
        (COGNITO, f"x+{UUID}"),
    ],
    ids=["Keycloak", "Auth0", "Cognito"],
)
def test_what_the_products_send(product: Any, name: str) -> None:
    issuer, header, claims = product
    found = read(issuer, header, claims)
    assert (found.role, found.expires) == (Role.USER, claims["exp"])
    assert name_of("x", found.subject) == name
    admin = dict.fromkeys(issuer.roles, Role.ADMIN)
    assert read(replace(issuer, roles=admin), header, claims).role is Role.ADMIN
    with pytest.raises(Forbidden):
        read(replace(issuer, roles={"other": Role.USER}), header, claims)


@pytest.mark.parametrize(
    ("product", "change"),
    [
        (KEYCLOAK, {"typ": "ID"}),
        (KEYCLOAK, {"typ": "Refresh"}),
        (KEYCLOAK, {"typ": "DPoP"}),
        (KEYCLOAK, {"aud": "account"}),
        (KEYCLOAK, {"aud": None}),
        (KEYCLOAK, {"cnf": {"jkt": "x"}}),
        (AUTH0, {"aud": "spa"}),
        (AUTH0, {"aud": "https://ecg.example/"}),
        (AUTH0, {"iss": "https://t.eu.auth0.com"}),
        (AUTH0, {"at_hash": "x"}),
        (COGNITO, {"token_use": "id"}),
        (COGNITO, {"token_use": None}),
        (COGNITO, {"client_id": "another"}),
        (COGNITO, {"client_id": None, "aud": "1example23456789"}),
        (COGNITO, {"client_id": ["1example23456789"]}),
    ],
)
def test_and_other_tokens_of_theirs(product: Any, change: dict[str, Any]) -> None:
    issuer, header, claims = product
    with pytest.raises(Unauthenticated):
        read(issuer, header, without_none(claims | change))


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": ""},
        {"alg": None},
        {"alg": ["RS256"]},
        {"alg": "HS256"},
        {"alg": "ES256"},
        {"alg": "rs256"},
        {"kid": ""},
        {"kid": 1},
        {"kid": "x" * 256},
        {"crit": ["exp"]},
        {"b64": False},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"jwk": {}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MII"]},
        {"typ": "logout+jwt"},
        {"typ": "id+jwt"},
        {"typ": 1},
    ],
    ids=str,
)
def test_hostile_headers(change: dict[str, Any]) -> None:
    assert read(PLAIN, HEADER, CLAIMS)
    with pytest.raises(Unauthenticated):
        read(PLAIN, without_none(HEADER | change), CLAIMS)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": None},
        {"iss": URL + "/"},
        {"iss": [URL]},
        {"aud": None},
        {"aud": []},
        {"aud": ["ECG"]},
        {"aud": {"ecg": 1}},
        {"aud": 1},
        {"exp": None},
        {"exp": NOW - 30},
        {"exp": NOW + 300.5},
        {"exp": str(NOW + 300)},
        {"exp": True},
        {"exp": 10**400},
        {"exp": NOW + 86_431},
        {"exp": -1},
        {"nbf": NOW + 31},
        {"nbf": "0"},
        {"iat": NOW + 31},
        {"iat": NOW + 0.5},
        {"sub": ""},
        {"sub": 7},
        {"sub": None},
        {"sub": "x" * 256},
        {"sub": "a\nb"},
        {"sub": None, "client_id": 7},
        {"cnf": {"x5t#S256": "x"}},
    ],
    ids=lambda change: str(change)[:60],
)
def test_hostile_claims(change: dict[str, Any]) -> None:
    assert read(PLAIN, HEADER, CLAIMS)
    with pytest.raises(Unauthenticated):
        read(PLAIN, HEADER, without_none(CLAIMS | change))


@pytest.mark.parametrize("change", [{"exp": NOW - 29}, {"nbf": NOW + 30}, {"iat": NOW + 30}])
def test_clocks_may_differ_a_little(change: dict[str, Any]) -> None:
    assert read(PLAIN, HEADER, CLAIMS | change)


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt", None])
def test_types_of_access_tokens(typ: str | None) -> None:
    assert read(PLAIN, without_none(HEADER | {"typ": typ}), CLAIMS)


@pytest.mark.parametrize("claims", [{"client_id": "gateway"}, {"azp": "gateway"}])
def test_a_machine_is_its_client(claims: dict[str, Any]) -> None:
    said = without_none(CLAIMS | {"sub": None} | claims)
    found = read(PLAIN, HEADER, said).subject
    assert found == Subject(URL, "gateway", is_client=True)
    assert found.key != read(PLAIN, HEADER, CLAIMS | {"sub": "gateway"}).subject.key
    assert name_of("kc", found) == "kc@gateway"


@pytest.mark.parametrize(
    ("acr", "is_enough"),
    [("2", True), ("3", True), ("1", False), (2, False), (None, False), ("", False), ({}, False)],
)
def test_a_way_of_signing_in_may_be_required(acr: object, *, is_enough: bool) -> None:
    issuer = replace(PLAIN, acr=frozenset(["2", "3"]))
    token = UnverifiedToken(HEADER, without_none(CLAIMS | {"acr": acr}))
    with nullcontext() if is_enough else pytest.raises(Forbidden):
        access_token(token, issuer, NOW)
    access_token(token, PLAIN, NOW)


@pytest.mark.parametrize(
    ("scope", "is_enough"),
    [
        ("ecg:use", True),
        ("openid ecg:use", True),
        (["openid", "ecg:use"], True),
        ("ecg:us", False),
        ("", False),
        (None, False),
        ({"ecg:use": 1}, False),
    ],
)
@pytest.mark.parametrize("claim", ["scope", "scp"])
def test_a_scope_may_be_required(claim: str, scope: object, *, is_enough: bool) -> None:
    issuer = replace(PLAIN, scope="ecg:use")
    claims = without_none(CLAIMS | {claim: scope})
    if is_enough:
        assert read(issuer, HEADER, claims)
    else:
        with pytest.raises(Forbidden):
            read(issuer, HEADER, claims)


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["u"], Role.USER),
        (["x", "a"], Role.ADMIN),
        (["a", "u"], Role.USER),  # the first of the table
        ("x u", Role.USER),
        ([], None),
        ("", None),
        ("ua", None),
        ([["u"]], None),
        ([{"u": 1}], None),
        ({"u": "u"}, None),
        (None, None),
        (1, None),
    ],
)
def test_the_first_role_of_the_table_that_the_token_has(roles: object, role: Role | None) -> None:
    issuer = replace(PLAIN, roles_claim=("a.b", "roles"), roles={"u": Role.USER, "a": Role.ADMIN})
    claims = CLAIMS | {"a.b": {"roles": roles}}
    if role:
        assert read(issuer, HEADER, claims).role is role
    else:
        for odd in (claims, CLAIMS, CLAIMS | {"a.b": "u"}, CLAIMS | {"a.b": None}):
            with pytest.raises(Forbidden):
                read(issuer, HEADER, odd)


@pytest.mark.parametrize(
    ("claim", "claims", "name"),
    [
        ("preferred_username", {"preferred_username": "ann"}, "ann"),
        ("preferred_username", {}, None),
        ("preferred_username", {"preferred_username": 7}, None),
        ("preferred_username", {"preferred_username": "ann@x.example"}, None),
        ("email", {"email": "ann@x.example"}, None),
        ("email", {"email": "ann@x.example", "email_verified": False}, None),
        ("email", {"email": "ann@x.example", "email_verified": "true"}, None),
        ("email", {"email": "ann@x.example", "email_verified": 1}, None),
        ("email", {"email": "ann", "email_verified": None}, None),
        ("email", {"email": "ann@x.example", "email_verified": True}, "ann@x.example"),
    ],
)
def test_only_a_verified_address_is_matched(
    claim: str, claims: dict[str, Any], name: str | None
) -> None:
    issuer = replace(PLAIN, users="match", match_claim=claim)
    assert read(issuer, HEADER, CLAIMS | claims).known_as == name
    assert read(PLAIN, HEADER, CLAIMS | claims).known_as is None


SUBJECTS = [
    "a",
    "A",
    "a b",
    "a+b",
    "a@b",
    "+20",
    "a%20b",
    "a+20b",
    "~",
    "é",
    "🫀",
    "e\u0301",
    "../../etc/passwd",
    "'; --",
    "x" * 61,
    "x" * 62,
    "x" * 255,
    "x" * 254 + "y",
    "@a",
    "h",
    "+h",
]


def test_every_subject_has_a_name_of_its_own() -> None:
    subjects = [Subject(URL, name, is_client) for name in SUBJECTS for is_client in (False, True)]
    names = {name_of("kc", subject) for subject in subjects}
    assert len(names) == len(subjects)
    for name in names:
        check_username(name)
        assert re.match(r"kc[+@]", name)
