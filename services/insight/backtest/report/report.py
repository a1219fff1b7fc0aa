"""All that a backtest found, as one plain mapping: what table, JSON and page are drawn from."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np

from services.insight.backtest.judging.calibration import by_class
from services.insight.backtest.judging.enough import lacking
from services.insight.backtest.judging.judgement import Ground, Judgement, Ranking, judgement, ranking
from services.insight.backtest.judging.labels import FALSE, TRUE, Label
from services.insight.backtest.judging.scores import Floats, precision_by_recall, ranks
from services.insight.backtest.log.history import Ints
from services.insight.backtest.replay.alerts import Alert, Reason
from services.insight.backtest.replay.walked import Snapshot
from services.insight.backtest.report.rows import alert_rows, reasons_wrong, weeks

WHOLE = "alert"
"""Under this name the alert as a whole stands beside the rules."""
COMBINED = "combined"
"""The rule whose score is the whole alert's, where there is one."""


class Case(NamedTuple):
    """What is judged: the alerts of the window and the snapshot at `at`; a label for the alert as a whole,
    and one for each rule. `agents`: people who look after alerts."""

    ground: Ground
    alerts: Sequence[Alert]
    snapshot: Snapshot | None
    at: datetime | None
    label: Label
    labels: Mapping[str, Label]
    agents: int = 1

    @property
    def seconds(self) -> Ints:
        """When each alert was raised, since 1970."""
        return seconds([each.at for each in self.alerts])


def report(case: Case) -> dict[str, Any]:
    """Plain values for JSON. Ratios are None where there is nothing to divide by."""
    whole = _judged(case, case.label, case.alerts)
    reasons = {rule: _reasons(case, rule) for rule in case.labels}
    each = {rule: _judged(case, case.labels[rule], told) for rule, told in reasons.items()}
    ranked = _rankings(case)
    labels = list({case.label, *case.labels.values()})
    matured = int(((whole.became == TRUE) | (whole.became == FALSE)).sum())
    short = lacking(case.ground, labels, matured, len(case.alerts))
    return {
        "judged": not short,
        "lacking": [each._asdict() for each in short],
        "at": case.at.isoformat() if case.at else None,
        WHOLE: _told(whole, ranked.get(WHOLE)),
        "rules": {rule: _told(found, ranked.get(rule)) for rule, found in each.items()},
        "load": _load(case),
        "weeks": weeks(case.ground, case.alerts, whole.became),
        "calibration": by_class(case.ground, [r for told in reasons.values() for r in told]),
        "wrong_by_reason": reasons_wrong(case.alerts, whole.became),
        "alerts": alert_rows(case.ground, case.label, case.alerts, whole.became),
    }


def summary(case: Case) -> dict[str, Any]:
    """The alert as a whole, without a ranking."""
    return _told(_judged(case, case.label, case.alerts), None)


def _reasons(case: Case, rule: str) -> list[tuple[str, Reason]]:
    return [(alert.customer, each) for alert in case.alerts for each in alert.reasons if each.rule == rule]


def _judged(case: Case, label: Label, told: Sequence[Alert] | Sequence[tuple[str, Reason]]) -> Judgement:
    names = [each.customer if isinstance(each, Alert) else each[0] for each in told]
    moments = [each.at if isinstance(each, Alert) else each[1].at for each in told]
    return judgement(case.ground, label, case.ground.outcome.numbers(names), seconds(moments))


def seconds(moments: Sequence[datetime]) -> Ints:
    """Since 1970."""
    return np.array([int(each.timestamp()) for each in moments], dtype=np.int64)


def _rankings(case: Case) -> dict[str, Ranking]:
    if case.snapshot is None or case.at is None:
        return {}
    whose = case.ground.outcome.numbers(list(case.snapshot.whose))
    at = int(case.at.timestamp())
    scores = dict(case.snapshot.scores)
    label_of = dict(case.labels)
    scores[WHOLE], label_of[WHOLE] = _of_all(case, scores), case.label
    return {
        name: found
        for name, values in scores.items()
        if (found := ranking(case.ground, label_of[name], whose, at, values))
    }


def _of_all(case: Case, scores: Mapping[str, Floats]) -> Floats:
    """The combined rule's; without it that of the first rule that is held to the same label, and ranks at
    least half of all; without one everybody's mean place by each rule that ranks so many."""
    if COMBINED in scores and np.isfinite(scores[COMBINED]).any():
        return scores[COMBINED]
    speak = {name: each for name, each in scores.items() if 2 * np.isfinite(each).sum() >= len(each) > 0}
    same = [each for name, each in speak.items() if case.labels[name] == case.label]
    if same:
        return same[0]
    if not speak:
        return np.full(len(next(iter(scores.values()))), -np.inf)
    return np.asarray(np.mean([ranks(each) for each in speak.values()], axis=0))


def _told(found: Judgement, ranked: Ranking | None) -> dict[str, Any]:
    lead: dict[str, Any] = {
        "of": "days before the cancellation" if found.label.what == "cancelled" else "days until told",
        "ours": found.lead._asdict(),
    }
    for name, plain in (("best_fixed_days", found.days), ("best_own_gaps", found.gaps)):
        lead[name] = {"number": plain.number, **plain.told._asdict()} if plain else None
    return {
        "label": str(found.label),
        "raised": len(found.became),
        **found.counts,
        "precision": found.precision._asdict(),
        "recall": {"value": found.lead.recall},
        "lead": lead | {"days_earlier": _earlier(found)},
        "curve": found.curve._asdict() if found.curve else None,
        "ranking": _ranked(ranked),
    }


def _earlier(found: Judgement) -> dict[str, float] | None:
    """Than the best number of days at equal precision; in the median and in the mean."""
    if found.days is None:
        return None
    ours, plain = found.lead, found.days.told
    sign = 1 if found.label.what == "cancelled" else -1
    return {
        name: round(sign * (mine - theirs), 2)
        for name, mine, theirs in (
            ("median", ours.median_days, plain.median_days),
            ("mean", ours.mean_days, plain.mean_days),
        )
        if mine is not None and theirs is not None
    }


def _ranked(found: Ranking | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "label": str(found.label),
        "base": found.base._asdict(),
        "auc": found.auc._asdict(),
        "auc_bought_again": found.repeaters._asdict(),
        "top_tenth": found.top_tenth._asdict(),
        "curve": precision_by_recall(found.scores, found.true),
    }


def _load(case: Case) -> dict[str, Any]:
    """How many alerts there are to look after."""
    span = max((case.ground.window.until - case.ground.window.since) / (7 * 86_400), 1.0)
    by_week: dict[int, int] = {}
    for alert in case.alerts:
        week = case.ground.calendar.week_of(alert.at.astimezone(UTC))
        by_week[week] = by_week.get(week, 0) + 1
    mean = len(case.alerts) / span
    return {
        "weeks": round(span, 1),
        "alerts": len(case.alerts),
        "standing_at_end": sum(alert.ended is None for alert in case.alerts),
        "a_week": round(mean, 2),
        "busiest_week": max(by_week.values(), default=0),
        "agents": case.agents,
        "a_week_and_agent": round(mean / case.agents, 2),
    }
