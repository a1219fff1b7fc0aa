"""What a demo found out, as one plain mapping: pure, every figure defined in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from deploy.demo.report import alerts as book
from deploy.demo.report.alerts import Alert
from deploy.demo.report.silences import days_bought, framed_until, worth
from deploy.playing.player import Played
from deploy.purchases.purchase import Log
from shared.contracts.event import Event
from shared.contracts.policies import ModelFitted

DEFINITIONS = {
    "signals_published": (
        "purchases published to signals, each counted once; duplicates, heartbeats and poison are beside it"
    ),
    "customers": "distinct customers among the purchases of the log",
    "facts": "facts that each stage decided and stored, its heartbeats not counted",
    "alerts_raised": "alerts by id, whatever became of them: resolved + withdrawn + standing",
    "alerts_resolved": "alerts whose customer bought again",
    "alerts_withdrawn": "alerts taken back because a late event changed the past",
    "alerts_standing": "alerts neither resolved nor withdrawn at the end of the log",
    "standing_alerts_sha256": "sha256 over the sorted ids of the standing alerts, joined by newlines",
    "precision": (
        "alerts on silences that never ended / alerts not withdrawn, over silences opened by framed_until; "
        "an alert on someone who came back later counts as false even though it was resolved"
    ),
    "recall": (
        "silences that never ended and were alerted / silences that never ended, over silences opened up to "
        "framed_until"
    ),
    "median_delay_days": (
        "median days from the last purchase day to the alert, over alerts on silences that never ended"
    ),
    "framed_until": (
        "the last day that had 39 whole weeks after it in the log, so that never ended means something"
    ),
    "whole_log": "the same measures over all silences, those included that had no time to end",
    "events_per_second": (
        "(signals + duplicates + facts of all stages) / seconds from the first publish until all was taken, "
        "decided, stored and published; with a pace above 0 the player sets this figure, not the house"
    ),
    "signal_to_alert_ms": (
        "milliseconds between the broker's records of the signal that made an alert speak (the purchase or "
        "heartbeat named as its cause) and of the alert raised or resolved"
    ),
    "dead_letters": "records that could not be read or taken, each counted once by its place",
    "rows_refused": (
        "rows of the file that could not be read as purchases; each is named with line and reason"
    ),
    "model_last": "the same of the last week of the log",
    "model_week_39": (
        "what the silence rule judged by from the boundary of week 39 on, learnt from what was known then: "
        "MBG/NBD, what corrects its chance, and the bounds from which on a silence is too long"
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was seen once the house had drained."""

    log: Log
    played: Played
    seconds: float
    facts: Mapping[str, Mapping[str, int]]
    alerts: Sequence[Alert]
    fits: Mapping[int, ModelFitted]
    model: Sequence[Event] = ()
    latencies_ms: Sequence[float] = ()
    dead_letters: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)


def summary(outcome: Outcome) -> dict[str, Any]:
    """Plain values for JSON. Ratios are None where there is nothing to divide by."""
    log, alerts = outcome.log, outcome.alerts
    days, until = days_bought(log.purchases), framed_until(log.end)
    headline = worth(days, alerts, until)
    return {
        "log": log.source,
        "from": log.opens.isoformat(),
        "until": log.end.isoformat(),
        **_counts(outcome),
        "precision": headline.precision,
        "recall": headline.recall,
        "median_delay_days": headline.median_delay_days,
        "framed_until": until.isoformat(),
        "framed": asdict(headline),
        "whole_log": asdict(worth(days, alerts, date.max)),
        "signal_to_alert_ms": percentiles(outcome.latencies_ms),
        "model_week_39": book.model_of_week(outcome.fits, 39),
        "model_last": book.model_of_week(outcome.fits, max(outcome.fits, default=0)),
        "settings": dict(outcome.settings),
        "definitions": DEFINITIONS,
    }


def _counts(outcome: Outcome) -> dict[str, Any]:
    played, alerts = outcome.played, outcome.alerts
    facts = {stage: sum(types.values()) for stage, types in outcome.facts.items()}
    standing = book.standing(alerts)
    events = played.signals + played.duplicates + sum(facts.values())
    return {
        "signals_published": played.signals,
        "duplicates_published": played.duplicates,
        "heartbeats_published": played.heartbeats,
        "poison_published": played.poison,
        "rows_refused": len(outcome.log.refused),
        "customers": outcome.log.customers,
        "facts": facts,
        "facts_by_type": {stage: dict(sorted(types.items())) for stage, types in outcome.facts.items()},
        "alerts_raised": len(alerts),
        "alerts_resolved": sum(alert.state == "resolved" for alert in alerts),
        "alerts_withdrawn": sum(alert.state == "withdrawn" for alert in alerts),
        "alerts_standing": len(standing),
        "standing_alerts_sha256": book.sha256_of(standing),
        "seconds": round(outcome.seconds, 3),
        "events_per_second": round(events / outcome.seconds, 1) if outcome.seconds else None,
        "dead_letters": outcome.dead_letters,
    }


def percentiles(values: Sequence[float]) -> dict[str, float | int | None]:
    """p50 and p99 by nearest rank, and over how many."""
    ranked = sorted(values)
    rank = {
        name: ranked[-(-len(ranked) * share // 100) - 1] if ranked else None
        for name, share in (("p50", 50), ("p99", 99))
    }
    return {**rank, "count": len(ranked)}
