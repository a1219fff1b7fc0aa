"""Play, publish and tail against a real broker."""

import asyncio
import json
from argparse import Namespace
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from deploy.errors import Trouble
from deploy.events.producer import Publisher
from deploy.events.publishing import publish
from deploy.events.tailing import tail
from deploy.events.topic import whole
from deploy.local.house.house import House
from deploy.playing.player import Manner, play
from deploy.playing.poison import poisons
from deploy.playing.timetable import Disorder
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event
from shared.contracts.reading import Unreadable, read
from shared.contracts.signals import SIGNALS, OrderPaid, SourceHeartbeat
from tests.deploy.purchases.bought import bought, log_of, on

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
PARTITIONS = 6


def said(kafka: str, **more: Any) -> Namespace:
    """The words of a command line, parsed."""
    tail = {"topic": "signals", "begin": "beginning", "follow": False, "count": None, "json": True}
    return Namespace(kafka=kafka, **{**tail, "heartbeats": False, **more})


async def heard(kafka: str, source: str) -> list[tuple[int, bytes | None, Event]]:
    """(partition, key, event) of all that this source has published, in order of partition and offset."""
    found = []
    async for record in whole(kafka, "signals"):
        try:
            event = read(record.value, record.headers, SIGNALS)
        except Unreadable:
            continue
        if event.source == source:
            found.append((record.partition, record.offset, record.key, event))
    return [(partition, key, event) for partition, _, key, event in sorted(found, key=lambda one: one[:2])]


async def test_a_log_that_was_played_lies_in_order_where_its_customers_belong(house: House) -> None:
    source = f"/test/{uuid4()}"
    purchases = [purchase for n in range(40) for purchase in bought(f"customer-{n}", n / 4, 30)]
    log = replace(log_of(*purchases, until=40), source=source)
    manner = Manner(Disorder(2, 7), poisons=tuple(poisons()))
    async with Publisher(house.kafka.bootstrap) as publisher:
        played = await play(log, manner, publisher, lambda _: None)
    assert (played.signals, played.duplicates, played.heartbeats % PARTITIONS) == (80, 7, 0)
    records = await heard(house.kafka.bootstrap, source)
    orders = [
        (partition, key, event) for partition, key, event in records if isinstance(event.data, OrderPaid)
    ]
    assert len(orders) == 87
    assert {event.id for _, _, event in orders} == {purchase.id for purchase in purchases}
    assert all(
        key == event.subject.encode() and partition_of(key, PARTITIONS) == at for at, key, event in orders
    )
    for partition in range(PARTITIONS):
        here = [event for at, _, event in records if at == partition]
        beats = [event for event in here if isinstance(event.data, SourceHeartbeat)]
        assert (here[-1], here[0]) == (beats[-1], beats[0])
        assert [beat.time for beat in beats] == sorted(beat.time for beat in beats)
        assert beats[-1].time == log.end
        assert [beat.data.closed for beat in beats if isinstance(beat.data, SourceHeartbeat)][-1]


async def test_an_event_typed_by_hand_is_published_and_shown_by_tail(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    kafka, customer = house.kafka.bootstrap, f"C-{uuid4()}"
    fields = ["order_id=A-1", "amount=1999", "currency=EUR"]
    words: dict[str, Any] = {
        "type": "order.paid",
        "fields": fields,
        "customer": customer,
        "time": None,
        "id": None,
    }
    for binary in (False, True):
        await publish(said(kafka, source="/test/hand", binary=binary, **words))
    places = capsys.readouterr().out.split()[1::2]
    assert len(places) == 2
    assert all(
        place.startswith(f"signals/{partition_of(customer.encode(), PARTITIONS)}@") for place in places
    )
    await tail(said(kafka))
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    mine = [one for one in shown if one.get("subject") == customer]
    assert [one["data"]["amount"] for one in mine] == [1999, 1999]
    await tail(said(kafka, json=False))
    assert f"{customer} order_id=A-1 amount=19.99 EUR" in capsys.readouterr().out


async def test_tail_waits_for_what_comes_and_stops_at_the_count(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    kafka, customer = house.kafka.bootstrap, f"C-{uuid4()}"
    waiting = asyncio.create_task(tail(said(kafka, begin="now", count=1)))
    log = log_of(*bought(customer, 1), until=2)
    async with Publisher(kafka) as publisher:
        # It has no way to say that it listens; so it is told again and again until it has heard.
        for _ in range(100):
            await play(replace(log, source=f"/test/{uuid4()}"), Manner(), publisher, lambda _: None)
            done, _ = await asyncio.wait([waiting], timeout=0.2)
            if done:
                break
    await waiting
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["subject"] for line in lines] == [customer]


async def test_a_heartbeat_typed_by_hand_reaches_every_partition(house: House) -> None:
    source = f"/test/{uuid4()}"
    beat = said(house.kafka.bootstrap, type="source.heartbeat", fields=[], customer=None, id=None)
    await publish(Namespace(**vars(beat), time=on(1).isoformat(), source=source, binary=False))
    reached = [partition for partition, _, _ in await heard(house.kafka.bootstrap, source)]
    assert reached == list(range(PARTITIONS))


async def test_a_kafka_that_is_not_there_is_trouble_that_says_what_to_start() -> None:
    with pytest.raises(Trouble, match="evergreen up"):
        async with Publisher("127.0.0.1:9"):
            pass
    with pytest.raises(Trouble, match="evergreen up"):
        await tail(said("127.0.0.1:9"))


async def test_a_topic_that_is_not_there_is_trouble_by_its_name(house: House) -> None:
    with pytest.raises(Trouble, match="'nowhere'"):
        await tail(said(house.kafka.bootstrap, topic="nowhere"))
