"""What the policies of a rule come to for whoever judges by them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.insight.policies.policy import AS_IT_COMES, POLICY, Fact, Policies
from services.insight.policies.settings import defaults, names, settings_of
from services.insight.risk.fitting import Policy
from services.insight.risk.rule import Rule


class Since(NamedTuple):
    """From this boundary on (None: from the beginning) a rule judges so; without a policy it is silent."""

    boundary: datetime | None
    policy: Policy | None


def in_force(facts: Mapping[str, Iterable[Fact]], rules: Sequence[Rule]) -> Mapping[str, tuple[Since, ...]]:
    """By rule, how it judges from which boundary on, in order; of whom nothing was decided, as it comes.

    `facts` are those of each rule's stream, in order. What waits for its boundary is not among them: see
    `TakeEffect`.
    """
    return {rule.name: history(rule, POLICY.replay(facts.get(rule.name, ()))) for rule in rules}


def history(rule: Rule, policies: Policies) -> tuple[Since, ...]:
    """The same of one rule."""
    begins = Since(None, policy(rule, policies, AS_IT_COMES))
    return (begins, *(Since(term.since, policy(rule, policies, term.version)) for term in policies.terms))


def at(since: Sequence[Since], moment: datetime) -> Policy | None:
    """What judges at a moment; None: the rule is silent."""
    judging = [each for each in since if each.boundary is None or each.boundary <= moment]
    return judging[-1].policy


def policy(rule: Rule, policies: Policies, version: int | None) -> Policy | None:
    """A version as the rule takes it. Settings that it has no more are left out, new ones are as it comes.

    Errors: `WrongSettings` for a value that this release does not take any more.
    """
    if version is None:
        return None
    if version == AS_IT_COMES:
        return Policy(AS_IT_COMES, defaults(rule))
    told = policies.versions[version].settings
    return Policy(version, settings_of(rule, {name: told[name] for name in names(rule) if name in told}))
