"""Quotas that several processes share in Redis; each `SharedQuotas` here stands for a process."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from ecg_service.adapters.redis.limits import CallLimits
from ecg_service.adapters.redis.quotas import PORTIONS, RedisCounts
from ecg_service.domain.quotas import Amount, Quota
from ecg_service.services.quotas import SharedQuotas
from tests.redis import URL, ask, own_server, require_redis
from tests.unit.services.test_quotas import Clock, sent

ALLOWED = "+eval +hmget +hset +pttl +pexpire +info +select"
"""What docs/quotas.md says that a user of Redis needs."""

LIMITS = CallLimits(call_seconds=10, retry_seconds=0.02)


@pytest.fixture
def user() -> str:
    return f"user-{uuid4()}"


@asynccontextmanager
async def processes(
    number: int, quota: Quota, url: str = URL, limits: CallLimits = LIMITS
) -> AsyncGenerator[list[SharedQuotas]]:
    """Run so many processes, each with connections of its own."""
    async with AsyncExitStack() as stack:
        counts = [
            await stack.enter_async_context(RedisCounts.opened(url, limits)) for _ in range(number)
        ]
        yield [SharedQuotas(quota, one, processes=number) for one in counts]


async def taken(quotas: SharedQuotas, user: str, tries: int, size: int = 0) -> int:
    """Send so many bodies one after the other; return how many were taken."""
    return sum([await sent(quotas, user, size) for _ in range(tries)])


@pytest.mark.parametrize("most", [1, 2, 31, 100, 1000])
async def test_no_more_is_taken_than_one_quota_and_all_of_it_can_be(user: str, most: int) -> None:
    require_redis()
    async with processes(3, Quota(requests=most, seconds=600)) as all_quotas:
        found = await asyncio.gather(*(taken(one, user, most + 5) for one in all_quotas))
        assert sum(found) == most
        assert {one.left(one.used(user)) for one in all_quotas} == {Amount()}
        assert 590 < min(one.seconds_left(one.used(user)) for one in all_quotas) <= 600
        [other] = [await sent(all_quotas[0], f"{user}-other")]
        assert other


async def test_who_asks_alone_has_nearly_all_however_much_others_have_taken(user: str) -> None:
    require_redis()
    most = 1000
    async with processes(4, Quota(requests=most, seconds=600)) as [first, *others]:
        begun = [await taken(one, user, 1) for one in others]
        found = await taken(first, user, most) + sum(begun)
    assert most * (1 - 3 / PORTIONS) <= found <= most


async def test_few_requests_ask_redis(user: str) -> None:
    require_redis()
    async with processes(1, Quota(requests=6_000, seconds=600)) as [quotas]:
        asked = 0
        for _ in range(6_000):
            asked += quotas.used(user).is_spent
            assert await sent(quotas, user)
    assert asked < 250


async def test_bytes_are_shared_too_and_each_process_takes_one_body_beyond(user: str) -> None:
    require_redis()
    async with processes(2, Quota(num_bytes=1_000, seconds=600)) as [one, other]:
        assert await taken(one, user, 1, size=5_000) == 1
        assert not await sent(one, user)
        assert not await sent(other, user)
        assert one.left(one.used(user)) == Amount()
    async with processes(1, Quota(5, 1_000_000, seconds=600)) as [both]:
        assert await taken(both, f"{user}-2", 9, size=10) == 5


async def test_what_a_process_took_and_does_not_need_it_gives_back(user: str) -> None:
    require_redis()
    quota = Quota(requests=1_000, num_bytes=1_000, seconds=600)
    async with processes(2, quota) as [one, other]:
        # Its bytes are spent at once; of its portion of requests it keeps none.
        assert await taken(one, user, 1, size=32) == 1
        assert await sent(one, user)
        [requests] = await ask("HMGET", f"ecg:quota:{user}", "r")
        assert int(requests) <= 1 + 1_000 // PORTIONS + 1
        assert await sent(other, user)


async def test_the_time_is_that_of_the_first_request_to_any_of_them(user: str) -> None:
    require_redis()
    clock = Clock()
    async with RedisCounts.opened(URL, LIMITS) as counts:
        quota = Quota(requests=1, seconds=600)
        one, other = (SharedQuotas(quota, counts, clock=clock) for _ in range(2))
        assert await sent(one, user)
        await ask("PEXPIRE", f"ecg:quota:{user}", 20_000)  # as if 580 s had passed
        assert not await sent(other, user)
        assert other.seconds_left(other.used(user)) == 20
        clock.now += 20
        await ask("DEL", f"ecg:quota:{user}")
        assert await sent(other, user)
        assert not await sent(one, user)


async def test_while_redis_is_away_each_grants_its_part_and_no_more(
    tmp_path: Path, user: str
) -> None:
    async with own_server(tmp_path) as server:
        server.kill()
        async with processes(2, Quota(requests=10, seconds=600), server.url) as all_quotas:
            assert [await taken(one, user, 20) for one in all_quotas] == [5, 5]
        async with processes(2, Quota(num_bytes=10, seconds=600), server.url) as all_quotas:
            assert [await taken(one, user, 20, size=1) for one in all_quotas] == [5, 5]
        async with processes(9, Quota(requests=3, seconds=600), server.url) as all_quotas:
            assert {await taken(one, user, 20) for one in all_quotas} == {1}


async def test_when_redis_goes_away_what_is_left_is_shared_out_once(
    tmp_path: Path, user: str
) -> None:
    async with own_server(tmp_path) as server:
        quota = Quota(requests=100, seconds=600)
        async with processes(2, quota, server.url) as [one, other]:
            before = await taken(one, user, 60), await taken(other, user, 1)
            server.kill()
            after = await taken(one, user, 100), await taken(other, user, 100)
            assert before == (60, 1)
            assert 15 <= after[0] <= 22
            assert 100 <= sum(before) + sum(after) <= 140
            assert not await sent(one, user)
            await server.start()
            newcomers = (f"{user}-{number}" for number in count())
            async with asyncio.timeout(30):
                while await taken(one, next(newcomers), 101) < 100:  # noqa: ASYNC110 - it is a process
                    await asyncio.sleep(0.01)


async def test_a_slow_redis_holds_up_one_request_for_a_moment(tmp_path: Path, user: str) -> None:
    async with own_server(tmp_path) as server:
        limits = CallLimits(call_seconds=0.05, connect_seconds=0.05, retry_seconds=60)
        async with processes(1, Quota(requests=10, seconds=600), server.url, limits) as [quotas]:
            server.send(signal.SIGSTOP)
            waits = asyncio.gather(*(sent(quotas, user) for _ in range(20)))
            async with asyncio.timeout(20):
                assert sum(await waits) == 10
            server.send(signal.SIGCONT)


async def test_a_redis_that_talks_nonsense_is_as_one_that_is_away(user: str) -> None:
    require_redis()
    await ask("SET", f"ecg:quota:{user}", "not a hash")
    async with processes(1, Quota(requests=3, seconds=600)) as [quotas]:
        assert await taken(quotas, user, 9) == 3
    await ask("DEL", f"ecg:quota:{user}")


async def test_a_user_of_redis_needs_no_more_than_is_told(tmp_path: Path, user: str) -> None:
    page = (Path(__file__).parents[4] / "docs/quotas.md").read_text()
    assert all(f"`{name[1:].upper()}`" in page for name in ALLOWED.split())
    async with own_server(tmp_path) as server:
        await server.ask("ACL", "SETUSER", "ecg", "on", ">pass", "~ecg:quota:*", *ALLOWED.split())
        url = f"redis://ecg:pass@127.0.0.1:{server.port}/3"
        async with processes(2, Quota(requests=10, seconds=600), url) as [one, other]:
            assert await taken(one, user, 20) + await taken(other, user, 20) == 10
