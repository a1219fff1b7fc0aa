"""Which rules are judged under which settings, as the command line names them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from deploy.errors import Trouble
from services.insight.policies.file import WrongPolicy, read_policy
from services.insight.risk.fitting import Policy
from services.insight.risk.rule import Rule
from services.insight.risk.rules import RULES


class Chosen(NamedTuple):
    """A rule and the policy that it is judged under."""

    rule: Rule
    policy: Policy


def chosen(named: Sequence[str], precision: float | None = None) -> list[Chosen]:
    """Each file or rule that is named, or all rules as they come. Trouble for what is neither, or twice."""
    found = [_one(name) for name in named] if named else [Chosen(rule, _usual(rule)) for rule in RULES]
    names = [each.rule.name for each in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise Trouble(f"--rule names {twice[0]} twice: to compare two policies say --rule NEW --against OLD")
    return [each._replace(policy=_wishing(each.policy, precision)) for each in found]


def against(name: str, now: Sequence[Chosen]) -> list[Chosen]:
    """The same rules with an older policy in its rule's place."""
    old = _one(name, version=1)
    if old.rule.name not in {each.rule.name for each in now}:
        raise Trouble(
            f"--against is a policy of {old.rule.name}, which is not judged: add --rule {old.rule.name}"
        )
    return [old if each.rule is old.rule else each for each in now]


def _one(name: str, version: int = 2) -> Chosen:
    for rule in RULES:
        if rule.name == name:
            return Chosen(rule, _usual(rule))
    path = Path(name)
    if path.suffix != ".toml":
        known = ", ".join(rule.name for rule in RULES)
        raise Trouble(f"--rule {name}: neither a file FILE.toml nor a rule as it comes ({known})")
    try:
        rule, settings = read_policy(path.read_text(), str(path))
    except (OSError, UnicodeError) as error:
        raise Trouble(f"{path} can't be read: {error}") from None
    except WrongPolicy as error:
        raise Trouble(str(error)) from None
    return Chosen(rule, Policy(version, settings))


def _usual(rule: Rule) -> Policy:
    return Policy(1, rule.settings())


def _wishing(policy: Policy, precision: float | None) -> Policy:
    if precision is None or "precision" not in getattr(policy.settings, "_fields", ()):
        return policy
    return policy._replace(settings=policy.settings._replace(precision=precision))
