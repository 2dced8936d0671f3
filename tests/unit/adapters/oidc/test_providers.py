"""What is taken from a provider and what is not; all of it within its time."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import nullcontext
from typing import Any

import pytest

from ecg_service.adapters.oidc import IssuerSignatures, Limits
from ecg_service.domain.errors import IssuerUnavailable, Unauthenticated
from ecg_service.domain.issuers import Issuer
from tests.provider import DISCOVERY, JWKS, Answer, Provider, answer, document, key_of, provider

LIMITS = Limits(seconds=60, max_bytes=65_536)


@pytest.fixture
async def idp() -> AsyncGenerator[Provider]:
    async with provider() as serving:
        yield serving


async def verify(idp: Provider, token: str, *, times: int = 1, limits: Limits = LIMITS) -> None:
    issuer = Issuer(idp.url, audience="ecg")
    async with IssuerSignatures.opened(issuer, limits) as signatures:
        for _ in range(times):
            await signatures.verify(token, kid="one", algorithm="RS256")


async def test_takes_the_keys_that_discovery_leads_to(idp: Provider) -> None:
    await verify(idp, idp.token(), times=3)
    assert idp.asked == [DISCOVERY, JWKS]


async def test_or_those_at_a_configured_place(idp: Provider) -> None:
    idp.answers["/other"] = document(idp.published)
    issuer = Issuer(idp.url, audience="ecg", jwks_uri=f"{idp.url}/other")
    async with IssuerSignatures.opened(issuer, LIMITS) as signatures:
        await signatures.verify(idp.token(), kid="one", algorithm="RS256")
    assert idp.asked == ["/other"]


async def test_an_issuer_may_have_a_path(idp: Provider) -> None:
    url = f"{idp.url}/realms/hospital"
    idp.answers["/realms/hospital" + DISCOVERY] = document(
        {"issuer": url, "jwks_uri": idp.url + JWKS}
    )
    async with IssuerSignatures.opened(Issuer(url, audience="ecg"), LIMITS) as signatures:
        await signatures.verify(idp.token(), kid="one", algorithm="RS256")


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"keys": [')
    while True:
        writer.write(b" " * 10_000)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{")
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.05)


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def cut(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"keys": []}')
    await writer.drain()


async def no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    await writer.drain()


def moved(to: str) -> Answer:
    return answer(b"", "302 Found", f"Location: {to}")


EVERYWHERE: dict[str, Answer] = {
    "endless": endless,
    "a slow drip": dripping,
    "silence": silent,
    "a cut": cut,
    "no HTTP": no_http,
    "HTML": answer(b"<html>log in</html>", "200 OK", "Content-Type: text/html"),
    "a list": answer(b"[]"),
    "not UTF-8": answer(b'{"keys": "\xff"}'),
    "deep": answer(b'{"keys":' + b"[" * 60_000),
    "a redirect to loopback": moved("http://127.0.0.1:22/"),
    "a redirect to the metadata of a cloud": moved("http://169.254.169.254/latest/meta-data/"),
    "a redirect to itself": moved("/jwks"),
    "an error": answer(b'{"keys": []}', "500 Internal Server Error"),
    "nothing there": answer(b"", "404 Not Found"),
    "no content": answer(b"", "204 No Content"),
    "compressed": answer(b'{"keys": []}', "200 OK", "Content-Encoding: gzip"),
}


def key_set(change: Callable[[dict[str, Any]], Any]) -> Answer:
    key: dict[str, Any] = {**key_of("RSA", "one").as_dict(private=False)}
    return document({"keys": [change(key)]})


KEYS: dict[str, Answer] = {
    "no keys": document({}),
    "keys that are no list": document({"keys": {"one": {}}}),
    "10,000 keys": document({"keys": [{"kid": f"{n}"} for n in range(10_000)]}),
    "too many small keys": document({"keys": [None] * 101}),
    "two of one id": document({"keys": [key_of("RSA", "one").as_dict(private=False)] * 2}),
}
UNUSABLE: dict[str, Answer] = {
    "none": document({"keys": []}),
    "of numbers": document({"keys": [1, None, "one", [1]]}),
    "for encryption": key_set(lambda key: key | {"use": "enc"}),
    "symmetric": key_set(lambda key: {"kty": "oct", "kid": "one", "k": "c2VjcmV0"}),
    "private": document({"keys": [key_of("RSA", "one").as_dict(private=True)]}),
    "without an id": key_set(lambda key: key | {"kid": None}),
    "of an unknown kind": key_set(lambda key: key | {"kty": "AKP"}),
    "broken": key_set(lambda key: key | {"n": "!"}),
    "short": key_set(lambda key: key | {"n": "AQAB" * 40}),
    "huge": key_set(lambda key: key | {"n": "w" * 20_000}),
    "a point off the curve": key_set(
        lambda key: {"kty": "EC", "kid": "one", "crv": "P-256", "x": "AQAB", "y": "AQAB"}
    ),
    "for another algorithm": key_set(lambda key: key | {"alg": "PS256"}),
    "another": document({"keys": [key_of("RSA", "two").as_dict(private=False) | {"kid": "one"}]}),
}


def discovered(**changes: object) -> Callable[[Provider], Answer]:
    return lambda idp: document({"issuer": idp.url, "jwks_uri": idp.url + JWKS, **changes})


DISCOVERED: dict[str, Callable[[Provider], Answer]] = {
    "another issuer": discovered(issuer="https://evil.example"),
    "nobody's": discovered(issuer=None),
    "almost the issuer": lambda idp: document(
        {"issuer": idp.url + "/", "jwks_uri": idp.url + JWKS}
    ),
    "keys at the metadata of a cloud": discovered(jwks_uri="http://169.254.169.254/jwks"),
    "keys at another host": discovered(jwks_uri="https://evil.example/jwks"),
    "keys at another port": discovered(jwks_uri="http://127.0.0.1:22/jwks"),
    "keys behind a user": lambda idp: document(
        {"issuer": idp.url, "jwks_uri": f"{idp.url}@evil.example/jwks"}
    ),
    "keys in a file": discovered(jwks_uri="file:///etc/passwd"),
    "keys nowhere": discovered(jwks_uri=7),
    "a URL that is none": discovered(jwks_uri="http://[/jwks"),
}


@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
@pytest.mark.parametrize("kind", EVERYWHERE)
async def test_bad_documents_are_refused(idp: Provider, path: str, kind: str) -> None:
    idp.answers[path] = EVERYWHERE[kind]
    slow = {"a slow drip", "silence"}
    limits = Limits(seconds=0.3) if kind in slow else LIMITS
    async with asyncio.timeout(30):
        with pytest.raises(IssuerUnavailable):
            await verify(idp, idp.token(), limits=limits)
    assert idp.asked in ([DISCOVERY], [DISCOVERY, JWKS])


@pytest.mark.parametrize("kind", DISCOVERED)
async def test_bad_discovery_is_refused(idp: Provider, kind: str) -> None:
    idp.answers[DISCOVERY] = DISCOVERED[kind](idp)
    with pytest.raises(IssuerUnavailable):
        await verify(idp, idp.token())
    assert idp.asked == [DISCOVERY]


@pytest.mark.parametrize("kind", KEYS)
async def test_bad_sets_of_keys_are_refused(idp: Provider, kind: str) -> None:
    idp.answers[JWKS] = KEYS[kind]
    with pytest.raises(IssuerUnavailable):
        await verify(idp, idp.token(), limits=Limits(max_bytes=1_000_000))


@pytest.mark.parametrize("kind", UNUSABLE)
async def test_keys_that_cannot_be_used_verify_nothing(idp: Provider, kind: str) -> None:
    idp.answers[JWKS] = UNUSABLE[kind]
    with pytest.raises(Unauthenticated):
        await verify(idp, idp.token())


@pytest.mark.parametrize(("least", "is_taken"), [(2048, True), (3072, False)])
async def test_rsa_may_have_to_be_longer(idp: Provider, least: int, *, is_taken: bool) -> None:
    issuer = Issuer(idp.url, audience="ecg", min_rsa_bits=least)
    async with IssuerSignatures.opened(issuer, LIMITS) as signatures:
        verifying = signatures.verify(idp.token(), kid="one", algorithm="RS256")
        with nullcontext() if is_taken else pytest.raises(Unauthenticated):
            await verifying


async def test_what_is_wrong_is_logged_with_its_place(
    idp: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    idp.answers[JWKS] = answer(b"<html>")
    with caplog.at_level(logging.WARNING), pytest.raises(IssuerUnavailable):
        await verify(idp, idp.token())
    assert idp.url + JWKS in caplog.text
    assert idp.token()[:20] not in caplog.text


async def test_a_provider_that_is_not_there(idp: Provider) -> None:
    issuer = Issuer("http://127.0.0.1:1", audience="ecg")
    async with IssuerSignatures.opened(issuer, LIMITS) as signatures:
        with pytest.raises(IssuerUnavailable):
            await signatures.verify(idp.token(), kid="one", algorithm="RS256")
