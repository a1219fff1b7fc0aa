"""An old policy beside a new one, customer by customer: what each would have said of the same log."""

from collections.abc import Mapping
from typing import Any

from services.insight.backtest.judging.labels import came_true
from services.insight.backtest.report.report import Case, summary
from services.insight.backtest.report.rows import CAME

DAY = 86_400


def comparison(old: Case, new: Case, news: Mapping[str, int], name: str) -> dict[str, Any]:
    """`on_adoption`: what would be said on the day of the change, by the live rules for it. An alert is the
    same when the same rule found the same episode, however much sooner or later."""
    rows = sorted([*_only(old, new, "old"), *_only(new, old, "new"), *_moved(old, new)], key=_order)
    kinds = ("only_old", "only_new", "sooner", "later")
    return {
        "name": name,
        "old": summary(old),
        "new": summary(new),
        "on_adoption": {
            kind: int(news.get(kind, 0)) for kind in ("Raised", "Escalated", "Eased", "Resolved", "Withdrawn")
        },
        "same": len({each.id for each in old.alerts} & {each.id for each in new.alerts})
        - sum(row["change"] in ("sooner", "later") for row in rows),
        **{kind: sum(row["change"] == kind for row in rows) for kind in kinds},
        "customers": rows,
    }


def _order(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["customer"], row["old"] or row["new"]


def _only(these: Case, others: Case, name: str) -> list[dict[str, Any]]:
    known = {each.id for each in others.alerts}
    became = _became(these)
    return [
        {
            "customer": each.customer,
            "change": f"only_{name}",
            "old": each.at.isoformat() if name == "old" else None,
            "new": each.at.isoformat() if name == "new" else None,
            "days_sooner": None,
            "became": became[each.id],
            "words": each.reasons[0].words,
        }
        for each in these.alerts
        if each.id not in known
    ]


def _moved(old: Case, new: Case) -> list[dict[str, Any]]:
    before = {each.id: each for each in old.alerts}
    became = _became(new)
    return [
        {
            "customer": each.customer,
            "change": "sooner" if each.at < was.at else "later",
            "old": was.at.isoformat(),
            "new": each.at.isoformat(),
            "days_sooner": round((was.at - each.at).total_seconds() / DAY, 2),
            "became": became[each.id],
            "words": each.reasons[0].words,
        }
        for each in new.alerts
        if (was := before.get(each.id)) and was.at != each.at
    ]


def _became(case: Case) -> dict[str, str]:
    whose = case.ground.outcome.numbers([each.customer for each in case.alerts])
    came = came_true(case.label, case.ground.outcome, whose, case.seconds)
    return {each.id: CAME[int(value)] for each, value in zip(case.alerts, came, strict=True)}
