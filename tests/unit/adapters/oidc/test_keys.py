"""When keys are fetched: by a clock that the tests move, of a provider that counts."""

import asyncio

import pytest

from ecg_service.adapters.oidc import Limits
from ecg_service.adapters.oidc.keys import RotatingKeys
from ecg_service.domain.errors import IssuerUnavailable, Unauthenticated

LIMITS = Limits(retry_seconds=5, rotation_seconds=30, refresh_seconds=300, keep_seconds=86_400)


class Source:
    """Has keys, or fails, and counts how often it was asked."""

    def __init__(self, *kids: str) -> None:
        self.now = 1_000.0
        self.asked = 0
        self.failure: Exception | None = None
        self.published = kids
        self.keys = RotatingKeys(self.fetch, LIMITS, lambda: self.now)

    async def fetch(self) -> dict[str, str]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return {kid: f"key {kid}" for kid in self.published}

    async def refused(self, kid: str) -> type[Exception] | None:
        try:
            await self.keys.find(kid)
        except (Unauthenticated, IssuerUnavailable) as error:
            return type(error)
        return None

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def source() -> Source:
    return Source("a", "b")


async def test_keys_are_fetched_once(source: Source) -> None:
    assert source.asked == 0
    found = await asyncio.gather(*[source.keys.find(kid) for kid in "abab"])
    assert (found, source.asked) == (["key a", "key b"] * 2, 1)


async def test_ten_thousand_unknown_keys_ask_twice(source: Source) -> None:
    await asyncio.gather(*[source.refused(f"no {n}") for n in range(5_000)])
    source.now += 31
    for n in range(5_000):
        assert await source.refused(f"no {n}") is Unauthenticated
    assert source.asked == 2


async def test_a_new_key_is_found_and_a_retired_one_refused(source: Source) -> None:
    await source.keys.find("a")
    source.published = ("b", "c")
    assert await source.refused("c") is Unauthenticated  # asked a moment ago
    source.now += 31
    assert await source.keys.find("c") == "key c"
    assert await source.refused("a") is Unauthenticated
    assert source.asked == 2


async def test_the_only_key_needs_no_id(source: Source) -> None:
    with pytest.raises(Unauthenticated):
        await source.keys.find(None)
    source.published = ("c",)
    source.now += 31
    assert await source.keys.find(None) == "key c"
    assert await source.keys.find(None) == "key c"
    assert source.asked == 2


async def test_old_keys_are_renewed_while_they_are_used(source: Source) -> None:
    await source.keys.find("a")
    source.published = ("b",)
    source.now += 301
    assert await source.keys.find("a") == "key a"
    await source.settle()
    assert await source.refused("a") is Unauthenticated
    assert await source.keys.find("b") == "key b"
    assert source.asked == 2


async def test_known_keys_go_on_while_the_provider_is_down(source: Source) -> None:
    await source.keys.find("a")
    source.failure = IssuerUnavailable()
    for _ in range(100):
        source.now += 800
        assert await source.keys.find("a") == "key a"
        await source.settle()
    assert await source.refused("c") is Unauthenticated
    source.now += 10_000
    assert await source.refused("a") is IssuerUnavailable
    source.failure = None
    source.now += 6
    assert await source.keys.find("a") == "key a"


@pytest.mark.parametrize("failure", [IssuerUnavailable(), RuntimeError("a fault of ours")])
async def test_a_failure_is_remembered_for_a_while(source: Source, failure: Exception) -> None:
    source.failure = failure
    for _ in range(100):
        assert await source.refused("a") is IssuerUnavailable
    assert source.asked == 1
    source.now += 6
    source.failure = None
    assert await source.keys.find("a") == "key a"


async def test_who_goes_away_leaves_the_fetch_to_the_others(source: Source) -> None:
    first, second = (asyncio.create_task(source.keys.find("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "key a"
    assert first.cancelled()


async def test_closing_ends_a_fetch() -> None:
    source, begun = Source("a"), asyncio.Event()

    async def fetch() -> dict[str, str]:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    keys = RotatingKeys(fetch, LIMITS, lambda: source.now)
    waiting = asyncio.create_task(keys.find("a"))
    await begun.wait()
    await keys.close()
    with pytest.raises((asyncio.CancelledError, IssuerUnavailable)):
        await waiting
