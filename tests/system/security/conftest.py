"""A house whose Kafka asks everybody who they are, with all its services, for the tests of this folder."""

from collections.abc import Iterator

import pytest

from deploy.local.house.house import House


@pytest.fixture(scope="package")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House.open(tmp_path_factory.mktemp("secure"), secure=True)
    yield house
    for name in ("kafka", "postgres", *house.services):
        house.kill(name)  # nothing of it is needed again, and a clean stop takes ten seconds
    house.close()
    house.forget()
