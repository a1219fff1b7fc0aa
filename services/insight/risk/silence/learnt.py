"""What the rule is asked for, and what it has learnt to judge by."""

from typing import NamedTuple

from services.insight.risk.ranges import Count, Part
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.model import Model


class Settings(NamedTuple):
    """Of ten alerts, how many are to be right; what is asked for until that can be told; and from which
    week on, of how many customers and repeat buyers at least, anything is said at all."""

    precision: Part = 0.65
    untaught: Part = 0.7
    first_week: Count = 8
    fewest_customers: Count = 100
    fewest_repeaters: Count = 20


class Learnt(NamedTuple):
    """`told` is the horizon in weeks on which the weights were learnt: shorter while the log is young,
    None while nothing is old enough. `bounds` by severity; `chosen`: they were by what came of alerts."""

    model: Model
    bounds: tuple[Bound, Bound, Bound]
    told: int | None = None
    chosen: bool = False

    @property
    def calibrated(self) -> bool:
        """Whether the chance is stated: it was held against what came within the very horizon."""
        return self.told == self.model.horizon
