"""How much is measured. Everything is seeded: two runs see the same events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ORIGIN = datetime(2025, 1, 6, tzinfo=UTC)
PARTITIONS = 6
SIGNALS = "signals"


@dataclass(frozen=True)
class Sizes:
    """Customers, events and times of one measurement; durations are in seconds where they are numbers."""

    customers: int = 9_000
    history_weeks: int = 14
    regulars: int = 5_000
    rush: int = 60_000
    one_by_one: int = 3_000
    sourced: int = 1_500
    repetitions: int = 3
    load_seconds: float = 20.0
    returns: int = 1_000
    alerts: int = 1_000

    @property
    def present(self) -> datetime:
        """When the history ends and the measured week begins."""
        return ORIGIN + timedelta(weeks=self.history_weeks)


QUICK = Sizes(repetitions=1)
