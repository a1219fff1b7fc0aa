"""What a week's boundary teaches a rule under one policy: the standard that judges from there on. Pure."""

from hashlib import sha256
from typing import Any, NamedTuple

from services.insight.risk.known import Known
from services.insight.risk.rule import Rule, Standard


class Policy(NamedTuple):
    """A rule's settings under a version that counts from 1."""

    version: int
    settings: Any


def standard(rule: Rule, policy: Policy, known: Known, before: Standard | None) -> Standard | None:
    """From what was known at the boundary; `before` is what the same policy judged by until then.

    What was learnt before stays while there is too little to learn anew. None: the rule is silent.
    """
    if rule.learn is None:
        return Standard(policy.settings, policy.version)
    parameters = rule.learn(known, policy.settings, before.parameters if before else None)
    if parameters is None:
        return before
    return Standard(policy.settings, policy.version, parameters, _name(rule, policy, known, parameters))


def _name(rule: Rule, policy: Policy, known: Known, parameters: Any) -> str:
    """The same for the same fit on the same log."""
    said = sha256(repr((rule.name, policy, parameters)).encode()).hexdigest()
    return f"{rule.name}-{policy.version}-week-{known.week}-{said[:8]}"
