"""What is asked of servers from outside before a house is made with them."""

from pathlib import Path

import pytest

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.local.house.record import FILE

NOBODYS = "postgresql://postgres@127.0.0.1:1/postgres"


@pytest.mark.parametrize(
    ("kafka", "postgres", "complaint"),
    [
        ("127.0.0.1:1", None, "Kafka at 127.0.0.1:1"),
        (None, NOBODYS, "PostgreSQL at 127.0.0.1:1"),
        (None, "localhost", "names no PostgreSQL"),
    ],
)
def test_a_house_is_not_bound_to_a_server_that_was_mistyped(
    tmp_path: Path, kafka: str | None, postgres: str | None, complaint: str
) -> None:
    """It keeps its servers for ever, so the right one would be refused ever after."""
    with pytest.raises(Trouble, match=complaint):
        House.open(tmp_path, services=[], kafka=kafka, postgres=postgres)
    assert not (tmp_path / FILE).exists()
    assert not [each.name for each in tmp_path.iterdir() if each.is_dir()]
