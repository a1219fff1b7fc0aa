"""What judges when: each rule's standard, week by week. Between two boundaries nothing changes."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Rule, Standard

MICROSECOND = timedelta(microseconds=1)
UNJUDGED = 20_000
"""A week after all that the calendar holds."""


class InForce(NamedTuple):
    """A standard and the week from whose boundary on it judges; None: the rule is silent from there on."""

    week: int
    standard: Standard | None


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

    A week ends just before the next begins, so that its first morning is judged by its own standards. `anew`
    are the places of rules under another policy than before: what they found is asked again as it begins.
    """

    since: datetime
    until: datetime
    standards: tuple[Standard | None, ...]
    anew: tuple[int, ...] = ()


@dataclass(frozen=True)
class Standards:
    """The calendar and every rule adopted. What judges in a week is looked up once."""

    calendar: Calendar
    adopted: tuple[Adopted, ...]
    _weeks: dict[int, tuple[Standard | None, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rules(self) -> Sequence[Rule]:
        return tuple(each.rule for each in self.adopted)

    def at(self, week: int) -> tuple[Standard | None, ...]:
        found = self._weeks.get(week)
        if found is None:
            found = self._weeks[week] = tuple(each.at(week) for each in self.adopted)
        return found

    def end_of(self, week: int) -> datetime:
        """The last moment of a week."""
        return self.calendar.boundary(week + 1) - MICROSECOND

    def segments(self, since: datetime, until: datetime) -> Iterator[Segment]:
        """From one moment to another, cut at every boundary between them; before the first standard at
        none."""
        week = self.calendar.week_of(since + MICROSECOND)
        while since < until:
            ends = max(week, self.first - 1)
            end = min(until, self.end_of(ends))
            yield Segment(since, end, self.at(week), self._anew(week) if self._begins(week, since) else ())
            since, week = end, ends + 1

    @cached_property
    def first(self) -> int:
        """The week from whose boundary on anybody is judged at all."""
        return min((each.in_force[0].week for each in self.adopted if each.in_force), default=UNJUDGED)

    def _begins(self, week: int, since: datetime) -> bool:
        return week >= self.first and since == self.end_of(week - 1)

    def _anew(self, week: int) -> tuple[int, ...]:
        before, now = self.at(week - 1), self.at(week)
        return tuple(
            place for place, (was, judges) in enumerate(zip(before, now, strict=True))
            if was and (judges is None or judges.version != was.version)
        )  # fmt: skip
