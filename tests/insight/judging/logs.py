"""A shop with subscriptions as insight hears it: every kind of signal, with heartbeats on six partitions."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from bench.businesses.subscription import subscription
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event, encode
from shared.contracts.signals import SIGNALS, SourceHeartbeat
from shared.core.batch import Heard
from tests.insight.cdnow_records import PARTITIONS

DAY = timedelta(days=1)


class Records:
    """Records in the order in which they are said, each partition numbered by itself."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.offsets = dict.fromkeys(range(PARTITIONS), 0)

    def say(self, partition: int, event: Event) -> None:
        self.heard.append(Heard("signals", partition, self.offsets[partition], event, encode(event)))
        self.offsets[partition] += 1

    def beat(self, event: Event) -> None:
        for partition in range(PARTITIONS):
            self.say(partition, event._replace(id=f"{event.time}/{partition}"))


def log(customers: int, days: int) -> list[Heard]:
    """The first customers' first days, with a heartbeat on every partition each day."""
    made, records = subscription(seed=3), Records()
    kept, moment = set(sorted(made.truth)[:customers]), made.opens
    for number, each in enumerate(made.log):
        if each.time >= made.opens + days * DAY:
            break
        while moment <= each.time:
            data = SourceHeartbeat(allowed_lateness_seconds=0)
            records.beat(Event("", "/shop", "", moment, data))
            moment += DAY
        if each.customer in kept:
            fact = SIGNALS[each.type].model_validate(each.data)
            event = Event(f"e{number}", "/shop", each.customer, each.time, fact)
            records.say(partition_of(each.customer.encode(), PARTITIONS), event)
    return records.heard


def delayed(heard: Sequence[Heard], most: int) -> list[Heard]:
    """The same, every tenth up to so many places later on its partition: what is vouched for is not kept."""
    chance = Random(5)
    shuffled: list[Heard] = []
    for partition in range(PARTITIONS):
        own = [each for each in heard if each.partition == partition]
        order = sorted(range(len(own)), key=lambda n: n + (chance.random() < 0.1) * chance.randint(0, most))
        shuffled += [own[place]._replace(offset=offset) for offset, place in enumerate(order)]
    return sorted(shuffled, key=lambda one: (one.offset, one.partition))
