"""A service says whether it lives and whether to count on it, and if not, what is wrong and since when."""

import asyncio
import socket
import urllib.error
import urllib.request
from typing import Any

import orjson
import pytest

from shared.observe.health import Health, serve_http
from shared.observe.metrics import EVENTS


def ready_at(now: float) -> Health:
    health = Health(started=now)
    health.beat(now)
    health.polled(now)
    health.joined(True, now)
    health.database(True, now)
    health.relay(now)
    return health


def test_a_service_just_started_lives_and_is_not_ready() -> None:
    health = Health(started=100.0)
    assert health.live(101.0)
    ready, wrong = health.ready(103.0)
    assert not ready
    assert set(wrong) == {"assignment", "database", "poll", "relay"}
    assert all("3.0 s" in text for text in wrong.values())


def test_it_is_ready_once_it_hears_stores_and_speaks() -> None:
    assert ready_at(100.0).ready(101.0) == (True, {})


def test_a_loop_that_stopped_turning_is_not_alive() -> None:
    health = ready_at(100.0)
    assert health.live(114.9)
    assert not health.live(115.0)
    health.beat(115.0)
    assert health.live(116.0)


def test_a_database_that_went_away_is_named_since_it_went() -> None:
    health = ready_at(100.0)
    health.database(False, 101.0)
    health.database(False, 104.0)
    assert health.ready(105.0) == (False, {"database": "does not answer, for 4.0 s"})
    health.database(True, 106.0)
    assert health.ready(106.0) == (True, {})


def test_a_poll_that_stopped_is_named_since_the_last_one() -> None:
    health = ready_at(100.0)
    health.relay(120.0)
    assert health.ready(120.0) == (False, {"poll": "Kafka was not polled, for 20.0 s"})


def test_a_relay_that_does_not_move_is_named() -> None:
    health = ready_at(100.0)
    health.polled(120.0)
    assert health.ready(120.0) == (False, {"relay": "has not moved, for 20.0 s"})


def test_partitions_taken_away_make_it_not_ready() -> None:
    health = ready_at(100.0)
    health.joined(False, 101.0)
    assert health.ready(102.0) == (False, {"assignment": "no partition is assigned, for 1.0 s"})


def fetch(port: int, path: str) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], error.read()


async def get(port: int, path: str) -> tuple[int, str, bytes]:
    return await asyncio.to_thread(fetch, port, path)


async def get_json(port: int, path: str) -> tuple[int, Any]:
    status, kind, body = await get(port, path)
    assert kind == "application/json"
    return status, orjson.loads(body)


async def test_the_answers_over_http_follow_the_health() -> None:
    clock, health = [100.0], ready_at(100.0)
    async with serve_http("127.0.0.1:0", health, lambda: clock[0]) as port:
        assert await get_json(port, "/readyz") == (200, {"ready": True, "not_ready": {}, "attention": {}})
        assert await get_json(port, "/livez") == (200, {"live": True, "last_beat_seconds": 0.0})
        clock[0] = 130.0
        status, body = await get_json(port, "/readyz")
        assert (status, sorted(body["not_ready"])) == (503, ["poll", "relay"])
        assert await get_json(port, "/livez") == (503, {"live": False, "last_beat_seconds": 30.0})
        assert (await get_json(port, "/"))[0] == 404


async def test_the_metrics_are_prometheus_text_with_what_was_counted() -> None:
    EVENTS.labels("signals", "applied").inc(7)
    async with serve_http("127.0.0.1:0", ready_at(0.0), lambda: 0.0) as port:
        status, kind, body = await get(port, "/metrics")
    assert status == 200
    assert kind.startswith("text/plain")
    lines = body.decode().splitlines()
    assert 'evergreen_events_total{outcome="applied",topic="signals"} 7.0' in lines
    assert "# TYPE evergreen_lag_seconds gauge" in lines


async def test_an_address_that_is_taken_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OSError, match=f"{address}.*EVERGREEN_HTTP"):
            async with serve_http(address, ready_at(0.0), lambda: 0.0):
                pass


async def test_the_port_is_free_again_afterwards() -> None:
    async with serve_http("127.0.0.1:0", ready_at(0.0), lambda: 0.0) as port:
        await get(port, "/livez")
    socket.create_server(("127.0.0.1", port)).close()


def test_what_stands_in_the_way_is_told_in_its_latest_words_from_when_it_began() -> None:
    health = ready_at(100.0)
    health.condition("held", "most records fail", 101.0)
    health.condition("held", "all records fail", 103.0)
    assert health.ready(104.0) == (False, {"held": "all records fail, for 3.0 s"})
    health.condition("held", None, 105.0)
    assert health.ready(105.0) == (True, {})


def test_what_does_not_block_is_told_by_a_service_that_is_ready() -> None:
    health = ready_at(100.0)
    health.condition("quarantined", "1 stream", 101.0, blocks=False)
    assert health.ready(102.0) == (True, {})
    assert health.attention(102.0) == {"quarantined": "1 stream, for 1.0 s"}
