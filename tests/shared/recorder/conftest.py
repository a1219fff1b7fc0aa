"""A log on a real server, and a recorder that reads it."""

from collections.abc import Iterator

import pytest

from deploy.provisioning.databases import Database
from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.log import Log
from shared.recorder.recorder import LogRecorder


@pytest.fixture
def reading(database: Database) -> Iterator[BlockingPool]:
    pool = BlockingPool(database.url)
    yield pool
    pool.close()


@pytest.fixture
def recorder(reading: BlockingPool) -> LogRecorder:
    return LogRecorder(Log(reading))
