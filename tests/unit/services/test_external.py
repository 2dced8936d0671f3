import time

import pytest

from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.issuers import Issuer
from ecg_service.ports.signatures import Signatures
from ecg_service.services.external import ExternalUsers
from tests.provider import coded

URL = "https://sso.example"


class Signed(Signatures):
    """Takes the tokens that end in `right`, and says which key was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, str]] = []

    async def verify(self, token: str, *, kid: str | None, algorithm: str) -> None:
        self.asked.append((kid, algorithm))
        if not token.endswith(".right"):
            raise Unauthenticated


def token(signature: str = "right", seconds: int = 300, **header: object) -> str:
    claims = {"iss": URL, "aud": "ecg", "sub": "1", "exp": int(time.time()) + seconds}
    said = {"alg": "RS256", "kid": "one", **header}
    return f"{coded(said)}.{coded(claims)}.{signature}"


@pytest.fixture
def signed() -> Signed:
    return Signed()


@pytest.fixture
def external(store: MemoryStore, signed: Signed) -> ExternalUsers:
    issuer = Issuer(URL, audience="ecg")
    return ExternalUsers("kc", issuer, signed, store.identities, store.users)


async def test_a_token_is_good_for_its_life_and_the_skew_of_clocks(external: ExternalUsers) -> None:
    found = await external.verify(token(seconds=300))
    assert 300 < found.seconds <= 330
    assert found.principal.name == found.user.name == "kc+1"
    late = await external.verify(token(seconds=-20))
    assert 0 <= late.seconds <= 10


async def test_nobody_is_made_before_the_signature_is_verified(
    external: ExternalUsers, store: MemoryStore
) -> None:
    with pytest.raises(Unauthenticated):
        await external.verify(token("wrong"))
    assert await store.users.page(limit=9) == []


async def test_no_key_is_asked_for_by_what_cannot_be_right(
    external: ExternalUsers, signed: Signed
) -> None:
    for wrong in (token(alg="none"), token(kid=7), token(crit=["exp"])):
        with pytest.raises(Unauthenticated):
            await external.verify(wrong)
    assert signed.asked == []
