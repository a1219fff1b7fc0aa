"""A rule's policies, carried from command to command."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.insight.policies.commands import Adopt, Command, Propose
from services.insight.policies.policy import POLICY, Fact, Policies
from services.insight.policies.settings import as_json, digest
from services.insight.risk.rules.unusual_gap import UNUSUAL_GAP, Settings
from shared.contracts.policies import BacktestSummary

RULE = UNUSUAL_GAP.name
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def week(number: int) -> datetime:
    return MONDAY + timedelta(weeks=number)


def told(fewest: int) -> dict[str, object]:
    return as_json(UNUSUAL_GAP, Settings(fewest_gaps=fewest))


def backtested(fewest: int) -> BacktestSummary:
    return BacktestSummary(
        settings=digest(UNUSUAL_GAP, Settings(fewest_gaps=fewest)), report="4f1c", log="77aa",
        since=MONDAY - timedelta(weeks=52), until=MONDAY, alerts=412, precision=0.7,
    )  # fmt: skip


def propose(fewest: int, backtest: BacktestSummary | None = None) -> Propose:
    return Propose(RULE, told(fewest), "maria", backtest)


def adopt(fewest: int, **also: object) -> Adopt:
    made = Adopt(RULE, told(fewest), "maria", override="agreed by all")
    return replace(made, **also)  # type: ignore[arg-type]


def carried(*commands: Command, policies: Policies | None = None) -> tuple[Policies, list[Fact]]:
    """The policies after these commands, and all the facts of them."""
    policies = policies or Policies()
    facts: list[Fact] = []
    for command in commands:
        said = POLICY.decide(policies, command, MONDAY)
        for fact in said:
            policies = POLICY.evolve(policies, fact)
        facts += said
    return policies, facts
