"""One house for all system tests: a real Kafka and a real PostgreSQL, with every topic and database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.house import House

# The first test of a fresh machine waits for Kafka's jars.
FIRST_SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("system")
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(FIRST_SECONDS))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = House.open(tmp_path_factory.mktemp("house"), services=[])
    yield opened
    opened.close()
    opened.forget()
