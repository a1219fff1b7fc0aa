"""What the rule is asked for, and what it has learnt to judge by."""

from typing import NamedTuple

from services.insight.risk.ranges import Count, Part, Positive
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.model import Model
from services.insight.risk.silence.ranking import Ranking
from services.insight.risk.silence.stated import Shifts


class Settings(NamedTuple):
    """Which part of alerts is to be right, and the chance that is asked for until that can be told; from
    which week on, of how many customers and repeat buyers at least, and, before silences are old enough to
    tell, up to which standard error of a chance's log odds anything is said at all."""

    precision: Part = 0.65
    untaught: Part = 0.72
    first_week: Count = 8
    fewest_customers: Count = 100
    fewest_repeaters: Count = 20
    doubt: Positive = 0.35


class Learnt(NamedTuple):
    """`bounds` by severity. `calibrated`: the chance was held against what came within its horizon;
    `chosen`: so were the bounds, and with `shifts` the chance is stated. `ranking`: None while the chance
    alone ranks."""

    model: Model
    bounds: tuple[Bound, Bound, Bound]
    calibrated: bool = False
    chosen: bool = False
    shifts: Shifts = (0.0, 0.0, 0.0, 0.0)
    ranking: Ranking | None = None
