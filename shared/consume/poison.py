"""Records that a service cannot take: found by halving, and kept as dead letters if the fault is theirs.

What breaks the contract is refused before, without limit: that is its sender's fault. Here the service's own
work has failed, and the record is at fault only when the failure is a named one (`transient.py`) and another
record of its type could be written since. Otherwise the service is: its partition is held, nothing of it is
skipped, and it is tried again until somebody has mended what is broken; meanwhile other partitions go on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from shared.consume.admission import Record
from shared.consume.evidence import Evidence, place_of, written
from shared.consume.hold import PartitionHeld, in_one_line
from shared.consume.read_ahead import NewerType
from shared.consume.rehearsal import Rehearse, neighbours
from shared.resilience.transient import Outage, is_outage, may_be_its_own, passes

log = logging.getLogger(__name__)
TRIED_AGAIN = "nothing is skipped, it is tried again until what is broken is mended"

Write = Callable[[Sequence[Record]], Awaitable[None]]
DeadLetter = Callable[[Record, str], Awaitable[None]]
Refused = Callable[[str, int, int], Awaitable[bool]]
Retry = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
TypeOf = Callable[[Record], str | None]


class CircuitOpen(Outage):
    """The service is at fault, not the record: it waits to be mended, and skips nothing."""


class PoisonIsolator:
    """Takes records whole, or halves them until the one that fails stands alone.

    `type_of` is None for what never becomes a dead letter. `rehearse` says whether a record could be written
    by now, and writes nothing; `refused`, whether an operator gave the record of a place up. `held` says, in
    words, what is not going on and why.
    """

    def __init__(
        self,
        write: Write,
        dead_letter: DeadLetter,
        rehearse: Rehearse,
        refused: Refused,
        type_of: TypeOf,
        retry: Retry,
        pause: float = 1.0,
    ) -> None:
        self._write, self._dead_letter, self._rehearse, self._type_of = write, dead_letter, rehearse, type_of
        self._refused, self._retry_outage, self._pause = refused, retry, pause
        self._held: dict[int, str] = {}
        self._database: str | None = None
        self.evidence = Evidence()

    @property
    def held(self) -> str | None:
        """What holds, and since nobody else will mend it, what it waits for; None when all goes on."""
        said = [text for text in (self._database, *self._held.values()) if text]
        return f"{'; '.join(said)}; {TRIED_AGAIN}" if said else None

    def forget(self) -> None:
        """Other processes have these partitions now."""
        for partition in list(self._held):
            self._settled(partition)

    def written(self, types: Mapping[str, int]) -> None:
        """So many records of each type were applied: to be told while `evidence.wanted`."""
        self.evidence.written(types)

    async def take(self, records: Sequence[Record]) -> None:
        """Returns when each is applied or a dead letter.

        Errors: `Outage` when they are another's now; `CircuitOpen`, after a pause, while some are held.
        """
        try:
            await self.retry(lambda: self._write(records))
        except (Outage, asyncio.CancelledError):
            raise
        except Exception:
            log.info("a poll cannot be written as it is: it is taken apart", exc_info=True)
            await self._apart(records)
        else:
            for partition in self._held.keys() & {record.partition for record in records}:
                self._settled(partition)

    async def _apart(self, records: Sequence[Record]) -> None:
        turn, held = self.evidence.begin(), False
        try:
            for partition in sorted({record.partition for record in records}):
                mine = [record for record in records if record.partition == partition]
                held |= not await self._partition(partition, mine, turn)
        finally:
            self.evidence.end()
        if held:
            await asyncio.sleep(self._pause)
            raise CircuitOpen(self.held)

    async def _partition(self, partition: int, records: Sequence[Record], turn: int) -> bool:
        """False when it is held: a partition is one world, nothing of it goes on before the rest."""
        try:
            await self._halve(records, 0, len(records), turn)
        except PartitionHeld as held:
            if partition not in self._held:
                log.exception("held until it is mended")
            self._held[partition] = str(held)
            return False
        self._settled(partition)
        return True

    def _settled(self, partition: int) -> None:
        if self._held.pop(partition, None):
            log.info("partition %d goes on", partition)
        self.evidence.settled(partition)

    async def _halve(self, records: Sequence[Record], start: int, stop: int, turn: int) -> None:
        try:
            await self.retry(lambda: self._write(records[start:stop]))
        except (Outage, asyncio.CancelledError):
            raise
        except NewerType as newer:
            await self._beyond(newer, records, stop, turn)
        except Exception as error:
            if not may_be_its_own(error):
                lies = f"partition {records[start].partition} of {records[start].topic}"
                raise PartitionHeld(lies, error) from error
            if stop - start == 1:
                await self._one(records[start], error, records[stop:], turn)
                return
            middle = (start + stop) // 2
            await self._halve(records, start, middle, turn)
            await self._halve(records, middle, stop, turn)

    async def _beyond(self, newer: NewerType, records: Sequence[Record], stop: int, turn: int) -> None:
        """What comes before it is written; without it its partition goes on only if it was given up."""
        if not await self._refused(*newer.where):
            raise PartitionHeld("a newer type", newer) from newer
        at = next(n for n in range(stop) if place_of(records[n]) == newer.where)
        await self._isolate(records[at], newer)
        await self._halve(records, at + 1, stop, turn)

    async def _one(self, record: Record, error: Exception, behind: Sequence[Record], turn: int) -> None:
        """A dead letter if it failed after another of its type was written; else it is tried once more."""
        place, type_ = place_of(record), self._type_of(record)
        where = written(place)
        self.evidence.failed(place, turn)
        why: str | None
        if type_ is None:
            why = "what is no event is not given up by itself"
        elif self.evidence.speaks(place, type_):
            why = self.evidence.most_fail(type_)
        elif await self._any(neighbours(record, behind, self._type_of)):
            self.evidence.written({type_: 0})
            await self._halve([record, *behind], 0, 1, turn)
            return
        else:
            why = f"no other {type_} could be written since it failed"
        if why and not await self._refused(*place):
            way_out = f" (to give it up: evergreen refuse {where})"
            raise PartitionHeld(f"{where}: {why}", error, way_out) from error
        await self._isolate(record, error)
        self.evidence.isolated(place, type_)

    async def _any(self, records: Iterable[Record]) -> bool:
        for record in records:
            if await self._rehearse(record):
                return True
        return False

    async def _isolate(self, record: Record, error: Exception) -> None:
        log.error("a record of %s becomes a dead letter", record.topic, exc_info=error)
        try:
            await self.retry(lambda: self._dead_letter(record, f"{type(error).__name__}: {error}"))
        except (Outage, asyncio.CancelledError):
            raise
        except Exception as refused:
            raise PartitionHeld(
                f"{written(place_of(record))}: its dead letter cannot be written", refused
            ) from refused

    async def retry(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """An outage is waited out; what does not pass by itself is said meanwhile."""

        async def watched() -> None:
            try:
                await attempt()
            except Exception as error:
                mendable = is_outage(error) and not passes(error)
                self._database = in_one_line("PostgreSQL refuses", error) if mendable else None
                raise

        try:
            await self._retry_outage(watched)
        finally:
            self._database = None
