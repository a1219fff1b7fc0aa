"""What every week's boundary would have taught a rule: standards in force, time-forward."""

from collections.abc import Callable

from services.insight.backtest.log.seen import Seen
from services.insight.risk.fitting import Policy, standard
from services.insight.risk.rule import Rule, Standard
from services.insight.risk.standards import Adopted, InForce

Tell = Callable[[int], None]
"""Is told of every week that is done."""


def adopted(seen: Seen, rule: Rule, policy: Policy, last: int, tell: Tell = lambda week: None) -> Adopted:
    """The rule under one policy, learning anew at each boundary up to that of week `last`."""
    if rule.learn is None:
        return Adopted(rule, (InForce(0, Standard(policy.settings, policy.version)),))
    in_force: list[InForce] = []
    before: Standard | None = None
    for week in range(1, last + 1):
        now = standard(rule, policy, seen.at(week), before)
        if now is not None and now is not before:
            in_force.append(InForce(week, now))
        before = now
        tell(week)
    return Adopted(rule, tuple(in_force))
