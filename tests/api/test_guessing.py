"""Wrong passwords hold up whoever gives them, and nobody else."""

from uuid import uuid4

import httpx
import pytest

from tests.api.doors import ANN, ONE_STORE, PASSWORD, Service, client, problem

pytestmark = ONE_STORE

FREE = 5


def at(service: Service, address: str, name: str, password: str = PASSWORD) -> httpx.AsyncClient:
    """Return a client at an address."""
    return client(service.app, name, password, address)


async def guess(service: Service, address: str, name: str) -> list[int]:
    """Give wrong passwords until one is not looked at; return the statuses."""
    statuses: list[int] = []
    while 429 not in statuses:
        async with at(service, address, name, f"wrong {len(statuses)}") as guesser:
            statuses.append((await guesser.get("/users/me")).status_code)
    return statuses


async def newcomer(service: Service) -> str:
    name = f"user-{uuid4()}"
    await service.services.users.register(name, PASSWORD)
    return name


@pytest.mark.parametrize("who", ["a user", "nobody"])
async def test_a_guesser_has_to_wait(service: Service, who: str) -> None:
    name = await newcomer(service) if who == "a user" else f"user-{uuid4()}"
    assert await guess(service, "192.0.2.1", name) == [401] * FREE + [429]
    async with at(service, "192.0.2.1", name) as guesser:
        answer = await guesser.get("/users/me")
    problem(answer, 429, "too-many-guesses")
    assert 1 <= int(answer.headers["Retry-After"]) <= 2


async def test_others_do_not_wait(service: Service) -> None:
    name = await newcomer(service)
    async with at(service, "192.0.2.9", name) as before:
        assert (await before.get("/users/me")).status_code == 200
        await guess(service, "192.0.2.2", name)
        assert (await before.get("/users/me")).status_code == 200
    for address, user in (("192.0.2.3", name), ("192.0.2.2", ANN)):
        async with at(service, address, user) as other:
            assert (await other.get("/users/me")).status_code == 200
