"""The containers' ports: on this machine only, and enough of them for every process of a service."""

import re

import pytest

from shared.contracts.topics import PARTITIONS, STAGES
from tests.deploy.test_compose import CONTAINERS, environment


def outside(port: str) -> range:
    """The ports of this machine, one or first-last."""
    first, _, last = port.split(":")[1].partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.mark.parametrize("name", STAGES)
def test_a_service_may_have_as_many_processes_as_there_are_partitions(name: str) -> None:
    """Each needs a port of this machine, and none may be named: names are of one container."""
    assert [len(outside(port)) for port in CONTAINERS[name]["ports"]] == [PARTITIONS]
    assert "EVERGREEN_INSTANCE" not in environment(name)


def test_ports_are_for_this_machine_only_and_nobody_shares_one() -> None:
    ports = [port for container in CONTAINERS.values() for port in container.get("ports", [])]
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+(-\d+)?:\d+", port) for port in ports)
    taken = [port for each in ports for port in outside(each)]
    assert len(set(taken)) == len(taken)
