"""Judging many customers in one transaction: pure. Who is touched, what is told, what is due next."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from services.insight.churn.buyer import Buyer, Change, Judged, Turn, is_late
from services.insight.churn.live import due, dues, hear, judge
from services.insight.churn.revise import Told, revise
from services.insight.churn.rules import Rules
from services.insight.churn.weeks import morning
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
    """`people` are those before; `touched`, `told` and `timers` are what comes of it."""

    def __init__(self, rules: Rules | None, people: Mapping[str, Person]) -> None:
        self.rules, self.before, self.people = rules, people, dict(people)
        self.touched: dict[str, Person] = {}
        self.told: list[tuple[str, Change]] = []
        self.timers: dict[StreamName, tuple[int, datetime | None]] = {}

    def hear(self, customer: str, partition: int, days: Sequence[date], judged: Judged) -> bool:
        """New purchase days; False when one is late: the customer must be revised from the timeline."""
        if any(is_late(day, judged) for day in days):
            return False
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
            person = self.people[customer]
            turn = judge(person.buyer, customer, on, self.rules)
            again = self._turn(customer, person, turn, Judged(on, to.week))
            if again is not None and again <= to.through:
                heapq.heappush(heap, (again, name, partition))

    def enter_week(self, entered: Mapping[int, Judged]) -> None:
        """At a boundary: when everyone watched is due within the week that begins."""
        assert self.rules is not None, "no week begins before the calendar has opened"
        for partition, judged in entered.items():
            there = {c: p for c, p in self.people.items() if p.partition == partition}
            buyers = [person.buyer for person in there.values()]
            for customer, on in zip(there, dues(buyers, judged, self.rules), strict=True):
                if on is not None:
                    self.timers[stream(customer)] = (partition, morning(on))

    def numbered(self) -> Iterator[tuple[str, int, Change]]:
        """What is told, each with its version in the customer's stream."""
        versions = {customer: person.version for customer, person in self.before.items()}
        for customer, change in self.told:
            versions[customer] = versions.get(customer, 0) + 1
            yield customer, versions[customer], change

    def _turn(self, customer: str, person: Person, turn: Turn, judged: Judged) -> date | None:
        buyer, changes = turn
        after = Person(person.partition, buyer, person.version + len(changes))
        self.people[customer] = self.touched[customer] = after
        self.told += [(customer, change) for change in changes]
        next_on = due(buyer, judged, self.rules) if self.rules else None
        self.timers[stream(customer)] = (person.partition, morning(next_on) if next_on else None)
        return next_on
