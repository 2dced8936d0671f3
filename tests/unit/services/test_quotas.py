import pytest

from ecg_service.domain.errors import QuotaExceeded
from ecg_service.domain.quotas import Amount, Quota
from ecg_service.services.quotas import Quotas


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def sent(quotas: Quotas, user: str, size: int = 0) -> bool:
    """Send a body of this size; return whether it was taken."""
    used = quotas.used(user)
    try:
        if used.is_spent:
            await quotas.refill(user, used)
    except QuotaExceeded:
        return False
    used.requests += 1
    used.num_bytes += size
    return True


async def test_a_user_has_so_many_requests_from_the_first_one_on(clock: Clock) -> None:
    quotas = Quotas(Quota(requests=3, seconds=60), clock)
    assert [await sent(quotas, "ann") for _ in range(5)] == [True] * 3 + [False] * 2
    assert await sent(quotas, "bob")
    clock.now += 59.5
    assert not await sent(quotas, "ann")
    assert quotas.seconds_left(quotas.used("ann")) == 1
    clock.now += 0.5
    assert [await sent(quotas, "ann") for _ in range(5)] == [True] * 3 + [False] * 2


async def test_the_body_that_reaches_the_bound_is_the_last_one(clock: Clock) -> None:
    quotas = Quotas(Quota(num_bytes=1000), clock)
    assert [await sent(quotas, "ann", size) for size in (999, 5000, 1)] == [True, True, False]
    assert quotas.left(quotas.used("ann")) == Amount(0, 0)


async def test_what_is_refused_does_not_count(clock: Clock) -> None:
    quotas = Quotas(Quota(requests=1), clock)
    for _ in range(5):
        await sent(quotas, "ann")
    assert quotas.used("ann").requests == 1
    with pytest.raises(QuotaExceeded) as error:
        await quotas.refill("ann", quotas.used("ann"))
    assert error.value.seconds == 60


async def test_who_began_longest_ago_begins_anew_when_there_are_too_many(clock: Clock) -> None:
    quotas = Quotas(Quota(requests=1, capacity=2), clock)
    for user in ("ann", "bob", "eve"):
        assert await sent(quotas, user)
    assert [await sent(quotas, user) for user in ("eve", "bob", "ann")] == [False, False, True]


def test_without_numbers_there_is_no_quota() -> None:
    assert not Quota()
    assert Quota(requests=1)
    assert Quota(num_bytes=1)
