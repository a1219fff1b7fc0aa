"""What a policy would have been worth: everybody judged anew over a log whose outcome is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import mean, median

from services.insight.churn.alert import Alert
from services.insight.churn.assess import assess
from services.insight.churn.policy import Policy
from services.insight.churn.refit import put_in_force, refit
from services.insight.churn.rules import Rules, Schedule
from services.insight.churn.weeks import Weeks
from services.insight.risk.mbg.histories import seen

Days = Mapping[str, Sequence[date]]


@dataclass(frozen=True, slots=True)
class Score:
    """`final` silences were never ended in the log; an alert on another one is false. Delays: days from the
    last purchase to the alert, over true alerts. None where there is nothing to divide by."""

    silences: int
    final: int
    raised: int
    resolved: int
    standing: int
    precision: float | None
    recall: float | None
    median_delay_days: float | None
    mean_delay_days: float | None


def replayed(days: Days, policy: Policy, weeks: Weeks, through: int) -> Rules:
    """The rules as the weekly refits up to week `through` would have left them, each on what came before."""
    rules = Rules(policy, weeks, Schedule())
    for week in range(policy.first_week, through + 1):
        boundary = weeks.boundary(week)
        customers = [(each, 1) for bought in days.values() if (each := seen(bought, boundary))]
        if made := refit(customers, week, rules):
            rules = replace(rules, schedule=put_in_force(rules.schedule, made))
    return rules


def backtest(days: Days, rules: Rules, opened_until: date, until: date) -> Score:
    """Over silences opened up to one day, with alerts up to the morning of another."""
    alerts = [
        alert
        for customer, bought in days.items()
        for alert in assess(customer, bought, rules, until)
        if alert.opened_on <= opened_until
    ]
    silences = sum(day <= opened_until for bought in days.values() for day in bought)
    final = sum(bought[-1] <= opened_until for bought in days.values())
    return _score(silences, final, alerts)


def _score(silences: int, final: int, alerts: Sequence[Alert]) -> Score:
    true = [alert for alert in alerts if alert.resolved_on is None]
    delays = [(alert.raised_on - alert.opened_on).days for alert in true]
    return Score(
        silences=silences,
        final=final,
        raised=len(alerts),
        resolved=len(alerts) - len(true),
        standing=len(true),
        precision=len(true) / len(alerts) if alerts else None,
        recall=len(true) / final if final else None,
        median_delay_days=median(delays) if delays else None,
        mean_delay_days=mean(delays) if delays else None,
    )
