"""`up --scale`: several processes of one service share its partitions, and are taken back."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from deploy.evergreen import main
from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.local.house.services import is_ready
from deploy.local.process.apart import apart
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import found
from deploy.status.condition import examine
from tests.system.house.opened import opened, up

SECONDS = 60.0
INSIGHT = ("--services", "insight", "--clock", "log")


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("scaled"), *INSIGHT, "--scale", "insight=2") as house:
        yield house


def names(house: House) -> set[str]:
    return {one.name for one in found(closing.pids(house.directory))} - {"kafka", "postgres", "supervisor"}


def test_each_process_has_its_own_port_log_and_pid_and_is_ready(scaled: House) -> None:
    both = scaled.services["insight"].processes("insight")
    assert names(scaled) == set(both) == {"insight", "insight-2"}
    assert len({each.pid for each in both.values()} - {None}) == 2
    assert len({each.health_url for each in both.values()}) == 2
    assert all(Path(each.log).exists() for each in both.values())
    assert until(lambda: all(is_ready(each.health_url) for each in both.values()), SECONDS)


def test_each_owns_its_share_of_the_partitions(scaled: House) -> None:
    every = list(range(scaled.partitions))
    assert until(lambda: shares(scaled) == [every[:3], every[3:]], SECONDS), shares(scaled)


def shares(house: House) -> list[list[int]]:
    """The partitions of `signals` that each member of insight's group owns."""
    return apart(_shares(house.kafka.bootstrap))


async def _shares(bootstrap: str) -> list[list[int]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups(["insight"])
    finally:
        await admin.close()
    ((_, _, state, _, _, members, *_),) = answer.groups
    assigned = [ConsumerProtocolMemberAssignment.decode(each[-1]).assignment for each in members if each[-1]]
    owned = [sorted(owned) for topics in assigned for topic, owned in topics if topic == "signals"]
    return sorted(owned) if state == "Stable" else []


def test_programs_find_both_in_the_record(scaled: House) -> None:
    record = json.loads((scaled.directory / "house.json").read_text())["services"]["insight"]
    (replica,) = record["replicas"]
    for url in (record["health_url"], replica["health_url"]):
        with urllib.request.urlopen(url, timeout=5) as answer:
            assert json.loads(answer.read())["ready"] is True


def test_status_shows_each(scaled: House) -> None:
    parts = {part.name: part for part in examine(House.load(scaled.directory))}
    assert parts["insight"].ready
    assert parts["insight-2"].ready
    assert parts["insight-2"].pid == scaled.services["insight"].replicas[0].pid


def test_a_house_keeps_its_scale_and_comes_back_so(scaled: House) -> None:
    assert closing.bring_down(scaled.directory)
    assert names(scaled) == set()
    assert names(up(scaled.directory, *INSIGHT)) == {"insight", "insight-2"}


def test_scaled_back_the_last_one_goes_and_the_first_has_it_all_again(scaled: House) -> None:
    before = House.load(scaled.directory).services["insight"].pid
    again = up(scaled.directory, *INSIGHT, "--scale", "insight=1")
    assert names(again) == {"insight"}
    assert again.services["insight"].pid == before
    assert again.services["insight"].replicas == []
    assert until(lambda: is_ready(again.services["insight"].health_url), SECONDS)


@pytest.mark.parametrize(
    "text", ["insight", "insight=0", "insight=7", "billing=2", "insight=-1", "insight=two"]
)
def test_a_scale_that_can_not_be_is_a_usage_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["up", "--scale", text])
    assert ended.value.code == 2
    assert f"{text!r} is not NAME=N" in capsys.readouterr().err
