"""CloudEvents of any type, one JSON object a line, as other systems may have exported them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.events.producer import Record
from deploy.purchases.purchase import Refused
from shared.contracts.event import STRUCTURED
from shared.contracts.reading import Unreadable, read
from shared.contracts.signals import SIGNALS, SourceHeartbeat, objection


@dataclass(frozen=True, slots=True)
class Lines:
    """What can be published, in the order of the file, and what can't. Heartbeats go to every partition."""

    events: Sequence[Record]
    heartbeats: int
    refused: Sequence[Refused]


def json_lines(lines: Iterable[bytes], partitions: int) -> Lines:
    """Each line is checked by the contract of `signals` and goes as it stands. Blank lines are nothing."""
    events: list[Record] = []
    refused: list[Refused] = []
    heartbeats = 0
    for number, raw in enumerate(lines, start=1):
        if not (line := raw.strip()):
            continue
        try:
            records = _records(line, partitions)
        except Unreadable as reason:
            refused.append(Refused(number, str(reason)))
            continue
        heartbeats += records[0].partition is not None
        events.extend(records)
    return Lines(events, heartbeats, refused)


def _records(line: bytes, partitions: int) -> list[Record]:
    event = read(line, [], SIGNALS)
    headers = [("content-type", STRUCTURED)]
    if event.traceparent:
        headers.append(("traceparent", event.traceparent.encode()))
    if isinstance(event.data, SourceHeartbeat):
        if why := objection(event.data, event.time):
            raise Unreadable(why)
        return [Record(None, line, headers, partition) for partition in range(partitions)]
    if not event.subject:
        raise Unreadable("subject is missing: it names the customer")
    return [Record(event.subject.encode(), line, headers)]
