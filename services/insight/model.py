"""The silence model's own stream: when its weeks begin, and what each weekly refit decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from shared.contracts.insight import SilenceCalendarOpened, SilenceModelFitted
from shared.decider import Decider, TimePassed

Fact = SilenceCalendarOpened | SilenceModelFitted


@dataclass(frozen=True, slots=True)
class Open:
    """The first clock opened: its day is the first of week 0."""


@dataclass(frozen=True, slots=True)
class Refit:
    """What the refit at a boundary came to."""

    outcome: SilenceModelFitted


@dataclass(frozen=True, slots=True)
class Model:
    """Every refit in order of weeks; `origin` is None until a clock has opened."""

    origin: datetime | None = None
    refits: tuple[SilenceModelFitted, ...] = ()

    @property
    def weeks_decided(self) -> int:
        """The last week whose parameters are settled."""
        return self.refits[-1].week if self.refits else 0


def decide(model: Model, command: Open | Refit | TimePassed, at: datetime) -> Sequence[Fact]:
    match command:
        case Open():
            day = at.replace(hour=0, minute=0, second=0, microsecond=0)
            return [] if model.origin else [SilenceCalendarOpened(origin=day)]
        case Refit(outcome):
            return [outcome] if outcome.week > model.weeks_decided else []
        case TimePassed():
            return []  # refits wait for the slowest partition, not for a due
        case _:
            assert_never(command)


def evolve(model: Model, fact: Fact) -> Model:
    match fact:
        case SilenceCalendarOpened(origin=origin):
            return replace(model, origin=origin)
        case SilenceModelFitted():
            return replace(model, refits=(*model.refits, fact))
        case _:
            assert_never(fact)


MODEL: Decider[Model, Open | Refit, Fact] = Decider("silence-model", Model(), decide, evolve)
