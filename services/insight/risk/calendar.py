"""The business's own days and weeks: a day begins at midnight where the business is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

WEEK = 7


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days are counted as `date.toordinal` does. Week k is the seven days from `origin + 7 k` on.

    A morning is the moment at which a day begins: all days before it are over.
    """

    origin: int
    zone: str = "UTC"

    def day(self, moment: datetime) -> int:
        """The day that a moment belongs to; a moment in UTC."""
        if self.zone == "UTC":
            return moment.toordinal()
        return moment.astimezone(ZoneInfo(self.zone)).toordinal()

    def morning(self, day: int) -> datetime:
        """The moment, in UTC, at which a day begins; where clocks leap over midnight, the first there is."""
        begins = datetime.combine(date.fromordinal(day), time(), UTC)
        if self.zone == "UTC":
            return begins
        return begins.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def week(self, day: int) -> int:
        return (day - self.origin) // WEEK

    def boundary(self, week: int) -> datetime:
        """The morning with which a week begins."""
        return self.morning(self.origin + WEEK * week)

    def week_of(self, moment: datetime) -> int:
        return self.week(self.day(moment))
