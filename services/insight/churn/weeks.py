"""Mornings and weeks. A morning is the UTC midnight that begins a day: the days before it are known then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)


def morning(day: date) -> datetime:
    """The moment at which the day begins."""
    return datetime.combine(day, time(), UTC)


def last_morning(moment: datetime) -> date:
    """The day whose morning is the latest one not after that moment."""
    return moment.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class Weeks:
    """Week k is the seven mornings from `boundary(k)` on; week 0 begins with the morning of `origin`."""

    origin: date

    def boundary(self, week: int) -> date:
        return self.origin + timedelta(weeks=week)

    def week_of(self, day: date) -> int:
        return (day - self.origin).days // 7
