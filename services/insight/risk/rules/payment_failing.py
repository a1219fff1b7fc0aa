"""Payment failing: money that was due did not come in, and has not since. Nobody wished to leave.

It speaks by the hour, and calls for another play than silence: mend the payment, do not woo.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from services.insight.risk.ranges import Rising
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from shared.contracts.event import Event
from shared.contracts.signals import PaymentFailed, PaymentRecovered, SubscriptionCancelled

NAME = "payment_failing"
PLAY = "Mend the payment: ask for another card or another day. Nobody wished to leave, so do not woo."
HOUR = timedelta(hours=1)


class Settings(NamedTuple):
    """Hours after the first failure from which on it is told, is serious, and is nearly lost. Most
    failures are over within the day: the card is tried again."""

    hours: Rising = (24, 96, 240)


class Unpaid(NamedTuple):
    """An invoice, when it first failed, and how often it has."""

    invoice: str
    since: datetime
    tries: int


def _evolve(unpaid: tuple[Unpaid, ...], event: Event, calendar: Calendar) -> tuple[Unpaid, ...]:
    match event.data:
        case PaymentFailed(invoice=invoice):
            before = next(
                (each for each in unpaid if each.invoice == invoice), Unpaid(invoice, event.time, 0)
            )
            others = tuple(each for each in unpaid if each.invoice != invoice)
            return tuple(
                sorted((*others, before._replace(tries=before.tries + 1)), key=lambda each: each[1::-1])
            )
        case PaymentRecovered(invoice=invoice):
            return tuple(each for each in unpaid if each.invoice != invoice)
        case _:
            return ()  # the subscription has ended: there is nothing left to pay


def _opening(oldest: Unpaid) -> str:
    """An invoice may fail again after it was paid, or forgiven."""
    return f"{oldest.invoice}@{oldest.since.isoformat()}"


def _stands(oldest: Unpaid, stands: Open | None) -> int:
    """How severe this very invoice was found: what was said stays."""
    return stands.severity if stands and stands.opening == _opening(oldest) else 0


def _steps(oldest: Unpaid, settings: Settings) -> list[datetime]:
    """When it becomes how severe: on the full hour."""
    first = oldest.since.replace(minute=0, second=0, microsecond=0)
    up = first if first == oldest.since else first + HOUR
    return [up + hours * HOUR for hours in settings.hours]


def _find(
    unpaid: tuple[Unpaid, ...], at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    if not unpaid:
        return None
    oldest = unpaid[0]
    reached = sum(at >= step for step in _steps(oldest, standard.settings))
    if not (severity := max(reached, _stands(oldest, stands))):
        return None
    hours = int((at - oldest.since) / HOUR)
    others = f", and {len(unpaid) - 1} more" if len(unpaid) > 1 else ""
    return Finding(
        _opening(oldest), oldest.since, severity, None,
        f"an invoice unpaid for {hours} hours after {oldest.tries} tries{others}",
        (Condition("hours_unpaid", hours, ">=", standard.settings.hours[severity - 1]),),
        {"hours": hours, "tries": oldest.tries, "invoices": len(unpaid)},
        oldest.tries,
    )  # fmt: skip


def _due(
    unpaid: tuple[Unpaid, ...], since: datetime, until: datetime, standard: Standard, calendar: Calendar,
    stands: Open | None,
) -> datetime | None:  # fmt: skip
    if not unpaid:
        return None
    if not (steps := _steps(unpaid[0], standard.settings)[_stands(unpaid[0], stands) :]):
        return None
    due = max(steps[0], since.replace(minute=0, second=0, microsecond=0) + HOUR)
    return due if due <= until else None


def _coming(
    states: Sequence[tuple[Unpaid, ...]], until: datetime, standard: Standard, calendar: Calendar,
    stand: Sequence[Open | None],
) -> NDArray[np.bool_]:  # fmt: skip
    """Who owes something long enough for a further step: few, so they are asked one by one."""
    found = [
        bool(unpaid)
        and any(step <= until for step in _steps(unpaid[0], standard.settings)[_stands(unpaid[0], each) :])
        for unpaid, each in zip(states, stand, strict=True)
    ]
    return np.array(found, dtype=bool)


def _scores(
    states: Sequence[tuple[Unpaid, ...]], at: datetime, standard: Standard, calendar: Calendar
) -> NDArray[np.float64]:
    """Hours for which the oldest invoice is unpaid; -inf: nothing is."""
    hours = [(at - unpaid[0].since) / HOUR if unpaid else -inf for unpaid in states]
    return np.array(hours, dtype=np.float64)


PAYMENT_FAILING = Rule(
    NAME,
    frozenset({PaymentFailed, PaymentRecovered, SubscriptionCancelled}),
    (),
    _evolve,
    _find,
    _due,
    _coming,
    play=PLAY,
    settings=Settings,
    scores=_scores,
)
