"""D17: all servers behind the service fail, two at a time."""

import asyncio
from collections import Counter
from functools import partial

from tests.e2e.service import running
from tests.torture.kills import SETTINGS
from tests.torture.outages import postgres, rabbitmq, redis
from tests.torture.outages.struck import Strike, Struck
from tests.torture.place import Place

STRIKES = 8


async def round_of(place: Place, count: int = STRIKES) -> Counter[str]:
    """D17: let two of PostgreSQL, Redis, RabbitMQ and its workers fail at the same time."""
    async with (
        postgres.failing(place) as (database, url),
        redis.failing(place) as (cache, cache_url),
        rabbitmq.failing(place) as (broker, queue),
    ):
        settings = {**SETTINGS, **queue, "database_url": url, "max_write_seconds": 1}
        service_settings = {**settings, "cache_url": cache_url, "workers": 2}
        async with running(place.folder, **service_settings) as service, broker.worked(settings):
            await service.register()
            struck = Struck.at(place, service)

            def drawn() -> Strike:
                strikes: list[Strike] = [
                    partial(struck.chance.choice(postgres.KINDS), database),
                    partial(struck.chance.choice(redis.KINDS), cache),
                    partial(struck.chance.choice(rabbitmq.BROKER), broker),
                ]
                one, other = struck.chance.sample(strikes, 2)
                return partial(_both, one, other)

            return await struck.by([drawn() for _ in range(count)])


async def _both(one: Strike, other: Strike) -> None:
    await asyncio.gather(one(), other())
