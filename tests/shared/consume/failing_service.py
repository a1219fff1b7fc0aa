"""A made-up service that fails for some records, and what it made of all others."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.consume.poison import PoisonIsolator
from shared.resilience.transient import Outage, is_outage
from tests.shared.consume.records import Record

Bad = Callable[[int], bool]


def none(_: int) -> bool:
    return False


class Service:
    """Applies what is not bad; every third is a heartbeat or a touch to which it does nothing if `mixed`."""

    def __init__(
        self, bad: Bad, error: Exception | None = None, parks: bool = True, mixed: bool = False
    ) -> None:
        self.bad, self.parks, self.mixed = bad, parks, mixed
        self.error = error or ZeroDivisionError("no channel left")
        self.applied: list[int] = []
        self.dead_letters: list[int] = []
        self.rehearsed: list[int] = []
        self.given_up: set[int] = set()
        self.again()

    def again(self) -> None:
        """As after a restart: nothing is remembered."""
        self.isolator = PoisonIsolator(
            self.write, self.keep, self.rehearse, self.refused, self.type_of, self.retry, pause=0.0
        )

    def type_of(self, record: Any) -> str | None:
        if self.mixed and record.offset % 3:
            return None if record.offset % 3 == 1 else "touch"
        return "order"

    async def write(self, records: Sequence[Any]) -> None:
        todo = [each for each in records if each.offset not in {*self.applied, *self.dead_letters}]
        for each in todo:
            if self.bad(each.offset) and self.type_of(each) == "order":
                raise self.error
        self.applied += [each.offset for each in todo]
        types = Counter(type_ for each in todo if (type_ := self.type_of(each)))
        if self.isolator.evidence.wanted:
            self.isolator.written(types)

    async def keep(self, record: Any, reason: str) -> None:
        if not self.parks:
            raise ValueError("this row cannot be written")
        assert reason == f"{type(self.error).__name__}: {self.error}"
        self.dead_letters.append(record.offset)

    async def refused(self, topic: str, partition: int, offset: int) -> bool:
        return offset in self.given_up

    async def rehearse(self, record: Any) -> bool:
        self.rehearsed.append(record.offset)
        return not self.bad(record.offset)

    async def retry(self, attempt: Callable[[], Awaitable[None]]) -> None:
        for _ in range(3):
            try:
                return await attempt()
            except Exception as error:
                if not is_outage(error):
                    raise
                self.said = self.isolator.held
        raise Outage("given up")

    async def take(self, offsets: Sequence[int], partitions: int = 1) -> None:
        records = [Record(offset=n, partition=n % partitions, key=b"%d" % n) for n in offsets]
        await self.isolator.take(records)
