"""One house for all system tests: a real Kafka and a real PostgreSQL, with every topic and database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import closing
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
    directory = tmp_path_factory.mktemp("house")
    try:
        yield House.open(directory, services=[])
    finally:
        closing.bring_down(directory)
        closing.forget(directory)
