"""Judging many customers in one transaction: pure. Who is touched, what is said, what is due next."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from services.insight.judging.asked import Asked, may_speak
from services.insight.judging.frontier import Frontier
from services.insight.judging.people import Row, stream, unheard
from services.insight.risk.carry import (
    BEGINNING,
    LATE,
    Coming,
    Kept,
    Spoken,
    carry,
    joined,
    prefixes,
    revise,
    settled,
    speaks,
    told_with,
)  # fmt: skip
from services.insight.risk.difference import Said
from services.insight.risk.standards import MICROSECOND, Segment, Standards
from services.insight.risk.walk import Person, nobody
from shared.core.stream import StreamName

REBUILT = "judged anew by other rules"
At = Callable[[int], Frontier | None]


class Judgement(Asked):
    """`people` are those before; `touched`, `said` and `timers` are what comes of it."""

    def __init__(self, standards: Standards | None, people: Mapping[str, Row]) -> None:
        super().__init__()
        self.standards, self.before, self.people = standards, dict(people), dict(people)
        self.touched: dict[str, Row] = {}
        self.said: dict[str, list[Spoken]] = {}
        self.timers: dict[StreamName, tuple[int, datetime | None]] = {}

    def hear(self, heard: Mapping[str, Sequence[Coming]], partitions: Mapping[str, int], at: At) -> None:
        """What was heard waits for the clock; who is kept by other rules is judged anew when time passes.

        `at` says how far a partition is judged (None: nobody is, no clock has opened the calendar).
        """
        joined_up: dict[str, Kept] = {}
        for customer, each in heard.items():
            partition = partitions[customer]
            with self.asking(customer, partition):
                row = self.people.get(customer) or unheard(partition)
                judged = at(partition)
                if row.kept is None:
                    self._wake(customer, partition, judged)
                    continue
                kept = self._settled(row.kept, judged)
                kept = joined(kept, (one._replace(effect=max(one.effect, kept.through)) for one in each))
                self._keep(customer, row._replace(kept=kept))
                joined_up[customer] = kept
        for customer in self._speaking(joined_up, {who: at(partitions[who]) for who in joined_up}):
            with self.asking(customer, partitions[customer]):
                self._due(customer, at(partitions[customer]))

    def _settled(self, kept: Kept, judged: Frontier | None) -> Kept:
        """As far as the partition is judged: up to there nothing is left to be said of anybody."""
        if judged is None or self.standards is None:
            return kept
        if kept.revised_at is not None and kept.revised_at < judged.through:
            return kept
        return settled(kept, judged.through, self.standards)

    def _speaking(self, kept: Mapping[str, Kept], judged: Mapping[str, Frontier | None]) -> list[str]:
        """Of whom something may be said before their week ends; asked of all together. The others are not
        due."""
        if self.standards is None:
            return []
        asked: dict[int, list[tuple[str, Person]]] = {}
        found: list[str] = []
        for customer, each in kept.items():
            to = judged[customer]
            assert to is not None
            if each.person.alert or any(one.late for one in each.ahead):
                found.append(customer)
                continue
            with self.asking(customer, self.people[customer].partition):
                events = (one.event for one in each.ahead)
                for states in prefixes(each.person.states, events, self.standards):
                    asked.setdefault(to.week, []).append((customer, Person(states, {}, None)))
        for week, rows in asked.items():
            segment = Segment(BEGINNING, self.standards.end_of(week), self.standards.at(week))
            places = may_speak([person for _, person in rows], segment, self.standards)
            found += [rows[place][0] for place in places if rows[place][0] not in self.failed]
        quiet = kept.keys() - found - self.failed.keys()
        self.timers |= {stream(who): (self.people[who].partition, self.people[who].over) for who in quiet}
        return list(dict.fromkeys(found))

    def pass_time(
        self, customers: Iterable[str], until: Mapping[int, Frontier], before: At
    ) -> dict[str, int]:
        """Carry these on from `before` to where their partitions are judged now; those with their partition
        who have to be judged anew before they can go on."""
        assert self.standards is not None, "nothing is due before the calendar has opened"
        stopped: dict[str, int] = {}
        for customer in customers:
            row = self.people[customer]
            with self.asking(customer, row.partition):
                to = until[row.partition]
                if row.kept is not None:
                    kept = self._just_before(row.kept, before(row.partition))
                    kept, said = carry(customer, kept, to.through, self.standards)
                    self._say(customer, said)
                    row = row._replace(kept=kept)
                    self._keep(customer, row)
                if row.kept is None or _stops(row.kept, to.through):
                    stopped[customer] = row.partition
                else:
                    self._due(customer, to)
        return stopped

    def _just_before(self, kept: Kept, judged: Frontier | None) -> Kept:
        """Where the partition was judged before: what is due exactly there is still to be said."""
        return self._settled(kept, judged._replace(through=judged.through - MICROSECOND)) if judged else kept

    def revise(
        self, customer: str, heard: Sequence[Coming], told: Mapping[str, Sequence[Said]],
        until: Mapping[int, Frontier],
    ) -> None:  # fmt: skip
        """Judge one anew from everything heard, where they stand; `told` is what their stream says."""
        assert self.standards is not None, "nobody is judged before the calendar has opened"
        row = self.people[customer]
        with self.asking(customer, row.partition):
            reason, kept = LATE, row.kept
            if kept is None:
                through = until[row.partition].through
                later = (each for each in heard if each.effect > through or each.event.time >= through)
                kept, reason = joined(Kept(nobody(self.standards.rules), through), later), REBUILT
            already = told_with(told, self.said.get(customer, ()))
            kept, said = revise(customer, kept, heard, already, self.standards, reason)
            self._say(customer, said)
            self._keep(customer, row._replace(kept=kept))

    def enter(self, people: Mapping[str, Row], partition: int, judged: Frontier) -> None:
        """At a boundary: when some of those on a partition speak within the week that begins. Of these only
        who fails is remembered: the next take their place."""
        assert self.standards is not None, "no week begins before the calendar has opened"
        self.people = {}
        for customer, row in people.items():
            with self.asking(customer, partition):
                kept = self._settled(row.kept, judged) if row.kept else None
                self.people[customer] = row._replace(kept=kept)
        [segment] = self.standards.segments(judged.through, self.standards.end_of(judged.week))
        for customer in self._coming(self.people, segment):
            if self.people[customer].kept is None:
                self._wake(customer, partition, judged)
            else:
                with self.asking(customer, partition):
                    self._due(customer, judged)
        self.before.update((customer, people[customer]) for customer in people.keys() & self.failed.keys())

    def _coming(self, people: Mapping[str, Row], segment: Segment) -> Iterator[str]:
        """Who may have something said of them; asked of all together."""
        assert self.standards is not None
        simple: dict[str, Kept] = {}
        for customer, row in people.items():
            if row.kept is None or row.kept.ahead or (segment.anew and row.kept.person.alert):
                yield customer
            else:
                simple[customer] = row.kept
        names = list(simple)
        for place in may_speak([kept.person for kept in simple.values()], segment, self.standards):
            yield names[place]

    def _wake(self, customer: str, partition: int, judged: Frontier | None) -> None:
        self.timers[stream(customer)] = (partition, judged.through if judged else BEGINNING)

    def _due(self, customer: str, judged: Frontier | None) -> None:
        row = self.people[customer]
        assert row.kept is not None
        at = None
        if judged and self.standards:
            at = speaks(customer, row.kept, self.standards.end_of(judged.week), self.standards)
        self.timers[stream(customer)] = (row.partition, row.due(at))

    def _keep(self, customer: str, row: Row) -> None:
        self.people[customer] = self.touched[customer] = row

    def _say(self, customer: str, said: Iterable[Spoken]) -> None:
        self.said.setdefault(customer, []).extend(said)

    def drop(self, customer: str) -> None:
        self.touched.pop(customer, None)
        self.said.pop(customer, None)
        self.timers.pop(stream(customer), None)

    def version(self, customer: str) -> int:
        return self.before[customer].version if customer in self.before else 0


def _stops(kept: Kept, until: datetime) -> bool:
    return kept.revised_at is not None and kept.revised_at < until
