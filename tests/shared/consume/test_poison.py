"""Poison is found and isolated; a service that can hardly take anything holds instead."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from shared.consume.poison import LAST, MOST, PoisonIsolator
from shared.resilience.transient import Outage
from tests.shared.consume.test_admission import Letter


class Service:
    """Applies what is not bad, and gives a held attempt up after a few tries, as on SIGTERM."""

    def __init__(self, bad: Callable[[int], bool], parks: bool = True) -> None:
        self.bad, self.parks = bad, parks
        self.applied: list[int] = []
        self.dead_letters: list[int] = []
        self.tries = 0
        self.isolator = PoisonIsolator(self.write, self.keep, self.retry)

    async def write(self, records: Sequence[Any]) -> None:
        if any(self.bad(each.offset) for each in records):
            raise ZeroDivisionError("no pan left")
        self.applied += [each.offset for each in records]

    async def keep(self, records: Sequence[Any], reason: str) -> None:
        if not self.parks:
            raise ValueError("this row cannot be written")
        assert reason == "ZeroDivisionError: no pan left"
        self.dead_letters += [each.offset for each in records]

    async def retry(self, attempt: Callable[[], Awaitable[None]]) -> None:
        for _ in range(5):
            try:
                return await attempt()
            except Outage:
                self.tries += 1
        raise Outage("given up")

    async def take(self, offsets: range) -> None:
        await self.isolator.take([Letter(offset=each) for each in offsets])


async def test_each_that_fails_is_parked_and_all_others_are_applied_in_order() -> None:
    service = Service(lambda offset: offset in {7, 222, 223})
    await service.take(range(300))
    assert service.dead_letters == [7, 222, 223]
    assert service.applied == [each for each in range(300) if each not in service.dead_letters]


async def test_when_most_fail_the_service_holds_and_skips_nothing() -> None:
    service = Service(lambda _: True)
    with pytest.raises(Outage):
        await service.take(range(300))
    assert (service.dead_letters, service.applied) == (list(range(MOST)), [])
    assert service.tries > 1


async def test_what_passes_here_and_there_does_not_hide_that_most_fail() -> None:
    service = Service(lambda offset: offset % 4 != 0)
    with pytest.raises(Outage):
        await service.take(range(300))
    assert len(service.dead_letters) == MOST


async def test_once_mended_it_goes_on_with_the_record_it_held() -> None:
    service = Service(lambda offset: offset < MOST or (offset == MOST and service.tries < 3))
    await service.take(range(100))
    assert service.dead_letters == list(range(MOST))
    assert service.applied == list(range(MOST, 100))


async def test_a_few_in_a_long_time_never_add_up() -> None:
    service = Service(lambda offset: offset % LAST == 0)
    for start in range(0, 100 * LAST, LAST):
        await service.take(range(start, start + LAST))
    assert len(service.dead_letters) == 100


async def test_what_cannot_be_parked_is_held_too() -> None:
    service = Service(lambda offset: offset == 3, parks=False)
    with pytest.raises(Outage):
        await service.take(range(8))
    assert (service.applied, service.tries) == ([0, 1, 2], 5)
