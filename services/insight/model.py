"""The silence model's own stream: when its weeks begin, and what each weekly refit decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from services.insight.churn.policy import Policy
from services.insight.churn.refit import Refit as Made
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.churn.weeks import Weeks
from services.insight.risk.mbg.mbg import Parameters
from shared.contracts.insight import SilenceCalendarOpened, SilenceModelFitted
from shared.core.decider import Decider
from shared.core.stream import StreamName

Fact = SilenceCalendarOpened | SilenceModelFitted


@dataclass(frozen=True, slots=True)
class Open:
    """The first clock opened: its day is the first of week 0."""


@dataclass(frozen=True, slots=True)
class Refit:
    """What the refit at a boundary came to."""

    outcome: SilenceModelFitted


STREAM = StreamName("model", "silence")


@dataclass(frozen=True, slots=True)
class Model:
    """Every refit in order of weeks; `origin` is None until a clock has opened."""

    origin: datetime | None = None
    refits: tuple[SilenceModelFitted, ...] = ()

    @property
    def weeks_decided(self) -> int:
        """The last week whose parameters are settled."""
        return self.refits[-1].week if self.refits else 0

    def rules(self, policy: Policy) -> Rules | None:
        """What judges, week by week; None until the calendar is open."""
        if self.origin is None:
            return None
        accepted = (fit for fit in self.refits if fit.accepted)
        fits = tuple(
            InForce(fit.week, fit.params_version, Parameters(fit.r, fit.alpha, fit.a, fit.b))
            for fit in accepted
        )
        return Rules(policy, Weeks(self.origin.date()), Schedule(fits))


def decide(model: Model, command: Open | Refit, at: datetime) -> Sequence[Fact]:
    match command:
        case Open():
            day = at.replace(hour=0, minute=0, second=0, microsecond=0)
            return [] if model.origin else [SilenceCalendarOpened(origin=day)]
        case Refit(outcome):
            return [outcome] if outcome.week > model.weeks_decided else []
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


MODEL: Decider[Model, Open | Refit, Fact] = Decider("model", Model(), decide, evolve)


def outcome(made: Made | None, week: int, in_force: str | None) -> SilenceModelFitted:
    """The fact of a refit; None: nobody had bought. `in_force` names the parameters that held before it."""
    if made is None:
        return SilenceModelFitted(
            week=week, params_version=f"none-week-{week}", r=0, alpha=0, a=0, b=0, log_likelihood=0,
            customers=0, accepted=False, reason="nobody has bought yet", in_force=in_force,
        )  # fmt: skip
    fit, version = made.fit, made.version
    r, alpha, a, b = fit.parameters.as_tuple()
    return SilenceModelFitted(
        week=week, params_version=version, r=r, alpha=alpha, a=a, b=b, log_likelihood=fit.log_likelihood,
        customers=fit.customers, accepted=made.verdict.accepted, reason=made.verdict.reason[:128],
        in_force=version if made.verdict.accepted else in_force,
    )  # fmt: skip
