"""One service for each kind of store, shared by all tests of the API: hashing passwords is slow."""

from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from ecg_service.settings import (
    AccessSettings,
    AdminSettings,
    InsightSettings,
    Settings,
    StoreSettings,
)
from tests.api.doors import ADMIN, ANN, BOB, PASSWORD, Service, serving
from tests.postgres import new_schema

HERE = Path(__file__).parent
STORES = ("memory", "sqlite", "postgres")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of this folder on one event loop, the one that their service runs on."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def settings(store: str, directory: Path, url: str | None = None) -> Settings:
    urls = {"memory": "memory://", "sqlite": f"sqlite:///{directory / 'ecg.db'}"}
    return Settings(
        store=StoreSettings(url or urls[store]),
        admin=AdminSettings(ADMIN, PASSWORD),
        access=AccessSettings(token_keys=str(directory / "signing-keys")),
        # the tests send without a lull
        insights=InsightSettings(insight_delay_seconds=0, sweep_seconds=0.2),
    )


@contextmanager
def with_store(store: str, directory: Path) -> Generator[Settings]:
    """Yield settings with a new database of this kind, which is there until the block ends."""
    with new_schema() if store == "postgres" else nullcontext() as url:
        yield settings(store, directory, url)


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=STORES)
async def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Service]:
    with with_store(request.param, tmp_path_factory.mktemp("store")) as given:
        async with serving(given) as running:
            yield running


@pytest.fixture
def ann(service: Service) -> httpx.AsyncClient:
    return service.client(ANN)


@pytest.fixture
def bob(service: Service) -> httpx.AsyncClient:
    return service.client(BOB)


@pytest.fixture
def admin(service: Service) -> httpx.AsyncClient:
    return service.client(ADMIN)


@pytest.fixture
def anyone(service: Service) -> httpx.AsyncClient:
    return service.client()


@pytest_asyncio.fixture(loop_scope="session")
async def newcomer(service: Service) -> httpx.AsyncClient:
    """Return somebody who has sent nothing yet."""
    return await service.newcomer()
