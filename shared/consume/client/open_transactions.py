"""Records that wait behind a transaction which its producer left open: nobody may read past it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.consume.client.polling import PollingClient
from shared.core.store import TopicPartition

PATIENCE = 30.0
"""Seconds: transactions are short."""


class Behind(NamedTuple):
    """Where the first transaction that is still open begins, and where its partition ends."""

    opened: int
    end: int


def behind(client: PollingClient | None, places: Iterable[TopicPartition]) -> dict[TopicPartition, Behind]:
    """Those of the places where records wait so, by what Kafka said at the last fetch."""
    if client is None:
        return {}
    found: dict[TopicPartition, Behind] = {}
    for place, tp in client.own(places).items():
        opened, end = client.last_stable_offset(tp), client.highwater(tp)
        if opened is not None and end is not None and opened < end:
            found[place] = Behind(opened, end)
    return found


class OpenTransactions:
    """Remembers since when each has stood open."""

    def __init__(self) -> None:
        self._since: dict[tuple[TopicPartition, int], float] = {}

    def problem(self, waiting: Mapping[TopicPartition, Behind], now: float) -> str | None:
        """The first that has stood open for longer than PATIENCE; `now` in monotonic seconds."""
        standing = {(place, at.opened): at for place, at in waiting.items()}
        self._since = {known: self._since.get(known, now) for known in standing}
        late = [known for known in sorted(standing) if now - self._since[known] >= PATIENCE]
        if not late:
            return None
        ((topic, partition), opened), since = late[0], self._since[late[0]]
        count = standing[late[0]].end - opened
        more = f", and so do {len(late) - 1} more partitions" if late[1:] else ""
        return (
            f"{topic}, partition {partition}: {count} records from offset {opened} on "
            f"wait for a transaction that a producer has left open for {now - since:.0f} s{more}: "
            "let it commit or abort; Kafka aborts it after its own transaction.timeout.ms, and "
            "kafka-transactions.sh finds it and aborts it at once"
        )
