"""What a rule is: how a customer's events fold, what it finds at a moment, and when that will change by
itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from services.insight.risk.known import Known
from shared.contracts.event import Event
from shared.contracts.fact import Fact


class Open(NamedTuple):
    """What is kept of a finding that stands: what opened it, and how severe it was found (1, 2 or 3)."""

    opening: str
    severity: int


class Condition(NamedTuple):
    """`value` `operator` `bound`, as it stood."""

    name: str
    value: float
    operator: str
    bound: float


class Finding(NamedTuple):
    """A reason to believe that a customer leaves, by one rule at one moment.

    `opening` names what opened it, the same however often it is found; `since` is when that was. `chance` is
    that of leaving, None while it is not calibrated. `words` say it plainly; `measures` are what it rests on.
    `observations` counts the customer's own (gaps, weeks, tries) that it was judged by.
    """

    opening: str
    since: datetime
    severity: int
    chance: float | None
    words: str
    conditions: tuple[Condition, ...]
    measures: Mapping[str, float]
    observations: int = 0


class Standard(NamedTuple):
    """What a rule judges by: the settings of a policy's version, and the parameters fitted under it, if
    any."""

    settings: Any
    version: int
    parameters: Any = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Pure functions. Moments are in UTC; a state is small, and kept between two touches.

    `evolve(state, event, calendar)` folds an event of one of the types it `hears`.
    `find(state, at, standard, calendar, open)` is what it says at a moment, with everything heard that came
    before. It knows what stands (`open`), so that it can hold on to what it said.
    `due(state, since, until, standard, calendar, open)` is the first moment after `since`, up to `until`, at
    which `find` says another thing than what stands, though nothing is heard; None when there is none. Up to
    then it says the same, but for figures that only tell how far things have gone. (A rule that speaks of
    mornings may leave what newer standards say to the next one.)
    `coming(states, until, standard, calendar, open)` asks many at once who may have a `due` up to then; it
    may name too many, never too few. Without it everybody is asked one by one. `play` is what is suggested to
    do about it, in words. `settings` is the type of what a policy sets: a NamedTuple whose defaults are the
    rule as it comes. `learn(known, settings, before)` fits `parameters` at a week's boundary from what was
    known before it alone; `before` are those of the week before; None while there is too little to learn
    from: the rule is silent then. `scores(states, at, standard, calendar)` says of many how much each looks
    like leaving, found or not; the higher, the likelier, on any scale; -inf of whom it has nothing to say.
    """

    name: str
    hears: frozenset[type[Fact]]
    initial: Any
    evolve: Callable[[Any, Event, Calendar], Any]
    find: Callable[[Any, datetime, Standard, Calendar, Open | None], Finding | None]
    due: Callable[[Any, datetime, datetime, Standard, Calendar, Open | None], datetime | None]
    coming: (
        Callable[[Sequence[Any], datetime, Standard, Calendar, Sequence[Open | None]], NDArray[np.bool_]]
        | None
    ) = None
    play: str = ""
    settings: type[Any] = tuple
    parameters: type[Any] | None = None
    learn: Callable[[Known, Any, Any | None], Any | None] | None = None
    scores: Callable[[Sequence[Any], datetime, Standard, Calendar], NDArray[np.float64]] | None = None
