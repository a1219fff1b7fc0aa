"""System tests wait for real servers, which a fresh machine has to fetch first."""

from pathlib import Path

import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from tests.system.database_faults import DatabaseFaults

# The first test of a fresh machine waits for Kafka's jars.
FIRST_SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("system")
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(FIRST_SECONDS))


@pytest.fixture
def faults(house: House, database: Database) -> DatabaseFaults:
    """Of the service's own database."""
    return DatabaseFaults(database, house.postgres.admin_url)
