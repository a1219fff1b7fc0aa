"""Where partitions end now. The client hears that with each fetch; while a batch is held there is none."""

from collections.abc import Iterable, Mapping

from shared.consume.client.polling import PollingClient
from shared.core.store import TopicPartition


class Ends:
    """What was asked for last, beside what was fetched."""

    def __init__(self) -> None:
        self._asked: Mapping[TopicPartition, int] = {}

    async def ask(self, client: PollingClient, places: Iterable[TopicPartition]) -> None:
        """Of those that are assigned. Errors: `KafkaError` while no broker answers."""
        own = client.own(places)
        ends = await client.end_offsets(list(own.values())) if own else {}
        self._asked = {place: ends[tp] for place, tp in own.items()}

    def forget(self) -> None:
        """The logs may be others now."""
        self._asked = {}

    def of(
        self, client: PollingClient | None, places: Iterable[TopicPartition]
    ) -> Mapping[TopicPartition, int]:
        """Of each the greater of both; 0 while neither is known."""
        ends = {place: self._asked.get(place, 0) for place in places}
        if client:
            for place, tp in client.own(ends).items():
                ends[place] = max(client.last_stable_offset(tp) or 0, ends[place])
        return ends
