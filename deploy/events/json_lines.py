"""CloudEvents of any type, one JSON object a line, as other systems may have exported them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.events.producer import Letter
from deploy.purchases.purchase import Refused
from shared.contracts.event import STRUCTURED
from shared.contracts.reading import Unreadable, read
from shared.contracts.signals import SIGNALS, SourceHeartbeat, objection


@dataclass(frozen=True, slots=True)
class Lines:
    """What can be published, in the order of the file, and what can't. Heartbeats go to every partition."""

    events: Sequence[Letter]
    heartbeats: int
    refused: Sequence[Refused]


def json_lines(lines: Iterable[bytes], partitions: int) -> Lines:
    """Each line is checked by the contract of `signals` and goes as it stands. Blank lines are nothing."""
    events: list[Letter] = []
    refused: list[Refused] = []
    heartbeats = 0
    for number, raw in enumerate(lines, start=1):
        if not (line := raw.strip()):
            continue
        try:
            letters = _letters(line, partitions)
        except Unreadable as reason:
            refused.append(Refused(number, str(reason)))
            continue
        heartbeats += letters[0].partition is not None
        events.extend(letters)
    return Lines(events, heartbeats, refused)


def _letters(line: bytes, partitions: int) -> list[Letter]:
    event = read(line, [], SIGNALS)
    headers = [("content-type", STRUCTURED)]
    if event.traceparent:
        headers.append(("traceparent", event.traceparent.encode()))
    if isinstance(event.data, SourceHeartbeat):
        if why := objection(event.data, event.time):
            raise Unreadable(why)
        return [Letter(None, line, headers, partition) for partition in range(partitions)]
    if not event.subject:
        raise Unreadable("subject is missing: it names the customer")
    return [Letter(event.subject.encode(), line, headers)]
