import base64

import pytest

from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.jwt import read_token


def coded(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(header: str | bytes = '{"alg":"RS256"}', claims: str | bytes = '{"iss":"here"}') -> str:
    return f"{coded(header)}.{coded(claims)}.c2lnbmF0dXJl"


def test_reads_what_it_says_of_itself() -> None:
    found = read_token(token(claims='{"iss": "https://é.example/", "sub": "ann", "exp": 1}'))
    assert found.header == {"alg": "RS256"}
    assert found.claims == {"iss": "https://é.example/", "sub": "ann", "exp": 1}
    assert found.issuer == "https://é.example/"


@pytest.mark.parametrize("claims", ["{}", '{"iss": 1}', '{"iss": null}', '{"iss": ["here"]}'])
def test_an_issuer_is_a_text(claims: str) -> None:
    assert read_token(token(claims=claims)).issuer is None


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "..",
        "a.b.c",
        "opaque",
        f"{coded('{}')}.{coded('{}')}",
        f"{token()}.",
        f"{token()}.{coded('{}')}.x",
        f" {token()}",
        token().replace(".", "=.", 1),
        token().replace(".", "\n.", 1),
        token().replace("e", "*e", 1),
        token(claims="[]"),
        token(claims="null"),
        token(claims='"iss"'),
        token(claims="{"),
        token(claims='{"iss":"here"} {}'),
        token(claims=b'{"iss":"\xff"}'),
        token(claims="\ufeff{}"),
        token(claims='{"iss":"here","iss":"there"}'),
        token(claims='{"a":{"b":1,"b":2}}'),
        token(header='{"alg":"none","alg":"RS256"}'),
        token(claims='{"exp":NaN}'),
        token(claims='{"exp":-Infinity}'),
        token(claims='{"a":' + "[" * 6000),
        token(claims='{"a":' + "[" * 100_000 + "]" * 100_000 + "}"),
    ],
    ids=range(25),
)
def test_anything_else_is_no_token(bad: str) -> None:
    with pytest.raises(Unauthenticated):
        read_token(bad)
