"""What judges when: each rule's standard, week by week. Between two boundaries nothing changes."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Rule, Standard

MICROSECOND = timedelta(microseconds=1)


class InForce(NamedTuple):
    """A standard and the week from whose boundary on it judges."""

    week: int
    standard: Standard


@dataclass(frozen=True, slots=True)
class Adopted:
    """A rule under one policy, over all of history: its standards in order of their weeks."""

    rule: Rule
    in_force: tuple[InForce, ...]

    def at(self, week: int) -> Standard | None:
        """None before the first: the rule is silent then."""
        place = bisect_right(self.in_force, week, key=lambda each: each.week)
        return self.in_force[place - 1].standard if place else None


class Segment(NamedTuple):
    """Time in which one set of standards judges, each in the place of its rule: timers fire after `since` and
    up to `until`, events count from `since` on and before `until`.

    A week ends just before the next begins, so that its first morning is judged by its own standards.
    """

    since: datetime
    until: datetime
    standards: tuple[Standard | None, ...]


@dataclass(frozen=True, slots=True)
class Standards:
    """The calendar and every rule adopted."""

    calendar: Calendar
    adopted: tuple[Adopted, ...]

    @property
    def rules(self) -> Sequence[Rule]:
        return [each.rule for each in self.adopted]

    def at(self, week: int) -> tuple[Standard | None, ...]:
        return tuple(each.at(week) for each in self.adopted)

    def end_of(self, week: int) -> datetime:
        """The last moment of a week."""
        return self.calendar.boundary(week + 1) - MICROSECOND

    def segments(self, since: datetime, until: datetime) -> Iterator[Segment]:
        """From one moment to another, cut at every boundary between them."""
        week = self.calendar.week_of(since + MICROSECOND)
        while since < until:
            end = min(until, self.end_of(week))
            yield Segment(since, end, self.at(week))
            since, week = end, week + 1
