"""CDNOW as insight hears it: purchases and daily heartbeats as records on six partitions, in batches."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deploy.playing.timetable import Arrival, Beat, Disorder, timetable
from deploy.purchases.cdnow import cdnow
from deploy.purchases.purchase import Log
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event, encode
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard

PARTITIONS = 6
IN_ORDER = Disorder()
WITHIN_THREE_DAYS = Disorder(days=3)


def every(nth: int, end: datetime) -> Log:
    """The log of every n-th customer up to `end`."""
    log = cdnow()
    kept = [each for each in log.purchases if int(each.customer) % nth == 0 and each.time < end]
    return replace(log, purchases=kept, end=end)


EIGHTH = every(8, datetime(1997, 7, 2, tzinfo=UTC))
"""295 customers over 26 weeks: enough for fits, alerts, returns."""


def records(log: Log, disorder: Disorder = IN_ORDER, promised: timedelta | None = None) -> list[Heard]:
    """In the order of a timetable. With `promised` its source vouches for less lateness than there is."""
    offsets: Counter[int] = Counter()
    heard = []
    for step in timetable(log, disorder):
        for partition, event in _placed(log.source, step, promised):
            heard.append(Heard("signals", partition, offsets[partition], event, encode(event)))
            offsets[partition] += 1
    return heard


def _placed(source: str, step: Arrival | Beat, promised: timedelta | None) -> Iterator[tuple[int, Event]]:
    if isinstance(step, Arrival):
        event = step.purchase.signal(source)
        yield partition_of(event.subject.encode(), PARTITIONS), event
        return
    lateness = step.lateness if promised is None else promised
    data = SourceHeartbeat(allowed_lateness_seconds=int(lateness.total_seconds()), closed=step.closed)
    for partition in range(PARTITIONS):
        yield partition, Event(f"{step.moment}/{partition}/{step.closed}", source, "", step.moment, data)


def batches(heard: Sequence[Heard], size: int) -> Iterator[Batch]:
    """As polls would bring them: each knows how far its partitions move."""
    for start in range(0, len(heard), size):
        yield batch(heard[start : start + size])


def batch(heard: Iterable[Heard]) -> Batch:
    """One poll."""
    kept = list(heard)
    begins: dict[tuple[str, int], int] = {}
    ends: dict[tuple[str, int], int] = {}
    for each in kept:
        place = (each.topic, each.partition)
        begins.setdefault(place, each.offset)
        ends[place] = each.offset + 1
    return Batch(kept, (), {place: (begins[place], ends[place]) for place in begins})
