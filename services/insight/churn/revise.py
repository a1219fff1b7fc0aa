"""After a late purchase: the customer judged anew from the timeline, and how that changes what was told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.insight.churn.alert import Alert
from services.insight.churn.assess import assess
from services.insight.churn.buyer import Buyer, Change, Judged, Raised, Resolved, Turn, Withdrawn, settled
from services.insight.churn.rules import Rules


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as its facts left it: raised and not withdrawn since."""

    raised_on: date
    resolved: bool


def revise(
    customer: str, days: Sequence[date], told: Mapping[str, Told], judged: Judged, rules: Rules
) -> Turn:
    """The buyer as of `judged`, and the facts that lead from the alerts told (by id) to those that follow.

    `days` are all that are known, sorted and distinct. An alert whose deadline moved is withdrawn and raised
    anew under the same id: what it said no longer follows. So is one raised again that was withdrawn before.
    """
    alerts = assess(customer, days, rules, judged.through)
    follows = {alert.id: alert for alert in alerts}
    gone = [
        Withdrawn(key, _why(follows.get(key)))
        for key, was in told.items()
        if not _same(was, follows.get(key))
    ]
    news = [change for alert in alerts for change in _news(alert, told.get(alert.id))]
    return _buyer(days, alerts, judged), (*gone, *news)


def _same(was: Told, now: Alert | None) -> bool:
    return (
        now is not None
        and now.raised_on == was.raised_on
        and (now.resolved_on is not None or not was.resolved)
    )


def _why(now: Alert | None) -> str:
    if now is None:
        return "a purchase heard late leaves no silence that lasted too long"
    return f"a purchase heard late moved the judgement to {now.raised_on.isoformat()}"


def _news(alert: Alert, was: Told | None) -> Iterator[Change]:
    known = was if was and _same(was, alert) else None
    if known is None:
        yield Raised(alert)
    if alert.resolved_on and not (known and known.resolved):
        yield Resolved(alert.id, alert.resolved_on)


def _buyer(days: Sequence[date], alerts: Sequence[Alert], judged: Judged) -> Buyer:
    buyer = settled(Buyer(ahead=tuple(days)), judged.through)
    if not alerts or buyer.silence is None or alerts[-1].opened_on != buyer.silence.last:
        return buyer
    standing = None if alerts[-1].resolved_on else alerts[-1].id
    return Buyer(buyer.silence, True, standing, buyer.ahead)
