"""Ports that are free stay wanted; taken ones are passed over."""

import socket

from deploy.local.house.plan import on_free_port
from deploy.local.process.ports import HOST, is_free, settle


def test_wanted_ports_are_kept_and_the_others_are_free_and_all_differ() -> None:
    ports = settle(["kafka", "postgres", "insight"], {"postgres": 5432})
    assert ports["postgres"] == 5432
    assert is_free(ports["kafka"])
    assert is_free(ports["insight"])
    assert len(set(ports.values())) == 3


def test_an_address_moves_only_when_a_stranger_listens_there() -> None:
    with socket.create_server((HOST, 0)) as stranger:
        port = stranger.getsockname()[1]
        assert not is_free(port)
        moved = on_free_port(f"postgresql://a:b@{HOST}:{port}/c")
        assert moved != f"postgresql://a:b@{HOST}:{port}/c"
        assert moved.startswith(f"postgresql://a:b@{HOST}:")
        assert moved.endswith("/c")
    assert on_free_port(moved) == moved
