"""The memory of verified credentials by itself; test_authentication.py has it in use."""

from datetime import UTC, datetime

from msgspec.structs import replace

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role, User
from ecg_service.services.credentials import (
    CredentialStatistics,
    Verified,
    VerifiedCredentials,
)

ANN = User("ann", Role.USER, "hash", datetime(2026, 5, 17, tzinfo=UTC))
BOB = User("bob", Role.ADMIN, "hash", datetime(2026, 5, 17, tzinfo=UTC))


def remembering(**users: User) -> VerifiedCredentials:
    verified = VerifiedCredentials(ttl=300, recheck=300, capacity=2)
    for key, user in users.items():
        verified.remember(key.encode(), Verified.of(user), verified.generation)
    return verified


def test_fresh_credentials_name_their_principal() -> None:
    verified = remembering(a=ANN, b=BOB)
    assert verified.fresh(b"a") == Principal("ann", Role.USER)
    assert verified.fresh(b"b") == Principal("bob", Role.ADMIN)
    assert verified.fresh(b"c") is None


def test_by_default_nothing_is_remembered() -> None:
    verified = VerifiedCredentials()
    verified.remember(b"a", Verified.of(ANN), verified.generation)
    assert verified.fresh(b"a") is None
    assert verified.stale(b"a") is None
    assert verified.statistics().entries == 0


def test_the_oldest_make_room() -> None:
    verified = remembering(a=ANN, b=BOB, c=BOB)
    assert verified.fresh(b"a") is None
    assert verified.fresh(b"b")
    assert verified.fresh(b"c")


def test_all_credentials_of_a_user_are_forgotten() -> None:
    verified = remembering(a=ANN, b=ANN)
    verified.forget("ann")
    assert verified.fresh(b"a") is verified.fresh(b"b") is None


def test_what_was_verified_before_somebody_was_forgotten_is_not_remembered() -> None:
    verified = remembering()
    before = verified.generation
    verified.forget("ann")
    verified.remember(b"a", Verified.of(ANN), before)
    assert verified.fresh(b"a") is None


def test_renewing_what_was_forgotten_does_not_bring_it_back() -> None:
    verified = remembering(a=ANN)
    verified.forget("ann")
    verified.renew(b"a")
    assert verified.fresh(b"a") is None


def test_a_recheck_is_never_later_than_the_end() -> None:
    verified = VerifiedCredentials(ttl=0, recheck=300, capacity=1)
    verified.remember(b"a", Verified.of(ANN), verified.generation)
    assert verified.fresh(b"a") is None
    verified.renew(b"a")
    assert verified.fresh(b"a") is None


def test_credentials_are_remembered_within_their_own_time() -> None:
    verified = VerifiedCredentials(ttl=300, recheck=300, capacity=1)
    verified.remember(b"a", replace(Verified.of(ANN), seconds=0), verified.generation)
    assert verified.fresh(b"a") is None
    assert verified.stale(b"a") is None


def test_stale_credentials_name_the_user_to_compare() -> None:
    verified = VerifiedCredentials(ttl=300, recheck=0, capacity=1)
    verified.remember(b"a", Verified.of(ANN), verified.generation)
    assert verified.fresh(b"a") is None
    assert verified.stale(b"a") == Verified.of(ANN)


def test_keys_tell_name_and_password_apart_and_differ_between_memories() -> None:
    verified = remembering()
    assert verified.key("ann", "secret") == verified.key("ann", "secret")
    keys = {verified.key(*pair) for pair in (("ann", "bob"), ("annb", "ob"), ("an", "nbob"))}
    assert len(keys) == 3
    assert remembering().key("ann", "secret") != verified.key("ann", "secret")


def test_a_token_has_a_key_that_no_password_has() -> None:
    verified = remembering()
    assert verified.key_of_token(b"3:annsecret") != verified.key("ann", "secret")
    assert verified.key_of_token(b"a") != verified.key_of_token(b"b")


def test_statistics_count_what_was_known_and_what_was_not() -> None:
    verified = remembering(a=ANN)
    for _ in range(3):
        verified.fresh(b"a")
    verified.renew(b"a")
    verified.miss()
    expected = CredentialStatistics(entries=1, capacity=2, hits=4, misses=1)
    assert verified.statistics() == expected
    verified.drop(b"a")
    assert verified.statistics() == CredentialStatistics(entries=0, capacity=2, hits=4, misses=1)
