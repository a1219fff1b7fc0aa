"""How far use has fallen, and how severe that is."""

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

from services.insight.risk.decline.model import Learnt, chance
from services.insight.risk.ranges import Count, Falling, Part, Positive
from services.insight.risk.rule import Open


class Settings(NamedTuple):
    """`recent` weeks are held against those before, of which `habit` are needed. `falls_to`: down to
    which part of the habit use must fall for each severity; `over_at`: from which part on it is over;
    `least`: use a week below which nobody has a habit. `precision`: how many alerts are to be right, once
    that can be told: use in the `ahead` weeks that follow is at most half of that in the `before` weeks.
    Until then `beyond_chance` decides: how unlikely by chance, in standard deviations."""

    recent: Count = 4
    habit: Count = 8
    falls_to: Falling = (0.5, 0.25, 0.05)
    over_at: Part = 0.75
    beyond_chance: Positive = 3.0
    least: Positive = 0.5
    precision: Part = 0.6
    ahead: Count = 8
    before: Count = 16


class Fall(NamedTuple):
    """Use a week of late and by habit, how far beyond chance that is in standard deviations, and how many
    weeks the habit is known by."""

    recent: float
    habit: float
    beyond: float
    weeks: int

    @property
    def part(self) -> float:
        """Of the habit; whose habit is forgotten, so long ago was it, has not come back with nothing."""
        if self.habit:
            return self.recent / self.habit
        return inf if self.recent else 0.0


def fall(weeks: Sequence[int], settings: Settings) -> Fall | None:
    """From the weeks that are remembered, the newest last; None while they are too few for a habit."""
    known = len(weeks) - settings.recent
    if known < settings.habit:
        return None
    recent, habit = weeks[-settings.recent :], weeks[:known]
    usual, now = sum(habit) / known, sum(recent) / settings.recent
    if now >= usual:  # none, and cheap to say: it is asked at every event
        return Fall(now, usual, 0.0, known)
    spread = (sum(each * each for each in habit) - known * usual**2) / max(known - 1, 1)
    return Fall(now, usual, (usual - now) / noise(spread, usual, settings.recent, known), known)


def noise(spread: float, usual: float, recent: int, known: int) -> float:
    """Standard deviation of the difference of the means; weeks differ as Poisson's at least."""
    return sqrt(max(spread, usual) * (1 / recent + 1 / known))


def severity(
    seen: Fall, weeks: Sequence[int], learnt: Learnt | None, stands: Open | None, settings: Settings
) -> int:
    """What stands stays until use is back near the habit, which by then may have come down to it."""
    if seen.part >= settings.over_at:
        return 0
    reached = sum(seen.part <= part for part in settings.falls_to)
    if stands is not None:
        return max(stands.severity, reached)
    if seen.habit < settings.least:
        return 0
    if learnt is None or learnt.bound is None:
        return reached if seen.beyond >= settings.beyond_chance else 0
    return max(reached, 1) if chance(learnt, weeks) >= learnt.bound else 0
