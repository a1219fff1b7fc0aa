"""What is kept of one customer between two touches, and what may become of an alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.insight.churn.alert import Alert
from services.insight.churn.silence import Silence, broken
from services.insight.churn.weeks import Weeks


class Judged(NamedTuple):
    """How far a partition is: mornings up to `through` are judged, the next are by those of `week`."""

    through: date
    week: int


def opened(weeks: Weeks) -> Judged:
    """Where every partition stands when the calendar opens, also one whose clock has not spoken yet."""
    return Judged(weeks.origin, 0)


def is_late(day: date, judged: Judged) -> bool:
    """Whether mornings after that purchase day have been judged without it."""
    return day < judged.through


class Buyer(NamedTuple):
    """The silence that the clock is in (None before the first purchase), whether an alert was `raised` on it,
    the id of the `alert` that stands on it, and the days `ahead`: heard of, in order, not yet folded."""

    silence: Silence | None = None
    raised: bool = False
    alert: str | None = None
    ahead: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    alert: Alert


@dataclass(frozen=True, slots=True)
class Resolved:
    """`on` is the day of return as first heard: an earlier one that follows in time is not told again."""

    alert_id: str
    on: date


@dataclass(frozen=True, slots=True)
class Withdrawn:
    alert_id: str
    reason: str


Change = Raised | Resolved | Withdrawn
Turn = tuple[Buyer, Sequence[Change]]


def settled(buyer: Buyer, through: date) -> Buyer:
    """With the purchase days folded whose every morning before is judged."""
    reached = [day for day in buyer.ahead if day <= through]
    if not reached:
        return buyer
    silence = buyer.silence
    for day in reached:
        silence = broken(silence, day)
    return Buyer(silence, ahead=buyer.ahead[len(reached) :])


def returned(buyer: Buyer) -> Turn:
    """A purchase resolves the alert that stands, at once, also when the clock has not reached its day."""
    if buyer.alert is None or not buyer.ahead:
        return buyer, ()
    return buyer._replace(alert=None), (Resolved(buyer.alert, buyer.ahead[0]),)
