"""Whether a fit may take over from the parameters in force.

The whole fit can't be asked about the last week: it has seen it, and being the top of its own hill it always
wins there against last week's top. So each half of the customers is judged by a fit to the other half: what
they did in the last week, given how they stood before it, against the parameters in force. Neither has seen
those weeks of theirs. The newer fit is refused only on evidence: when it loses by two standard errors.
"""

from dataclasses import dataclass

import numpy as np

from services.insight.churn.policy import Policy
from services.insight.risk.mbg.fit import Fit, fit
from services.insight.risk.mbg.histories import Histories
from services.insight.risk.mbg.likelihood import Floats, log_likelihoods
from services.insight.risk.mbg.mbg import Parameters

EVIDENCE = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    accepted: bool
    reason: str


def accept(
    candidate: Fit, current: Parameters | None, found: Histories, policy: Policy, week: int
) -> Verdict:
    """`found` are the histories that the candidate was fitted to, at the boundary of `week`."""
    if refusal := _unfit(candidate, policy, week):
        return Verdict(False, refusal)
    held = "; a weak prior holds it" if candidate.held else ""
    if current is None:
        return Verdict(True, f"the first fit{held}")
    z = advantage(candidate, current, found)
    if z < -EVIDENCE:
        return Verdict(False, f"explains the last week worse than what is in force: z {z:.2f}")
    return Verdict(True, f"explains the last week no worse than what was in force: z {z:.2f}{held}")


def _unfit(candidate: Fit, policy: Policy, week: int) -> str | None:
    p = candidate.parameters
    if week < policy.first_week:
        return f"week {week} comes before week {policy.first_week}"
    if candidate.customers < policy.fewest_customers:
        return f"{candidate.customers} customers are fewer than {policy.fewest_customers}"
    if candidate.repeaters < policy.fewest_repeaters:
        return f"{candidate.repeaters} repeat buyers are fewer than {policy.fewest_repeaters}"
    if not (candidate.converged and np.all(np.isfinite(p.as_tuple()))):
        return "the fit did not converge"
    return None


def advantage(candidate: Fit, current: Parameters, found: Histories) -> float:
    """By how many standard errors the halves' fits explain the last week better; 0: no telling."""
    one, other = found.halves()
    gains = [
        (part.customers, _gain(rest, part, candidate, current)) for part, rest in ((one, other), (other, one))
    ]
    total = float(sum(customers @ gain for customers, gain in gains))
    spread = float(sum(customers @ gain**2 for customers, gain in gains)) ** 0.5
    return round(total / spread, 6) if spread > 0 else 0.0


def _gain(rest: Histories, part: Histories, candidate: Fit, current: Parameters) -> Floats:
    newer = fit(rest, candidate.parameters).parameters
    return _week(newer, part) - _week(current, part)


def _week(p: Parameters, found: Histories) -> Floats:
    """Log of the chance of what each history did in its last week, given how it stood before."""
    return log_likelihoods(p, *found.now) - log_likelihoods(p, *found.before)
