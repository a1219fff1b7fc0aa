"""Alert by alert, week by week, reason by reason: what was said and what became of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.judging.judgement import Ground, already_gone
from services.insight.backtest.judging.labels import FALSE, NOTHING, OPEN, TRUE, Label
from services.insight.backtest.log.history import moment
from services.insight.backtest.log.outcome import NEVER
from services.insight.backtest.replay.alerts import Alert

CAME = {TRUE: "right", FALSE: "wrong", OPEN: "open", NOTHING: "no habit"}
Became = NDArray[np.int8]


def alert_rows(ground: Ground, label: Label, alerts: Sequence[Alert], became: Became) -> list[dict[str, Any]]:
    """Who would have been alerted: when, why, how surely, and what became of it; in order of time."""
    whose = ground.outcome.numbers([alert.customer for alert in alerts])
    at = np.array([int(alert.at.timestamp()) for alert in alerts], dtype=np.int64)
    back, left = ground.outcome.bought.after(whose, at), ground.outcome.cancelled.after(whose, at)
    gone = already_gone(ground.outcome, whose, at)
    rows = [
        {
            "customer": alert.customer,
            "id": alert.id,
            "at": alert.at.isoformat(),
            "reason": alert.reasons[0].rule,
            "words": alert.reasons[0].words,
            "chance": alert.reasons[0].chance,
            "severity": max(each.severity for each in alert.reasons),
            "ended": alert.ended.isoformat() if alert.ended else None,
            "became": CAME[int(became[n])],
            "then": "had cancelled already"
            if gone[n]
            else _then(ground, int(back[n]), int(left[n]), int(became[n]), alert.at, label),
            "reasons": [
                {"rule": each.rule, "at": each.at.isoformat(), "words": each.words} for each in alert.reasons
            ],
        }
        for n, alert in enumerate(alerts)
    ]
    return sorted(rows, key=lambda row: (row["at"], row["customer"]))


def _then(ground: Ground, back: int, left: int, became: int, at: datetime, label: Label) -> str:
    """What the log tells of the time after it."""
    if left != NEVER and (label.what == "cancelled" or left < back):
        return f"cancelled on {_day(ground, left)}"
    if label.what == "use falls by half":
        return {
            TRUE: f"use fell by half within {label.weeks} weeks",
            FALSE: "use held",
            OPEN: f"the log ends before {label.weeks} weeks are over",
        }.get(became, "too little use to fall from")
    if label.what == "cancelled":
        return "has not cancelled"
    if back != NEVER:
        days = ground.calendar.day(_moment(back)) - ground.calendar.day(at)
        return f"bought again on {_day(ground, back)}, {days} days later"
    return "has not bought again"


def _moment(seconds: int) -> datetime:
    return moment(seconds * 1_000_000)


def _day(ground: Ground, seconds: int) -> str:
    return datetime.fromordinal(ground.calendar.day(_moment(seconds))).date().isoformat()


def weeks(ground: Ground, alerts: Sequence[Alert], became: Became) -> list[dict[str, Any]]:
    """How many were raised in each week of the window, and what became of them."""
    calendar, window = ground.calendar, ground.window
    counted: dict[int, Counter[str]] = {}
    for alert, came in zip(alerts, became, strict=True):
        counted.setdefault(calendar.week_of(alert.at), Counter())[CAME[int(came)]] += 1
    first, last = calendar.week(window.first), calendar.week(max(window.last - 1, window.first))
    last = max([last, *counted])
    return [
        {
            "week": datetime.fromordinal(calendar.origin + 7 * week).date().isoformat(),
            **{name: counted.get(week, Counter())[name] for name in CAME.values()},
        }
        for week in range(first, last + 1)
    ]


def reasons_wrong(alerts: Sequence[Alert], became: Became) -> list[dict[str, Any]]:
    """By what an alert was first raised for: how many were right, wrong or are open."""
    counted: dict[str, Counter[str]] = {}
    for alert, came in zip(alerts, became, strict=True):
        counted.setdefault(alert.reasons[0].rule, Counter())[CAME[int(came)]] += 1
    return [
        {"rule": rule, **{name: counted[rule][name] for name in CAME.values()}} for rule in sorted(counted)
    ]
