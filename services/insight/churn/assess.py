"""Every alert that follows from a customer's purchase days: one truth for live, late, backtest, rebuild."""

from collections.abc import Sequence
from datetime import date

from services.insight.churn.alert import Alert, alert_id
from services.insight.churn.deadlines import crossing
from services.insight.churn.rules import InForce, Rules
from services.insight.churn.silence import Silence, silences
from services.insight.churn.weeks import DAY


def assess(customer: str, days: Sequence[date], rules: Rules, until: date) -> list[Alert]:
    """The alerts raised up to the morning of `until`, oldest first, from sorted distinct purchase days (UTC).

    Each morning is judged by the parameters of its own week, at most once per silence. A purchase later than
    `until` still ends its silence, and so resolves an alert raised on it.
    """
    alerts: list[Alert] = []
    for silence, back in silences(days):
        if silence.last >= until:
            break
        if found := deadline(silence, back, rules, until):
            alerts.append(raised(customer, silence, found[0], back, rules, found[1]))
    return alerts


def raised(customer: str, silence: Silence, on: date, back: date | None, rules: Rules, by: InForce) -> Alert:
    return Alert(
        alert_id(rules.policy, customer, silence.last), customer, silence, on, back, rules.policy, by
    )


def deadline(silence: Silence, back: date | None, rules: Rules, until: date) -> tuple[date, InForce] | None:
    """The morning on which the silence became too long, and by which parameters; None: not up to `until`.

    The morning of the day of return is the last one that finds the customer silent.
    """
    end = min(until, back or until) + DAY
    fits, weeks = rules.schedule.fits, rules.weeks
    first = max(weeks.week_of(silence.last + DAY), fits[0].week) if fits else 0
    for week in range(first, weeks.week_of(end - DAY) + 1):
        by = rules.schedule.at(week)
        start, stop = weeks.boundary(week), min(weeks.boundary(week + 1), end)
        if by and (on := crossing(by.parameters, silence, rules.policy, start, stop)):
            return on, by
    return None
