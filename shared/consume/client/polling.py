"""aiokafka's consumer, each of whose polls goes through the hands of its owner."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition

from shared.consume.client.decompression import ALLOWANCE
from shared.consume.hold import Hold
from shared.core.store import TopicPartition

log = logging.getLogger(__name__)
Records = Mapping[KafkaPartition, Sequence[Any]]
Fetch = Callable[[], Awaitable[Records]]
Poll = Callable[[Fetch], Awaitable[Records]]


LEAVES_IN = 1.0
"""Seconds for a farewell: where Kafka does not answer, the session ends by itself."""


class PollingClient(AIOKafkaConsumer):  # type: ignore[misc]
    """FastStream polls in a loop: when it polls, all that it polled before has been dealt with.

    Whatever a poll fails with, it polls again and tells nobody: `polling` says so.
    `metadata_came` becomes true whenever the client has heard anew which topics there are.
    """

    def __init__(self, poll: Poll, *topics: str, **settings: Any) -> None:
        super().__init__(*topics, **settings)
        self._poll = poll
        self.polling = Hold("records can't be fetched")
        self.metadata_came = False
        self._client.cluster.add_listener(self._note)

    async def getmany(
        self, *partitions: KafkaPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Records:
        fetch = partial(self._fetch, *partitions, timeout_ms=timeout_ms, max_records=max_records)
        try:
            records = await self._poll(fetch)
        except Exception as error:
            self.polling.failed(error, monotonic())
            log.warning("polled in vain: %s: %s", type(error).__name__, error)
            raise
        self.polling.went_well(monotonic())
        return records

    async def _fetch(self, *partitions: KafkaPartition, **limits: Any) -> Records:
        with ALLOWANCE.poll():
            found: Records = await super().getmany(*partitions, **limits)
            return found

    async def stop(self) -> None:
        """Leave the group at once.

        A named member keeps its partitions while its session lasts: meant for one that was killed and comes
        again, it would leave them to nobody when it was told to end.
        """
        if (member := self._coordinator) is not None:
            member._group_instance_id = None  # noqa: SLF001
            member._maybe_leave_group = partial(_in_time, member._maybe_leave_group)  # noqa: SLF001
        await super().stop()

    def own(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, KafkaPartition]:
        """Those of the places that are assigned, as Kafka's client names them: of others it knows nothing."""
        assigned = self.assignment()
        return {place: tp for place in places if (tp := KafkaPartition(*place)) in assigned}

    async def refresh(self) -> None:
        """Ask now which topics there are, and share the partitions out anew if that has changed."""
        await self._client.force_metadata_update()

    def _note(self, _: object) -> None:
        self.metadata_came = True


async def _in_time(leave: Callable[[], Awaitable[None]]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(leave(), LEAVES_IN)
