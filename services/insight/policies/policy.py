"""The policies of one rule: proposed, adopted, edited, retired, and from when on each is to count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, assert_never

from services.insight.policies.commands import Adopt, Command, Propose, Refused, Retire, Settings
from services.insight.policies.settings import digest_of
from shared.contracts.policies import (
    BacktestSummary,
    PolicyAdopted,
    PolicyEdited,
    PolicyProposed,
    PolicyRetired,
)
from shared.core.decider import Decider
from shared.core.stream import StreamName

Fact = PolicyProposed | PolicyAdopted | PolicyEdited | PolicyRetired
AS_IT_COMES = 0
"""The version of a rule of which nobody has decided anything."""


class Version(NamedTuple):
    """Settings that were told once, their digest, and what was found of them."""

    settings: Settings
    digest: str
    backtest: BacktestSummary | None


class Decision(NamedTuple):
    """This version is to judge (None: none, the rule is silent), not before `effective`."""

    version: int | None
    effective: datetime | None
    fact: PolicyAdopted | PolicyRetired


@dataclass(frozen=True, slots=True)
class Policies:
    """`versions` by number; of those `adopted` is the newest that was (0: none), those above it are proposed.

    `decisions` are in the order in which they were told.
    """

    versions: Mapping[int, Version] = field(default_factory=dict)
    adopted: int = AS_IT_COMES
    decisions: tuple[Decision, ...] = ()

    @property
    def decided(self) -> int | None:
        """The version that was adopted last; None: the rule was retired."""
        return self.decisions[-1].version if self.decisions else AS_IT_COMES

    def at(self, boundary: datetime) -> int | None:
        """The version that a boundary, settled now, takes up: of the decisions that it is late enough for the
        one told last. None: the rule is silent."""
        ripe = (each for each in reversed(self.decisions) if not each.effective or each.effective <= boundary)
        last = next(ripe, None)
        return last.version if last else AS_IT_COMES

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
    """Whether that is what was decided last, for the same moment."""
    if not policies.decided or policies.decisions[-1].effective != command.effective:
        return False
    return policies.versions[policies.decided].digest == digest_of(command.rule, command.settings)


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
            decisions = (*policies.decisions, Decision(version, effective, fact))
            return Policies(_with(policies, fact), version, decisions)
        case PolicyRetired(effective=effective):
            return replace(policies, decisions=(*policies.decisions, Decision(None, effective, fact)))
        case _:
            assert_never(fact)


def _with(policies: Policies, fact: PolicyProposed | PolicyAdopted) -> Mapping[int, Version]:
    told = Version(fact.settings, digest_of(fact.rule, fact.settings), fact.backtest)
    return {**policies.versions, fact.policy_version: told}


POLICY: Decider[Policies, Command, Fact] = Decider("policy", Policies(), decide, evolve)
