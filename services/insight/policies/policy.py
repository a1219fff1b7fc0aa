"""The policies of one rule: proposed, adopted, edited, retired, and from which boundary on each counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, assert_never

from services.insight.policies.commands import Adopt, Command, Propose, Refused, Retire, Settings, TakeEffect
from services.insight.policies.settings import digest_of
from shared.contracts.policies import (
    BacktestSummary,
    PolicyAdopted,
    PolicyEdited,
    PolicyProposed,
    PolicyRetired,
    PolicyTookEffect,
)
from shared.core.decider import Decider
from shared.core.stream import StreamName

Fact = PolicyProposed | PolicyAdopted | PolicyEdited | PolicyRetired | PolicyTookEffect
AS_IT_COMES = 0
"""The version of a rule of which nobody has decided anything."""


class Version(NamedTuple):
    """Settings that were told once, their digest, and what was found of them."""

    settings: Settings
    digest: str
    backtest: BacktestSummary | None


class Waiting(NamedTuple):
    """What was decided and has no boundary yet: the version (None: retired), and from when on it is to be."""

    version: int | None
    effective: datetime | None


class Term(NamedTuple):
    """From this boundary on the rule judges by this version; None: it is silent."""

    since: datetime
    version: int | None


@dataclass(frozen=True, slots=True)
class Policies:
    """`versions` by number; of those `adopted` is the newest that was (0: none), those above it are proposed.

    `decided` is what holds once nothing is `waiting` (None: retired). `terms` are in order of their
    boundaries; before the first the rule judges as it comes.
    """

    versions: Mapping[int, Version] = field(default_factory=dict)
    adopted: int = AS_IT_COMES
    decided: int | None = AS_IT_COMES
    waiting: Waiting | None = None
    terms: tuple[Term, ...] = ()

    @property
    def next(self) -> int:
        return max(self.versions, default=AS_IT_COMES) + 1

    @property
    def proposed(self) -> list[int]:
        """The versions that may still be adopted."""
        return [number for number in self.versions if number > self.adopted]

    def proposed_as(self, digest: str) -> int | None:
        """The newest of them with these settings."""
        return max((n for n in self.proposed if self.versions[n].digest == digest), default=None)


def policy_stream(rule: str) -> StreamName:
    """Where the policies of a rule lie, in insight's log on partition 0."""
    return StreamName("policy", rule)


def decide(policies: Policies, command: Command, at: datetime) -> Sequence[Fact]:
    """Errors: `Refused`."""
    match command:
        case Propose():
            return _propose(policies, command)
        case Adopt():
            return _adopt(policies, command)
        case Retire(rule, by, reason, effective):
            if policies.decided is None:
                return []
            version = policies.decided
            return [
                PolicyRetired(rule=rule, policy_version=version, by=by, reason=reason, effective=effective)
            ]
        case TakeEffect(rule, boundary):
            waits = policies.waiting
            if waits is None or (waits.effective is not None and waits.effective > boundary):
                return []
            return [PolicyTookEffect(rule=rule, policy_version=waits.version, effective=boundary)]
        case _:
            assert_never(command)


def _propose(policies: Policies, command: Propose) -> Sequence[Fact]:
    version, before = _version(policies, command)
    if before and command.backtest in (None, before.backtest):
        return []
    return [PolicyProposed(policy_version=version, **_said(command))]


def _adopt(policies: Policies, command: Adopt) -> Sequence[Fact]:
    version, before = _version(policies, command)
    if _is_adopted(policies, command):
        return []
    if command.version not in (None, version):
        raise Refused(f"{command.rule}: version {command.version} is not what these settings get: {version}")
    backtest = command.backtest or (before.backtest if before else None)
    if backtest is None and not command.override:
        raise Refused(
            f"{command.rule}: version {version} has no backtest: make one with `evergreen backtest --rule "
            "FILE --json` and give it as --backtest REPORT, or say why none is needed with --override REASON"
        )
    said = _said(command) | {"policy_version": version, "backtest": backtest}
    said |= {"effective": command.effective, "override": command.override}
    if policies.decided:
        return [PolicyEdited(**said, supersedes=policies.decided)]
    return [PolicyAdopted(**said)]


def _is_adopted(policies: Policies, command: Adopt) -> bool:
    """Whether that is what was decided last."""
    decided, waits = policies.decided, policies.waiting
    if not decided or policies.versions[decided].digest != digest_of(command.rule, command.settings):
        return False
    return waits is None or waits.effective == command.effective


def _version(policies: Policies, command: Propose | Adopt) -> tuple[int, Version | None]:
    """The number that the settings have, or get; and what was proposed under it. Errors: `Refused`."""
    rule, tested = command.rule, command.backtest
    digest = digest_of(rule, command.settings)
    if tested is not None and tested.settings != digest:
        raise Refused(
            f"{rule}: the backtest is of other settings ({tested.settings[:12]}) than these ({digest[:12]}): "
            "make it anew with `evergreen backtest --rule FILE --json`"
        )
    known = policies.proposed_as(digest)
    return (known, policies.versions[known]) if known else (policies.next, None)


def _said(command: Propose | Adopt) -> dict[str, Any]:
    """What both facts hold."""
    return {
        "rule": command.rule, "settings": dict(command.settings), "by": command.by,
        "backtest": command.backtest,
    }  # fmt: skip


def evolve(policies: Policies, fact: Fact) -> Policies:
    match fact:
        case PolicyProposed():
            return replace(policies, versions=_with(policies, fact))
        case PolicyAdopted(policy_version=version, effective=effective):
            waits, versions = Waiting(version, effective), _with(policies, fact)
            return replace(policies, versions=versions, adopted=version, decided=version, waiting=waits)
        case PolicyRetired(effective=effective):
            return replace(policies, decided=None, waiting=Waiting(None, effective))
        case PolicyTookEffect(policy_version=version, effective=effective):
            before = tuple(term for term in policies.terms if term.since < effective)
            return replace(policies, waiting=None, terms=(*before, Term(effective, version)))
        case _:
            assert_never(fact)


def _with(policies: Policies, fact: PolicyProposed | PolicyAdopted) -> Mapping[int, Version]:
    told = Version(fact.settings, digest_of(fact.rule, fact.settings), fact.backtest)
    return {**policies.versions, fact.policy_version: told}


POLICY: Decider[Policies, Command, Fact] = Decider("policy", Policies(), decide, evolve)
