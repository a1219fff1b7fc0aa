"""What a service does with a batch: the port between consumer and the services."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from shared.contracts.event import Event
from shared.core.batch import Batch


class Handler(Protocol):
    """What one service does with its batches; `awaits` are sources without whose word no time passes."""

    @property
    def awaits(self) -> frozenset[str]: ...

    async def handle(self, batch: Batch) -> Counter[str]:
        """Write the batch's effects and its positions in one transaction.

        Returns how many events of each topic changed nothing: they were heard before, at another offset.
        """

    async def prepare(self, batch: Batch) -> None:
        """Work out what can be of the batch that is handled next, while the one before it is being written.

        Changes nothing that shows; `handle` is right without it.
        """

    async def known(self, events: Sequence[Event]) -> set[bytes]:
        """The identities of those of these events that were taken before."""

    def forget(self) -> None:
        """Trust nothing remembered: another process may have written."""

    async def reread_quarantine(self, partitions: Sequence[int]) -> bool:
        """Between two batches: streams that an operator released go on, those he set aside stand still.

        True when dead letters were asked for that a released stream takes before anything new.
        """

    def assigned(self, partitions: frozenset[int]) -> None:
        """These partitions are this process's own now, and no others."""
