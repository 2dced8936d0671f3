import asyncio
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.domain.errors import Overloaded, TooManyGuesses, Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role, User
from ecg_service.services.authentication import PasswordAuthenticator
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.passwords import Passwords
from ecg_service.services.users import Users

NAME, PASSWORD, OTHER = "ann", "correct horse", "battery staple"


class CountingPasswords(Argon2Passwords):
    """Counts what it is asked to verify, and can be held up while it does."""

    def __init__(self, threads: Threads) -> None:
        super().__init__(threads)
        self.verified: list[tuple[str, bool]] = []
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified.append((password, password_hash is not None))
        self.begun.set()
        right = await super().verify(password, password_hash)
        await self.go_on.wait()
        return right


@pytest.fixture(scope="module")
def stored_hash() -> str:
    with closing(Threads("hash", size=1, capacity=1)) as threads:
        return asyncio.run(Argon2Passwords(threads).hash(PASSWORD))


@pytest.fixture
def hasher() -> Generator[CountingPasswords]:
    with closing(Threads("password", size=2, capacity=4)) as threads:
        yield CountingPasswords(threads)


@pytest.fixture
async def signed_up(store: MemoryStore, stored_hash: str) -> MemoryStore:
    await store.users.add(User(NAME, Role.USER, stored_hash, datetime.now(UTC)))
    return store


def remembering(
    *, ttl: float = 300, recheck: float = 300, capacity: int = 100
) -> VerifiedCredentials:
    return VerifiedCredentials(ttl=ttl, recheck=recheck, capacity=capacity)


async def refused(
    authenticator: PasswordAuthenticator, name: str = NAME, password: str = PASSWORD
) -> bool:
    try:
        await authenticator.authenticate(name, password)
    except Unauthenticated:
        return True
    return False


async def test_a_thousand_requests_verify_the_password_once(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), remembering())
    principals = [await authenticator.authenticate(NAME, PASSWORD) for _ in range(1_000)]
    assert set(principals) == {Principal(NAME, Role.USER)}
    assert hasher.verified == [(PASSWORD, True)]


async def test_requests_at_the_same_time_verify_the_password_once(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), remembering())
    await asyncio.gather(*[authenticator.authenticate(NAME, PASSWORD) for _ in range(100)])
    assert hasher.verified == [(PASSWORD, True)]


async def test_every_request_is_a_hit_or_a_miss(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    verified = remembering(recheck=0)
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), verified)
    for password in (PASSWORD, OTHER, PASSWORD, PASSWORD):
        await refused(authenticator, NAME, password)
    found = verified.statistics()
    assert (found.entries, found.hits, found.misses) == (1, 2, 2)


async def test_a_first_request_that_goes_away_leaves_the_others_to_it(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), remembering())
    hasher.go_on.clear()
    first, second = [
        asyncio.create_task(authenticator.authenticate(NAME, PASSWORD)) for _ in range(2)
    ]
    await hasher.begun.wait()
    first.cancel()
    hasher.go_on.set()
    assert (await second).name == NAME
    assert first.cancelled()


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (NAME, OTHER),
        (NAME, ""),
        (NAME, PASSWORD + " "),
        (NAME, PASSWORD.upper()),
        (NAME.upper(), PASSWORD),
        ("", PASSWORD),
        ("an", "n" + PASSWORD),
        (NAME + PASSWORD, ""),
    ],
)
async def test_wrong_credentials_are_refused_also_beside_remembered_ones(
    signed_up: MemoryStore, hasher: CountingPasswords, name: str, password: str
) -> None:
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), remembering())
    await authenticator.authenticate(NAME, PASSWORD)
    assert await refused(authenticator, name, password)
    assert await refused(authenticator, name, password)
    assert len(hasher.verified) == 3


async def test_an_unknown_user_costs_a_verification_too(
    store: MemoryStore, hasher: CountingPasswords
) -> None:
    assert await refused(PasswordAuthenticator(store.users, Passwords(hasher), remembering()))
    assert hasher.verified == [(PASSWORD, False)]


async def test_what_was_verified_is_forgotten_after_its_time(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), remembering(ttl=0))
    for _ in range(3):
        await authenticator.authenticate(NAME, PASSWORD)
    assert len(hasher.verified) == 3


async def test_no_more_is_remembered_than_there_is_room_for(
    signed_up: MemoryStore, hasher: CountingPasswords, stored_hash: str
) -> None:
    for name in ("bob", "eve"):
        await signed_up.users.add(User(name, Role.USER, stored_hash, datetime.now(UTC)))
    authenticator = PasswordAuthenticator(
        signed_up.users, Passwords(hasher), remembering(capacity=2)
    )
    for name in (NAME, "bob", "eve", "eve", "bob"):
        await authenticator.authenticate(name, PASSWORD)
    assert len(hasher.verified) == 3
    await authenticator.authenticate(NAME, PASSWORD)
    assert len(hasher.verified) == 4


