"""One boundary: the fit, the verdict, and what is in force from there on."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.insight.churn.acceptance import Verdict, accept
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.risk.mbg.fit import Fit, fit
from services.insight.risk.mbg.histories import Seen, histories


@dataclass(frozen=True, slots=True)
class Refit:
    """`version` names the fit, whether it was accepted or not."""

    week: int
    version: str
    fit: Fit
    verdict: Verdict


def refit(customers: Iterable[tuple[Seen, int]], week: int, rules: Rules) -> Refit | None:
    """From what was seen before the boundary of `week`, of how many customers; None when nobody was."""
    found = histories(customers, rules.weeks.boundary(week))
    if not found.count:
        return None
    before = rules.schedule.at(week - 1)
    current = before.parameters if before else None
    candidate = fit(found, current)
    verdict = accept(candidate, current, found, rules.policy, week)
    return Refit(week, f"mbg-nbd-week-{week}", candidate, verdict)


def put_in_force(schedule: Schedule, made: Refit) -> Schedule:
    """The schedule after the verdict: unchanged when the fit was refused."""
    if not made.verdict.accepted:
        return schedule
    return schedule.then(InForce(made.week, made.version, made.fit.parameters))
