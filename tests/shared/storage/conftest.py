"""One store after the other: what holds in memory holds on PostgreSQL."""

from typing import Any

import pytest

from shared.storage.memory import MemoryStore


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.system)])
def store(request: pytest.FixtureRequest) -> Any:
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("postgres")
