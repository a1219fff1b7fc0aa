from pathlib import Path

import pytest


@pytest.fixture
def checkout() -> Path:
    return Path(__file__).parents[2]