async def test_an_unchanged_user_is_rechecked_without_the_password(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    authenticator = PasswordAuthenticator(
        signed_up.users, Passwords(hasher), remembering(recheck=0)
    )
    for _ in range(3):
        await authenticator.authenticate(NAME, PASSWORD)
    assert len(hasher.verified) == 1


@pytest.mark.parametrize("change", ["disabled", "password"])
async def test_a_change_behind_its_back_counts_at_the_next_recheck(
    signed_up: MemoryStore, hasher: CountingPasswords, change: str
) -> None:
    authenticator = PasswordAuthenticator(
        signed_up.users, Passwords(hasher), remembering(recheck=0)
    )
    for _ in range(2):
        await authenticator.authenticate(NAME, PASSWORD)
    if change == "disabled":
        await signed_up.users.update(NAME, disabled=True)
    else:
        await signed_up.users.update(NAME, password_hash=await hasher.hash(OTHER))
    assert await refused(authenticator)
    assert await refused(authenticator)


async def test_until_the_recheck_the_store_is_not_asked(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    verified = remembering()
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), verified)
    await authenticator.authenticate(NAME, PASSWORD)
    await signed_up.users.update(NAME, disabled=True)
    assert (await authenticator.authenticate(NAME, PASSWORD)).name == NAME
    verified.forget(NAME)
    assert await refused(authenticator)


@pytest.mark.parametrize("change", ["disabled", "password"])
async def test_a_change_through_the_service_counts_at_once(
    signed_up: MemoryStore, hasher: CountingPasswords, change: str
) -> None:
    verified = remembering()
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), verified)
    users = Users(signed_up.users, hasher, verified)
    await authenticator.authenticate(NAME, PASSWORD)
    if change == "disabled":
        await users.update(NAME, disabled=True)
    else:
        await users.update(NAME, password=OTHER)
    assert await refused(authenticator)


async def test_a_change_during_a_verification_is_not_remembered_over(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    """The request in progress may pass; no later one may."""
    verified = remembering()
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), verified)
    users = Users(signed_up.users, hasher, verified)
    hasher.go_on.clear()
    under_way = asyncio.create_task(authenticator.authenticate(NAME, PASSWORD))
    await hasher.begun.wait()
    await users.update(NAME, disabled=True)
    hasher.go_on.set()
    await asyncio.wait([under_way])
    assert await refused(authenticator)


async def test_forgetting_one_user_leaves_the_others(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    verified = remembering()
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), verified)
    await authenticator.authenticate(NAME, PASSWORD)
    verified.forget("bob")
    verified.forget("an")
    await authenticator.authenticate(NAME, PASSWORD)
    assert len(hasher.verified) == 1


async def test_too_many_verifications_at_once_are_refused_as_overload(
    store: MemoryStore, hasher: CountingPasswords
) -> None:
    authenticator = PasswordAuthenticator(store.users, Passwords(hasher, capacity=8), remembering())
    answers = await asyncio.gather(
        *[authenticator.authenticate(f"user {n}", PASSWORD) for n in range(50)],
        return_exceptions=True,
    )
    kinds = {type(answer) for answer in answers}
    assert kinds == {Unauthenticated, Overloaded}
    assert await refused(authenticator)


async def test_requests_with_credentials_that_wait_are_not_refused_beside_them(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    passwords = Passwords(hasher, capacity=1)
    authenticator = PasswordAuthenticator(signed_up.users, passwords, remembering())
    hasher.go_on.clear()
    guess = asyncio.create_task(refused(authenticator, "eve"))
    await hasher.begun.wait()
    both = [asyncio.create_task(authenticator.authenticate(NAME, PASSWORD, "192.0.2.1"))]
    while not passwords.statistics().waiting:  # noqa: ASYNC110
        await asyncio.sleep(0)
    both.append(asyncio.create_task(authenticator.authenticate(NAME, PASSWORD, "192.0.2.1")))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await authenticator.authenticate(NAME, OTHER, "192.0.2.2")
    hasher.go_on.set()
    assert [found.name for found in await asyncio.gather(*both)] == [NAME, NAME]
    assert await guess


async def test_who_was_right_before_is_held_up_by_nobody_who_guesses(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    passwords, verified = Passwords(hasher), remembering(ttl=0)
    authenticator = PasswordAuthenticator(signed_up.users, passwords, verified)
    await authenticator.authenticate(NAME, PASSWORD, "192.0.2.1")
    for address in ("192.0.2.1", "192.0.2.2"):
        for number in range(5):
            with pytest.raises(Unauthenticated):
                await authenticator.authenticate(NAME, f"guess {number}", address)
        with pytest.raises(TooManyGuesses):
            await authenticator.authenticate(NAME, OTHER, address)
        assert (await authenticator.authenticate(NAME, PASSWORD, address)).name == NAME


async def test_a_password_that_is_right_no_more_proves_nothing(
    signed_up: MemoryStore, hasher: CountingPasswords
) -> None:
    verified = remembering(ttl=0)
    authenticator = PasswordAuthenticator(signed_up.users, Passwords(hasher), verified)
    await authenticator.authenticate(NAME, PASSWORD)
    assert verified.proves(verified.key(NAME, PASSWORD))
    await signed_up.users.update(NAME, password_hash=await hasher.hash(OTHER))
    assert await refused(authenticator)
    assert not verified.proves(verified.key(NAME, PASSWORD))
