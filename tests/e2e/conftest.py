"""What the tests with processes share."""

from collections.abc import Generator

import pytest

from tests.servers.servers import Servers


@pytest.fixture(scope="session")
def servers() -> Generator[Servers]:
    """Servers of the tests' own, each started when it is needed for the first time."""
    with Servers() as started:
        yield started
