"""Three demos of the whole log, each on a house of its own, each played once for all tests."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.house.house import House
from deploy.playing.player import Manner
from deploy.playing.poison import poisons
from deploy.playing.timetable import Disorder
from deploy.purchases.cdnow import cdnow
from tests.system.demo.runs.kills import Kills
from tests.system.demo.runs.playing import Ended, demo, dismantle
from tests.system.demo.runs.poisoned import Poisoned

SEED = 1997
# Records a batch: few, so that there is a batch in hand whenever somebody dies.
FEW = {"EVERGREEN_BATCH": "50"}
THREE_WEEKS = timedelta(weeks=3)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


@contextmanager
def four_services(directory: Path, env: Mapping[str, str] | None = None) -> Iterator[House]:
    """A house with everything in it, ended without ceremony."""
    house = House.open(directory, clock="log", env=env or {})
    try:
        yield house
    finally:
        dismantle(house)


@pytest.fixture(scope="session")
def quiet_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with four_services(tmp_path_factory.mktemp("quiet")) as house:
        yield house


@pytest.fixture(scope="session")
def calm(quiet_house: House) -> Ended:
    """In order, undisturbed."""
    return demo(quiet_house, cdnow(), Manner())


@pytest.fixture(scope="session")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Shuffled within three days, a thousand purchases sent twice, every kind of poison."""
    manner = Manner(Disorder(days=3, duplicates=1_000, seed=SEED), poisons=tuple(poisons()))
    with four_services(tmp_path_factory.mktemp("wild")) as house:
        return demo(house, cdnow(), manner)


@pytest.fixture(scope="session")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, list[str]]:
    """In order, while everybody is killed three times; and who was."""
    with four_services(tmp_path_factory.mktemp("killed"), FEW) as house:
        deaths = Kills(house, cdnow(), SEED)
        ended = demo(house, cdnow(), Manner(ahead=THREE_WEEKS), deaths)
        return ended, deaths.died


@pytest.fixture(scope="session")
def redriven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Poisoned]:
    """In order, while tables refuse a tenth of the customers; mended and redriven after four weeks."""
    with four_services(tmp_path_factory.mktemp("redriven")) as house:
        poisoned = Poisoned(house, cdnow())
        asyncio.run(poisoned.plant())
        return demo(house, cdnow(), Manner(ahead=THREE_WEEKS), poisoned), poisoned
