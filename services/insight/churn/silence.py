"""A silence: what is known of a customer from one purchase day until the next."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from services.insight.risk.mbg.mbg import Parameters, p_silent


class Silence(NamedTuple):
    """Opened by the purchase day `last`; `repeats` purchase days came after `first`. Days are UTC."""

    first: date
    last: date
    repeats: int = 0

    @property
    def t_x(self) -> float:
        """Weeks from the first purchase day to the last."""
        return (self.last - self.first).days / 7

    def age(self, morning: date) -> float:
        """T: weeks from the end of the first purchase day to that morning."""
        return ((morning - self.first).days - 1) / 7

    def p_silent(self, p: Parameters, morning: date, horizon: float) -> float:
        return p_silent(p, self.repeats, self.t_x, self.age(morning), horizon)


def broken(silence: Silence | None, day: date) -> Silence:
    """The silence that a purchase on a later day opens. ValueError when the day is not later."""
    if silence is None:
        return Silence(day, day)
    if day <= silence.last:
        raise ValueError(
            f"a purchase on {day} does not end the silence since {silence.last}: recompute the customer"
        )
    return Silence(silence.first, day, silence.repeats + 1)


def silences(days: Iterable[date], opening: Silence | None = None) -> Iterator[tuple[Silence, date | None]]:
    """Each silence with the day that ended it (None: it lasts), of sorted distinct days after `opening`."""
    silence = opening
    for day in days:
        if silence:
            yield silence, day
        silence = broken(silence, day)
    if silence:
        yield silence, None
