"""Judging many customers in one transaction: pure. Who is touched, what is told, what is due next."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from services.insight.churn.buyer import Buyer, Change, Judged, Turn, is_late
from services.insight.churn.live import due, dues, hear, judge
from services.insight.churn.revise import Told, revise
from services.insight.churn.rules import Rules
from services.insight.churn.weeks import morning
from shared.contracts.reading import Unknown
from shared.core.quarantine import Quarantine, reason_of
from shared.core.store import Timer
from shared.core.stream import StreamName

CATEGORY = "silence"


class Person(NamedTuple):
    """A buyer, the partition that is their world, and how many alert facts their stream has."""

    partition: int
    buyer: Buyer = Buyer()
    version: int = 0


def stream(customer: str) -> StreamName:
    """The stream of a customer's alerts."""
    return StreamName(CATEGORY, customer)


class Judgement:
    """`people` are those before; `touched`, `told` and `timers` are what comes of it.

    Nothing comes of one whose judgement raises: `failed` has the partition and why.
    """

    def __init__(self, rules: Rules | None, people: Mapping[str, Person]) -> None:
        self.rules, self.before, self.people = rules, dict(people), dict(people)
        self.touched: dict[str, Person] = {}
        self.told: list[tuple[str, Change]] = []
        self.timers: dict[StreamName, tuple[int, datetime | None]] = {}
        self.failed: dict[str, tuple[int, Exception]] = {}
        self._asked: dict[str, None] = {}

    def hear(self, customer: str, partition: int, days: Sequence[date], judged: Judged) -> bool:
        """New purchase days; False when one is late: the customer must be revised from the timeline."""
        if any(is_late(day, judged) for day in days):
            return False
        with self.asking(customer, partition):
            person = self.people.get(customer, Person(partition))
            self._turn(customer, person, hear(person.buyer, days, judged), judged)
        return True

    def revise(
        self, customer: str, partition: int, days: Sequence[date], told: Mapping[str, Told], judged: Judged
    ) -> None:
        """Judge a customer anew from all their purchase days."""
        assert self.rules is not None, "nobody is late before the calendar has opened"
        person = self.people.get(customer, Person(partition))
        self._turn(customer, person, revise(customer, days, told, judged, self.rules), judged)

    def pass_time(self, ripe: Iterable[Timer], until: Mapping[int, Judged]) -> None:
        """Fire what is due on each partition up to its new morning, in order of (due, stream)."""
        assert self.rules is not None, "nothing is due before the calendar has opened"
        heap = [(each.at.date(), each.stream, each.partition) for each in ripe]
        heapq.heapify(heap)
        while heap:
            on, name, partition = heapq.heappop(heap)
            customer, to = name.id, until[partition]
            with self.asking(customer, partition):
                person = self.people[customer]
                turn = judge(person.buyer, customer, on, self.rules)
                again = self._turn(customer, person, turn, Judged(on, to.week))
                if again is not None and again <= to.through:
                    heapq.heappush(heap, (again, name, partition))

    def enter_week(self, people: Mapping[str, Person], partition: int, judged: Judged) -> None:
        """At a boundary: when everyone watched on a partition is due within the week that begins. Of these
        only who fails is remembered: the next partition's take their place."""
        assert self.rules is not None, "no week begins before the calendar has opened"
        self.people = dict(people)
        self._enter(list(people), partition, judged)
        self.before.update((customer, people[customer]) for customer in people.keys() & self.failed.keys())

    def _enter(self, customers: Sequence[str], partition: int, judged: Judged) -> None:
        """Asked together, which is quicker; apart where that raises, until who fails stands alone."""
        assert self.rules is not None
        try:
            found = dues([self.people[customer].buyer for customer in customers], judged, self.rules)
        except (ImportError, MemoryError):
            raise
        except Exception:
            if len(customers) == 1:
                with self.asking(customers[0], partition):
                    raise
            else:
                middle = len(customers) // 2
                self._enter(customers[:middle], partition, judged)
                self._enter(customers[middle:], partition, judged)
            return
        self._asked |= dict.fromkeys(customers)
        for customer, on in zip(customers, found, strict=True):
            if on is not None:
                self.timers[stream(customer)] = (partition, morning(on))

    def numbered(self) -> Iterator[tuple[str, int, Change]]:
        """What is told, each with its version in the customer's stream."""
        versions = {customer: person.version for customer, person in self.before.items()}
        for customer, change in self.told:
            versions[customer] = versions.get(customer, 0) + 1
            yield customer, versions[customer], change

    @contextmanager
    def asking(self, customer: str, partition: int) -> Iterator[None]:
        """Whatever judging this one raises is theirs alone, unless the release or the machine is at fault."""
        self._asked[customer] = None
        try:
            yield
        except (ImportError, MemoryError, Unknown):
            raise
        except Exception as error:  # noqa: BLE001 - whatever judging one customer raises
            self.failed[customer] = (partition, error)
            self.touched.pop(customer, None)
            self.timers.pop(stream(customer), None)
            self.told = [each for each in self.told if each[0] != customer]

    @property
    def outcomes(self) -> list[bool]:
        """Of everyone asked, whether it failed."""
        return [customer in self.failed for customer in self._asked]

    def set_aside(self, since: datetime) -> list[Quarantine]:
        """Those that failed; the store knows their timers."""
        return [
            Quarantine(stream(customer), partition, None, self._version(customer), reason_of(error), since)
            for customer, (partition, error) in self.failed.items()
        ]

    def _version(self, customer: str) -> int:
        return self.before[customer].version if customer in self.before else 0

    def _turn(self, customer: str, person: Person, turn: Turn, judged: Judged) -> date | None:
        buyer, changes = turn
        after = Person(person.partition, buyer, person.version + len(changes))
        self.people[customer] = self.touched[customer] = after
        self.told += [(customer, change) for change in changes]
        next_on = due(buyer, judged, self.rules) if self.rules else None
        self.timers[stream(customer)] = (person.partition, morning(next_on) if next_on else None)
        return next_on
