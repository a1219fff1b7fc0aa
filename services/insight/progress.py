"""How far each partition can be judged now: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.insight.churn.buyer import Judged
from services.insight.churn.rules import Rules
from services.insight.churn.weeks import DAY, last_morning
from shared.core.store import Timer
from shared.core.watermark import Clock


@dataclass(frozen=True, slots=True)
class Place:
    """A partition: how far its clock has come, and how far it is judged."""

    clock: Clock
    judged: Judged


def passing(places: Mapping[int, Place], rules: Rules) -> dict[int, Judged]:
    """Where time can pass within the week: to the clock's morning, at most the last before the boundary."""
    further: dict[int, Judged] = {}
    for partition, place in places.items():
        if place.clock.watermark is None:
            continue
        end = rules.weeks.boundary(place.judged.week + 1) - DAY
        through = min(last_morning(place.clock.watermark), end)
        if through > place.judged.through:
            further[partition] = Judged(through, place.judged.week)
    return further


class Part(NamedTuple):
    """A part of what time brings: timers up to `until` fire, and the partitions `judged` are judged so far.

    A morning on which more are due than one transaction takes is judged customer by customer; the partition
    stands until all are.
    """

    until: Mapping[int, Judged]
    judged: Mapping[int, Judged]


def part_of(further: Mapping[int, Judged], now: Mapping[int, Judged], ends: Mapping[int, Timer]) -> Part:
    """As far as the timers are known: up to the morning before that of the last of them, where they end."""
    until, judged = dict(further), dict(further)
    for partition, last in ends.items():
        week, before = further[partition].week, last.at.date() - DAY
        if before > now[partition].through:
            until[partition] = judged[partition] = Judged(before, week)
        else:
            until[partition] = Judged(last.at.date(), week)
            del judged[partition]
    return Part(until, judged)


def entering(places: Mapping[int, Place], rules: Rules, decided: int) -> dict[int, Judged]:
    """Which partitions go on to their next week: the clock is there, the parameters are settled."""
    entered: dict[int, Judged] = {}
    for partition, place in places.items():
        week = place.judged.week + 1
        last = place.judged.through >= rules.weeks.boundary(week) - DAY
        if last and _there(place.clock, rules, week) and (week < rules.policy.first_week or week <= decided):
            entered[partition] = Judged(place.judged.through, week)
    return entered


def vouched(clock: Clock, reached: datetime) -> tuple[datetime, bool]:
    """Up to where all is said, when this morning is judged, and whether nothing more will come: after the
    last morning that is to the very end, as the other stages say it."""
    end = clock.watermark
    if clock.closed and end is not None and end - reached < DAY:
        return end, True
    return reached, False


def fit_due(clocks: Iterable[Clock], rules: Rules, decided: int) -> int | None:
    """The week whose boundary the slowest clock has passed without parameters settled, if there is one."""
    week = max(decided + 1, rules.policy.first_week)
    return week if all(_there(clock, rules, week) for clock in clocks) else None


def _there(clock: Clock, rules: Rules, week: int) -> bool:
    return clock.watermark is not None and last_morning(clock.watermark) >= rules.weeks.boundary(week)
