"""Where partitions end now. The client hears that with each fetch; while a batch is held there is none."""

from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition as KafkaPartition

from shared.consume.client.polling import PollingClient
from shared.core.store import TopicPartition


class Ends:
    """What was asked for last, beside what was fetched."""

    def __init__(self) -> None:
        self._asked: Mapping[KafkaPartition, int] = {}

    async def ask(self, client: PollingClient, places: Iterable[TopicPartition]) -> None:
        """Of those that are assigned. Errors: `KafkaError` while no broker answers."""
        parts = client.assignment() & {KafkaPartition(*place) for place in places}
        self._asked = await client.end_offsets(parts) if parts else {}

    def forget(self) -> None:
        """The logs may be others now."""
        self._asked = {}

    def of(self, client: PollingClient | None, place: TopicPartition) -> int:
        """The greater of both; 0 while neither is known."""
        tp = KafkaPartition(*place)
        fetched = client.last_stable_offset(tp) if client and tp in client.assignment() else None
        return max(fetched or 0, self._asked.get(tp, 0))
