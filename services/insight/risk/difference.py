"""What is to be said when the past has changed: a late event, another rule, two customers who are one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.insight.risk.alert import Change, Eased, Escalated, Raised, Resolved, Withdrawn

Weights = tuple[tuple[str, int], ...]
"""By rule, how severe what it found was."""


class Said(NamedTuple):
    """What a change comes to: its kind, its moment, and what stood after it. Two that say it alike are
    one."""

    kind: str
    at: datetime
    weights: Weights


def said_of(change: Change) -> Said:
    match change:
        case Raised() | Escalated() | Eased():
            weights = tuple(sorted((rule, each.severity) for rule, each in change.findings.items()))
            return Said(type(change).__name__, change.at, weights)
        case Resolved() | Withdrawn():
            return Said(type(change).__name__, change.at, ())


def difference(
    told: Mapping[str, Sequence[Said]], follows: Iterable[Change], at: datetime, reason: str
) -> list[Change]:
    """From what was `told` of each alert, in order, to what `follows` now: the changes that are missing.

    An alert of which more was told than follows, or something else, is withdrawn at that moment for that
    reason, and what follows of it is told anew under the same id.
    """
    by_alert: dict[str, list[Change]] = {}
    for change in follows:
        if isinstance(change, Withdrawn):
            by_alert.pop(change.alert, None)
        else:
            by_alert.setdefault(change.alert, []).append(change)
    withdrawn: list[Change] = []
    known: dict[str, int] = {}
    for alert, before in told.items():
        standing = _since_withdrawn(before)
        if not standing:
            continue
        now = [said_of(change) for change in by_alert.get(alert, ())]
        if now[: len(standing)] == standing:
            known[alert] = len(standing)
        else:
            withdrawn.append(Withdrawn(alert, at, reason))
    missing = (change for alert, now in by_alert.items() for change in now[known.get(alert, 0) :])
    return [*withdrawn, *sorted(missing, key=lambda change: change.at)]


def _since_withdrawn(told: Sequence[Said]) -> list[Said]:
    """What still counts: after a withdrawal nothing that was said before it."""
    last = max((n for n, each in enumerate(told) if each.kind == Withdrawn.__name__), default=-1)
    return list(told[last + 1 :])
