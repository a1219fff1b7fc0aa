"""Ports that are free stay wanted; taken ones are passed over."""

import socket

import pytest

from deploy.errors import Trouble
from deploy.local.house.plan import on_free_port, plan_ports
from deploy.local.process import ports
from deploy.local.process.ports import HOST, is_free, settle


def test_wanted_ports_are_kept_and_the_others_are_free_and_all_differ() -> None:
    settled = settle(["kafka", "postgres", "insight"], {"postgres": 5432})
    assert settled["postgres"] == 5432
    assert is_free(settled["kafka"])
    assert is_free(settled["insight"])
    assert len(set(settled.values())) == 3


def test_every_part_of_a_house_gets_a_port_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many free ports as there are parts: drawn apart from each other, they would meet."""
    first = next(p for p in range(20_000, 32_000) if all(is_free(p + n) for n in range(7)))
    monkeypatch.setattr(ports, "RANGE", range(first, first + 7))
    assert set(plan_ports({}).values()) == set(range(first, first + 7))


def test_a_wanted_port_that_a_stranger_has_is_named() -> None:
    with socket.create_server((HOST, 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(Trouble, match=rf"port {port} is wanted for kafka, but another program has it"):
            plan_ports({"kafka": port})


def test_two_that_want_the_same_port_are_named() -> None:
    with pytest.raises(Trouble, match=r"port 25432 is wanted for kafka, but postgres has it"):
        plan_ports({"kafka": 25432, "postgres": 25432})


def test_an_address_moves_only_when_a_stranger_listens_there() -> None:
    with socket.create_server((HOST, 0)) as stranger:
        port = stranger.getsockname()[1]
        assert not is_free(port)
        moved = on_free_port(f"postgresql://a:b@{HOST}:{port}/c")
        assert moved != f"postgresql://a:b@{HOST}:{port}/c"
        assert moved.startswith(f"postgresql://a:b@{HOST}:")
        assert moved.endswith("/c")
    assert on_free_port(moved) == moved
