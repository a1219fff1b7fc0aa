"""What judges a silence: the policy, the calendar, and the parameters that were in force in each week."""

from bisect import bisect_right
from dataclasses import dataclass

from services.insight.churn.policy import Policy
from services.insight.churn.weeks import Weeks
from services.insight.risk.mbg.mbg import Parameters


@dataclass(frozen=True, slots=True)
class InForce:
    """Parameters fitted to the purchases before the boundary of `week`, in force from there on."""

    week: int
    version: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Schedule:
    """Accepted fits in order of their weeks. Each stays until the next."""

    fits: tuple[InForce, ...] = ()

    def at(self, week: int) -> InForce | None:
        """None before the first accepted fit: then nobody is judged."""
        place = bisect_right(self.fits, week, key=lambda fit: fit.week)
        return self.fits[place - 1] if place else None

    def then(self, fit: InForce) -> "Schedule":
        """With one more. ValueError when it is not later than the last: the past keeps its parameters."""
        if self.fits and fit.week <= self.fits[-1].week:
            last = self.fits[-1]
            raise ValueError(
                f"fit {fit.version} of week {fit.week} comes after {last.version} of week {last.week}"
            )
        return Schedule((*self.fits, fit))


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a judgement needs besides the customer."""

    policy: Policy
    weeks: Weeks
    schedule: Schedule
