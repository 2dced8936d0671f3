import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role, User
from ecg_service.services.bearer import BearerAuthenticator
from ecg_service.services.credentials import Verified, VerifiedCredentials
from tests.unit.domain.test_jwt import token

ANN = User("ann", Role.USER, "hash", datetime(2026, 5, 17, tzinfo=UTC))
OTHER = User("other", Role.USER, "hash", datetime(2026, 5, 17, tzinfo=UTC))


class Counting:
    """Verifies every token as one of a user, and counts."""

    def __init__(self, user: User, seconds: float = 60) -> None:
        self.found = replace(Verified.of(user), seconds=seconds)
        self.asked = list[str]()

    async def __call__(self, token: str) -> Verified:
        self.asked.append(token)
        await asyncio.sleep(0)
        return self.found


class Doors:
    """An authenticator for one prefix and one issuer."""

    def __init__(self, store: MemoryStore, *, recheck: float = 300, seconds: float = 60) -> None:
        self.here, self.keys = Counting(ANN, seconds), Counting(OTHER)
        self.verified = VerifiedCredentials(ttl=300, recheck=recheck, capacity=10)
        self.authenticate = BearerAuthenticator(
            store.users, self.verified, prefixes={"ecg_": self.keys}, issuers={"here": self.here}
        ).authenticate


async def test_prefix_or_issuer_choose_who_verifies(store: MemoryStore) -> None:
    doors = Doors(store)
    assert await doors.authenticate(b"ecg_123") == Principal("other", Role.USER)
    assert await doors.authenticate(token().encode()) == Principal("ann", Role.USER)
    assert (doors.keys.asked, doors.here.asked) == (["ecg_123"], [token()])


@pytest.mark.parametrize(
    "unknown",
    [
        b"",
        b"Ecg_123",
        b"\xff",
        "ecg_é".encode(),
        b"here",
        token(claims='{"iss":"Here"}').encode(),
        token(claims='{"iss":"here/"}').encode(),
        token(claims="{}").encode(),
    ],
)
async def test_nobody_else_is_asked(store: MemoryStore, unknown: bytes) -> None:
    doors = Doors(store)
    with pytest.raises(Unauthenticated):
        await doors.authenticate(unknown)
    assert doors.keys.asked == doors.here.asked == []


async def test_a_token_is_verified_once(store: MemoryStore) -> None:
    doors = Doors(store)
    await asyncio.gather(*[doors.authenticate(b"ecg_123") for _ in range(20)])
    await doors.authenticate(b"ecg_124")
    assert doors.keys.asked == ["ecg_123", "ecg_124"]


async def test_and_again_when_its_own_time_is_over(store: MemoryStore) -> None:
    doors = Doors(store, seconds=0)
    for _ in range(2):
        await doors.authenticate(token().encode())
    assert len(doors.here.asked) == 2


async def test_while_its_user_is_unchanged(store: MemoryStore) -> None:
    doors = Doors(store, recheck=0)
    await store.users.add(ANN)
    for _ in range(3):
        await doors.authenticate(token().encode())
    assert len(doors.here.asked) == 1
    await store.users.update("ann", disabled=True)
    doors.here.found = Verified.of(await store.users.get("ann"))
    with pytest.raises(Unauthenticated):
        await doors.authenticate(token().encode())
