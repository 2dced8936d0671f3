"""What never reaches the password check; tests/api/test_access.py has the answers."""

import base64
from collections.abc import AsyncGenerator
from contextlib import closing

import pytest

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.api.edge.access.basic import MAX_LENGTH, Basic
from ecg_service.domain.errors import Unauthenticated
from ecg_service.services.authentication import PasswordAuthenticator
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.passwords import Passwords


@pytest.fixture
def verified() -> VerifiedCredentials:
    return VerifiedCredentials()


@pytest.fixture
async def basic(verified: VerifiedCredentials) -> AsyncGenerator[Basic]:
    with closing(Threads("password", size=1, capacity=1)) as threads:
        async with MemoryStore.open() as store:
            yield Basic(
                PasswordAuthenticator(store.users, Passwords(Argon2Passwords(threads)), verified)
            )


@pytest.mark.parametrize(
    ("credentials", "verifications"),
    [
        (base64.b64encode(b"ann:secret"), 1),
        (base64.b64encode(b"ann:" + b"x" * (MAX_LENGTH // 4 * 3 - 4)), 1),
        (base64.b64encode(b"ann:" + b"x" * (MAX_LENGTH // 4 * 3 - 3)), 0),
        (base64.b64encode(b"ann"), 0),
        (base64.b64encode(b"ann:\xff"), 0),
        (b"ann:secret", 0),
        (b"", 0),
    ],
)
async def test_only_what_can_be_credentials_is_verified(
    basic: Basic, verified: VerifiedCredentials, credentials: bytes, verifications: int
) -> None:
    with pytest.raises(Unauthenticated):
        await basic.authenticate(credentials, "")
    assert verified.statistics().misses == verifications
