"""What a rule judges by, as its policies have it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.insight.policies.policy import AS_IT_COMES, POLICY, Fact, Policies
from services.insight.policies.settings import defaults, names, settings_of
from services.insight.risk.fitting import Policy
from services.insight.risk.rule import Rule


def in_force(
    facts: Mapping[str, Iterable[Fact]], rules: Sequence[Rule], boundary: datetime
) -> dict[str, Policy | None]:
    """By rule, what a week's boundary that is settled now takes up; None: the rule is silent.

    `facts` are all of each rule's stream by rule, in order. Of whom nothing was decided judges as it comes.
    """
    return {rule.name: taken_up(rule, POLICY.replay(facts.get(rule.name, ())), boundary) for rule in rules}


def taken_up(rule: Rule, policies: Policies, boundary: datetime) -> Policy | None:
    """The same of one rule."""
    version = policies.at(boundary)
    return None if version is None else policy(rule, policies, version)


def policy(rule: Rule, policies: Policies, version: int) -> Policy:
    """A version as the rule takes it: what it has no more is left out, what is new is as the rule comes.

    Errors: `WrongSettings` for a value that this release does not take any more.
    """
    if version == AS_IT_COMES:
        return Policy(AS_IT_COMES, defaults(rule))
    told = policies.versions[version].settings
    return Policy(version, settings_of(rule, {name: told[name] for name in names(rule) if name in told}))
