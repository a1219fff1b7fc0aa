"""How far each partition is judged, and how far it can be: pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.insight.risk.standards import MICROSECOND, Standards
from shared.core.watermark import Clock


class Frontier(NamedTuple):
    """Everything up to `through` is judged; what comes next, by the standards of `week`."""

    through: datetime
    week: int


@dataclass(frozen=True, slots=True)
class Place:
    """A partition: how far its clock has come, and how far it is judged."""

    clock: Clock
    judged: Frontier


def opened(standards: Standards) -> Frontier:
    """Where each partition stands when the calendar opens."""
    return Frontier(standards.calendar.boundary(0) - MICROSECOND, 0)


def passing(places: Mapping[int, Place], standards: Standards) -> dict[int, Frontier]:
    """Where time can pass within the week: to where the clock stands, at most to the week's end."""
    further: dict[int, Frontier] = {}
    for partition, (clock, judged) in _known(places):
        through = min(clock, standards.end_of(judged.week))
        if through > judged.through:
            further[partition] = Frontier(through, judged.week)
    return further


def going(place: Place, standards: Standards) -> Frontier:
    """Where a partition stands, on which something waits. After the last word of all sources no clock moves
    any more: then what is heard late is judged as it comes, each time at the next moment there is."""
    judged = place.judged
    return judged._replace(through=judged.through + MICROSECOND) if ended(place, standards) else judged


def ended(place: Place, standards: Standards) -> bool:
    """Whether no clock carries a partition further, though its week goes on."""
    clock, judged = place.clock, place.judged
    if clock.watermark is None or not clock.closed:
        return False
    return clock.watermark <= judged.through < standards.end_of(judged.week)


def going_further(
    places: Mapping[int, Place], waiting: Iterable[int], standards: Standards, settled: int
) -> dict[int, Frontier]:
    """Where time can pass, or something is due where it stands.

    Nowhere in a week that is not settled: a former release entered it, whose parameters judge no more.
    """
    places = {partition: place for partition, place in places.items() if place.judged.week <= settled}
    standing = {
        partition: going(places[partition], standards) for partition in waiting if partition in places
    }
    return standing | passing(places, standards)


def idle(further: Mapping[int, Frontier], places: Mapping[int, Place], due: Collection[int]) -> list[int]:
    """Which of these would stand where they are, or go beyond their clock, for nothing."""
    return [each for each in further.keys() - due if not _passes(places[each], further[each])]


def _passes(place: Place, to: Frontier) -> bool:
    watermark = place.clock.watermark
    return to != place.judged and watermark is not None and to.through <= watermark


def entering(places: Mapping[int, Place], standards: Standards, settled: int) -> dict[int, Frontier]:
    """Which partitions go on to their next week: the clock is there, the week's parameters are settled."""
    return {
        partition: Frontier(judged.through, judged.week + 1)
        for partition, (clock, judged) in _known(places)
        if judged.week < settled
        and judged.through >= standards.end_of(judged.week)
        and clock >= standards.calendar.boundary(judged.week + 1)
    }


def unsettled(clocks: Iterable[Clock], standards: Standards, settled: int) -> int | None:
    """The week whose boundary the slowest clock has passed before its parameters are settled, if there is
    one."""
    boundary = standards.calendar.boundary(settled + 1)
    there = all(clock.watermark is not None and clock.watermark >= boundary for clock in clocks)
    return settled + 1 if there else None


def vouched(clock: Clock, through: datetime) -> tuple[datetime, bool]:
    """Up to where all is said when that much is judged, and whether nothing more will come."""
    return through, clock.closed and clock.watermark is not None and through >= clock.watermark


def _known(places: Mapping[int, Place]) -> Iterable[tuple[int, tuple[datetime, Frontier]]]:
    for partition, place in places.items():
        if place.clock.watermark is not None:
            yield partition, (place.clock.watermark, place.judged)
