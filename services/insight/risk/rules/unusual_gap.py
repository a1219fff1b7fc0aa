"""Unusual gap: a frequent buyer has not come for longer than she herself ever lets pass. Unusual for her, which is
another thing than lost: most come back, and a word in time finds out why they stayed away.

Logs of gaps are taken for normal: a customer's own mean and spread, drawn towards the crowd's while few gaps are
known (conjugate normal-gamma; Gelman et al., Bayesian Data Analysis, 3.3). It speaks on mornings.
"""

from datetime import date, datetime
from math import exp, log, sqrt
from typing import NamedTuple

from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid

NAME = "unusual_gap"


class Settings(NamedTuple):
    """Of how many gaps at least, how often as long as that in a hundred at most (for each severity), and the
    shortest gap in days that is worth a word."""

    fewest_gaps: int = 6
    seldom: tuple[float, float, float] = (2.0, 0.5, 0.1)
    shortest: int = 5


class Crowd(NamedTuple):
    """Of everybody's gaps, as logs of days: the mean of means, the usual spread within one customer, and for how
    many own gaps each counts."""

    mean: float
    spread: float
    mean_counts: float
    spread_counts: float


class Rhythm(NamedTuple):
    """The day of the last purchase, how many gaps came before it, and the sums of their logs and squares."""

    last: int
    gaps: int = 0
    total: float = 0.0
    squares: float = 0.0


def _evolve(rhythm: Rhythm | None, event: Event, calendar: Calendar) -> Rhythm:
    day = calendar.day(event.time)
    if rhythm is None:
        return Rhythm(day)
    if day == rhythm.last:
        return rhythm
    gap = log(day - rhythm.last)
    return Rhythm(day, rhythm.gaps + 1, rhythm.total + gap, rhythm.squares + gap * gap)


def unusual_after(rhythm: Rhythm, crowd: Crowd, seldom: float) -> int:
    """Days after which at most so many gaps in a hundred are longer."""
    n, before = rhythm.gaps, crowd.mean_counts
    mean = (before * crowd.mean + rhythm.total) / (before + n)
    own = rhythm.squares - rhythm.total**2 / n if n else 0.0
    drawn = before * n / (before + n) * (rhythm.total / n - crowd.mean) ** 2 if n else 0.0
    freedom = crowd.spread_counts + n
    spread = sqrt((crowd.spread_counts * crowd.spread**2 + max(own, 0.0) + drawn) / freedom)
    beyond = _student(1 - seldom / 100, freedom) * spread * sqrt(1 + 1 / (before + n))
    return int(min(exp(min(mean + beyond, 8.0)), 3_000.0)) + 1


def _student(part: float, freedom: float) -> float:
    """The quantile of Student's t by the expansion of Cornish and Fisher (Abramowitz, Stegun 26.7.5)."""
    z = _normal(part)
    g1, g2 = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + g1 / freedom + g2 / freedom**2


def _normal(part: float) -> float:
    """The upper quantile of the normal, within 4.5e-4 (Abramowitz, Stegun 26.2.23)."""
    t = sqrt(-2 * log(1 - part))
    return t - (2.515517 + 0.802853 * t + 0.010328 * t**2) / (
        1 + 1.432788 * t + 0.189269 * t**2 + 0.001308 * t**3
    )


def _steps(rhythm: Rhythm, standard: Standard) -> list[int]:
    """The days on which the gap becomes how unusual; none while too little is known."""
    settings: Settings = standard.settings
    if standard.parameters is None or rhythm.gaps < settings.fewest_gaps:
        return []
    after = (unusual_after(rhythm, standard.parameters, seldom) for seldom in settings.seldom)
    return [rhythm.last + max(days, settings.shortest) for days in after]


def _find(
    rhythm: Rhythm | None, at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    if rhythm is None:
        return None
    day, opening = calendar.day(at), date.fromordinal(rhythm.last).isoformat()
    before = stands.severity if stands and stands.opening == opening else 0
    steps = _steps(rhythm, standard)
    severity = max(before, sum(day >= step for step in steps))
    if not severity:
        return None
    days, usual = day - rhythm.last, exp(rhythm.total / rhythm.gaps)
    return Finding(
        opening, calendar.morning(rhythm.last), severity, None,
        f"{days} days since the last purchase, where {usual:.0f} are usual for this customer",
        tuple(Condition("days", days, ">=", step - rhythm.last) for step in steps[severity - 1 : severity]),
        {"days": days, "usual_days": round(usual, 3), "gaps": rhythm.gaps},
    )  # fmt: skip


def _due(
    rhythm: Rhythm | None, since: datetime, until: datetime, standard: Standard, calendar: Calendar,
    stands: Open | None,
) -> datetime | None:  # fmt: skip
    if rhythm is None:
        return None
    opening = date.fromordinal(rhythm.last).isoformat()
    before = stands.severity if stands and stands.opening == opening else 0
    if not (steps := _steps(rhythm, standard)[before:]):
        return None
    morning = calendar.morning(max(steps[0], calendar.day(since) + 1))
    return morning if morning <= until else None


UNUSUAL_GAP = Rule(
    NAME, frozenset({OrderPaid}), None, _evolve, _find, _due, settings=Settings, parameters=Crowd
)  # fmt: skip
