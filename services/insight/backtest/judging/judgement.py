"""What a list of alerts was worth under a label, beside the best plain rule on the same log."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.judging import occasions, silences
from services.insight.backtest.judging.labels import FALSE, NOTHING, OPEN, TRUE, Label, came_true
from services.insight.backtest.judging.scores import Auc, Share, auc, share, top_tenth
from services.insight.backtest.judging.silences import Cohort, Plain, Told
from services.insight.backtest.log.history import Ints, moment
from services.insight.backtest.log.outcome import Outcome
from services.insight.risk.calendar import Calendar
from services.insight.risk.purchases import Purchases

Floats = NDArray[np.float64]


class Window(NamedTuple):
    """Alerts from one moment on and up to another are judged, in seconds since 1970; as days too."""

    since: int
    until: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What alerts are judged on: the whole log's outcome, its silences by the label's weeks, and the time."""

    outcome: Outcome
    calendar: Calendar
    window: Window
    bought: Purchases
    buyers: Ints
    _cohorts: dict[int, Cohort] = field(default_factory=dict)

    def cohort(self, weeks: int) -> Cohort:
        """Made once: it is asked for by every rule."""
        if weeks not in self._cohorts:
            first, last = self.window.first, self.window.last
            self._cohorts[weeks] = silences.cohort(self.bought, self.buyers, first, last, weeks)
        return self._cohorts[weeks]


class Curve(NamedTuple):
    """By days since the last purchase: the part told of by these alerts, and by the own gaps. By numbers of
    days: how often right they are as a rule, and what part they tell of."""

    days: tuple[int, ...]
    ours: list[float]
    gaps: list[float] | None
    fixed: list[tuple[int, float, float]]


class Judgement(NamedTuple):
    """`became` of each alert: TRUE, FALSE, OPEN or NOTHING. `lead`: the same log told of by these alerts, by
    the best number of days and by the best multiple of the own gap, at equal precision."""

    label: Label
    became: NDArray[np.int8]
    precision: Share
    lead: Told
    days: Plain | None
    gaps: Plain | None
    curve: Curve | None

    @property
    def counts(self) -> dict[str, int]:
        names = {"right": TRUE, "wrong": FALSE, "open": OPEN, "no_habit": NOTHING}
        return {name: int((self.became == value).sum()) for name, value in names.items()}


def judgement(ground: Ground, label: Label, whose: Ints, at: Ints) -> Judgement:
    """Of alerts on customers (by number) at moments in seconds since 1970, those within the window."""
    became = came_true(label, ground.outcome, whose, at)
    right, wrong = int((became == TRUE).sum()), int((became == FALSE).sum())
    precision = share(right, right + wrong)
    if label.what == "no purchase":
        return Judgement(label, became, precision, *_by_silences(ground, label, whose, at))
    return Judgement(label, became, precision, *_by_occasions(ground, label, whose, at), None, None)


def _by_silences(
    ground: Ground, label: Label, whose: Ints, at: Ints
) -> tuple[Told, Plain | None, Plain | None, Curve | None]:
    there = ground.cohort(label.weeks)
    days = silences.days_of_alerts(there, whose, _mornings(ground, at))
    told = silences.told_of(there, days)
    if told.precision is None:
        return told, None, None, None
    gaps = silences.best_gaps(there, told.precision)
    after = np.ceil(gaps.number * there.gap) if gaps else None
    curve = Curve(
        silences.WITHIN,
        silences.told_within(there, days),
        None if after is None else silences.told_within(there, after),
        silences.precision_by_days(there),
    )
    return told, silences.best_days(there, told.precision), gaps, curve


def _mornings(ground: Ground, at: Ints) -> Ints:
    """The day that each moment belongs to, where the business is."""
    kinds, places = np.unique(at, return_inverse=True)
    days = np.array([ground.calendar.day(moment(int(each) * 1_000_000)) for each in kinds], dtype=np.int64)
    return days[places] if len(kinds) else np.zeros(0, dtype=np.int64)


def _by_occasions(ground: Ground, label: Label, whose: Ints, at: Ints) -> tuple[Told, Plain | None]:
    window = ground.window
    there = occasions.occasions(label, ground.outcome, window.since, window.until)
    told = occasions.told_of(label, ground.outcome, there, whose, at)
    if told.precision is None:
        return told, None
    return told, occasions.best_days(label, ground.outcome, there, told.precision, window.since, window.until)


class Ranking(NamedTuple):
    """A score of everybody at one moment against what came true after it."""

    label: Label
    auc: Auc
    repeaters: Auc
    top_tenth: Share
    base: Share
    scores: Floats
    true: NDArray[np.bool_]


def ranking(ground: Ground, label: Label, whose: Ints, at: int, scores: Floats) -> Ranking | None:
    """Of those whom rule and label say anything of, and who have not cancelled; None: of nobody."""
    became = came_true(label, ground.outcome, whose, np.full(len(whose), at))
    kept = ((became == TRUE) | (became == FALSE)) & np.isfinite(scores)
    kept &= ~already_gone(ground.outcome, whose, np.full(len(whose), at))
    if not kept.any():
        return None
    found, true = scores[kept], became[kept] == TRUE
    again = _bought_again(ground, whose, at)[kept]
    return Ranking(
        label, auc(found, true), auc(found[again], true[again]), top_tenth(found, true),
        share(int(true.sum()), len(true)), found, true,
    )  # fmt: skip


def already_gone(outcome: Outcome, whose: Ints, at: Ints) -> NDArray[np.bool_]:
    """Who had cancelled, and has done nothing since."""
    cancelled = outcome.cancelled.before(whose, at)
    last = np.maximum(outcome.bought.before(whose, at), outcome.active.before(whose, at))
    return np.asarray((cancelled > 0) & (cancelled >= last))


def _bought_again(ground: Ground, whose: Ints, at: int) -> NDArray[np.bool_]:
    """Who had bought on two days at least."""
    day = int(_mornings(ground, np.array([at]))[0])
    counts = np.zeros(len(ground.outcome.customers), dtype=np.int64)
    sizes = np.diff(ground.bought.starts)
    before = np.bincount(np.repeat(ground.buyers, sizes)[ground.bought.days < day], minlength=len(counts))
    return np.asarray(before[whose] >= 2)
