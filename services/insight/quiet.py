"""How quiet a customer is on one morning, and when that is or will be too long: by what was in force then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.insight.churn.assess import assess
from services.insight.churn.deadlines import crossing
from services.insight.churn.policy import Policy
from services.insight.churn.rules import InForce, Rules
from services.insight.churn.silence import Silence, silences
from services.insight.churn.weeks import DAY

FORESEEN = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Silent since the purchase day `since`, judged on `morning`. `params_version` is None while no
    parameters are in force; `p_silent` then too, and on the day of a purchase. `raised_on` is the morning of
    this silence's alert, `due` the one on which it would come if nothing is heard and the parameters stay
    (None: not within three years)."""

    since: date
    morning: date
    policy: Policy
    p_silent: float | None = None
    params_version: str | None = None
    raised_on: date | None = None
    due: date | None = None

    @property
    def days(self) -> int:
        return (self.morning - self.since).days


def quiet(customer: str, bought: Sequence[date], rules: Rules, morning: date) -> Quiet:
    """From sorted distinct purchase days, one at least and none after that morning."""
    *_, (silence, _) = silences(bought)
    by = rules.schedule.at(rules.weeks.week_of(morning))
    if by is None or silence.last == morning:
        return Quiet(silence.last, morning, rules.policy, params_version=by.version if by else None)
    alerts = assess(customer, bought, rules, morning)
    raised_on = alerts[-1].raised_on if alerts and alerts[-1].opened_on == silence.last else None
    chance = round(silence.p_silent(by.parameters, morning, rules.policy.horizon_weeks), 9)
    due = None if raised_on else _due(silence, by, rules.policy, morning)
    return Quiet(silence.last, morning, rules.policy, chance, by.version, raised_on, due)


def _due(silence: Silence, by: InForce, policy: Policy, morning: date) -> date | None:
    return crossing(by.parameters, silence, policy, morning + DAY, morning + FORESEEN)
