from collections.abc import Generator

import pytest

from ecg_service.adapters.celery import Broker
from tests.proxy import sockets_collected
from tests.rabbitmq import new_queue


@pytest.fixture
def broker() -> Generator[Broker]:
    """Yield a broker with a queue of the test's own."""
    with new_queue() as made:
        yield made


@pytest.fixture(autouse=True)
def collected() -> Generator[None]:
    with sockets_collected():
        yield
