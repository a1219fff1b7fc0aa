"""Policies in lines: what was decided, since when it counts, on what evidence, and what is proposed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.policies.log import Told
from services.insight.policies.policy import AS_IT_COMES, Fact
from shared.contracts.event import Event, iso
from shared.contracts.policies import BacktestSummary, PolicyAdopted, PolicyProposed, PolicyRetired


def listed(rule: str, told: Told) -> Iterator[str]:
    """What was decided last, then what is proposed; a line each, and a line below it for its evidence."""
    decided = [event for event in told.events if isinstance(event.data, PolicyAdopted | PolicyRetired)]
    if not decided:
        yield f"{rule}  version {AS_IT_COMES}: as it comes"
    for event in decided[-1:]:
        yield from _decision(rule, event)
    for number in told.policies.proposed:
        version = told.policies.versions[number]
        yield f"{rule}  version {number}: proposed  {_settings(version.settings)}"
        yield f"    {evidence(version.backtest, None)}"


def _decision(rule: str, event: Event) -> Iterator[str]:
    fact = event.data
    if isinstance(fact, PolicyRetired):
        yield f"{rule}  retired by {fact.by}, silent {_since(event)}: {fact.reason}"
    elif isinstance(fact, PolicyAdopted):
        version = f"version {fact.policy_version}"
        yield f"{rule}  {version}: adopted by {fact.by}, judges {_since(event)}  {_settings(fact.settings)}"
        yield f"    {evidence(fact.backtest, fact.override)}"


def _since(event: Event) -> str:
    """From when on it counts: the boundary itself is known when the week is settled."""
    effective = getattr(event.data, "effective", None)
    at_least = f", not before {effective:%Y-%m-%d}" if effective else ""
    return f"from the first week that was settled after {event.time:%Y-%m-%d %H:%M}{at_least}"


def _settings(settings: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in settings.items())


def _value(value: Any) -> str:
    return (
        ",".join(map(str, value))
        if isinstance(value, Sequence) and not isinstance(value, str)
        else str(value)
    )


def evidence(backtest: BacktestSummary | None, override: str | None) -> str:
    """What a version rests on."""
    said = [f"without need of a backtest: {override}"] if override else []
    if backtest is not None:
        said.insert(0, _backtest(backtest))
    return "; ".join(said) or "no backtest"


def _backtest(backtest: BacktestSummary) -> str:
    window = f"{backtest.since:%Y-%m-%d} to {backtest.until:%Y-%m-%d}, {backtest.alerts:,} alerts"
    if backtest.alerts_a_week is None:
        return f"backtest {window}: too little to judge by"
    figures = [("precision", backtest.precision), ("recall", backtest.recall)]
    told = [f"{name} {value:.2f}" for name, value in figures if value is not None]
    return f"backtest {', '.join([window, *told, f'{backtest.alerts_a_week:g} a week'])}"


def answer(rule: str, facts: Sequence[Fact]) -> str:
    """What came of a command."""
    if not facts:
        return f"{rule}: nothing to change, it was said already"
    fact = facts[-1]
    number = f"version {fact.policy_version}"
    if isinstance(fact, PolicyProposed):
        return f"{rule}: {number} is proposed ({evidence(fact.backtest, None)})"
    later = f", not before {iso(fact.effective)}" if fact.effective else ""
    if isinstance(fact, PolicyRetired):
        return f"{rule}: silent from the next week on{later}; what stands by it alone is taken back then"
    return f"{rule}: {number} judges from the next week on{later}"


def machine(rule: str, told: Told) -> dict[str, Any]:
    """For programs: every event as published, what was decided last (null: retired) and what is proposed."""
    policies = told.policies
    return {
        "rule": rule,
        "decided": policies.decided,
        "proposed": policies.proposed,
        "facts": [event.data.model_dump(mode="json") | {"type": event.data.type, "time": iso(event.time)}
                  for event in told.events],
    }  # fmt: skip
