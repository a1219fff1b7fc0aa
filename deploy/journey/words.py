"""What a fact says about a customer, in a few words with its key figures."""

from collections.abc import Callable, Mapping
from typing import Any

from deploy.purchases.money import Unpriced, major_units
from shared.contracts.acquisition import LeadCaptured, LeadQualified, LeadScored, LeadWentCold
from shared.contracts.conversion import CustomerWon, OrderRepeated, UserJoined
from shared.contracts.fact import Fact
from shared.contracts.insight import (
    AlertAcknowledged,
    AlertDeedRefused,
    AlertOutcomeRecorded,
    AlertSnoozed,
    ChurnRiskEased,
    ChurnRiskEscalated,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
    Clause,
)
from shared.contracts.retention import (
    CarePlayClosed,
    CarePlayOpened,
    RelationshipOpened,
    RepeatPurchaseRecorded,
)
from shared.contracts.signals import (
    AcknowledgementRecorded,
    OrderPaid,
    OutcomeRecorded,
    PaymentFailed,
    PaymentRecovered,
    SnoozeRecorded,
    SubscriptionCancelled,
    TouchRecorded,
    UsageRecorded,
    UserSignedUp,
)
from shared.contracts.topics import STAGES

WORDS: Mapping[type[Fact], Callable[[Any], str]] = {
    TouchRecorded: lambda f: _listed(f.channel, _named("campaign", f.campaign), _named("from", f.referrer)),
    UserSignedUp: lambda f: f"plan {f.plan}",
    OrderPaid: lambda f: f"{money(f.amount, f.currency)}, order {f.order_id}",
    UsageRecorded: lambda f: f"{f.behaviour}: {f.quantity}",
    PaymentFailed: lambda f: _listed(f"invoice {f.invoice}", f.reason),
    PaymentRecovered: lambda f: f"invoice {f.invoice}",
    SubscriptionCancelled: lambda f: _listed("as wished" if f.by_wish else "not paid", f.reason),
    LeadCaptured: lambda f: _listed(f"by {f.channel}", _named("campaign", f.campaign)),
    LeadScored: lambda f: f"{f.reason} +{f.points}, score {f.score}",
    LeadQualified: lambda f: f"score {f.score} of {f.threshold}: {_points(f)}",
    LeadWentCold: lambda f: f"nothing heard for {f.after_days} days",
    UserJoined: lambda f: f"plan {f.plan}",
    CustomerWon: lambda f: _listed(_order(f), "a free user before" if f.was_user else None),
    OrderRepeated: lambda f: f"number {f.number}, {_order(f)}",
    RelationshipOpened: lambda f: f"order {f.order_id}",
    RepeatPurchaseRecorded: lambda f: f"number {f.number}, {f.days_since_last:.4g} days after the last",
    CarePlayOpened: lambda f: f"for alert {short(f.alert_id)}",
    CarePlayClosed: lambda f: f"for alert {short(f.alert_id)}: {f.outcome}",
    ChurnRiskRaised: lambda f: (
        f"alert {short(f.alert_id)}, {f.rule} since {f.opened_on}: "
        f"{'; '.join(each.words for each in f.reasons) or '; '.join(map(clause, f.clauses))}"
    ),
    ChurnRiskEscalated: lambda f: f"alert {short(f.alert_id)}: {'; '.join(each.words for each in f.reasons)}",
    ChurnRiskEased: lambda f: f"alert {short(f.alert_id)}: {'; '.join(each.words for each in f.reasons)}",
    ChurnRiskResolved: lambda f: f"alert {short(f.alert_id)}, returned on {f.returned_at:%Y-%m-%d}",
    ChurnRiskWithdrawn: lambda f: f"alert {short(f.alert_id)}: {f.reason}",
    AlertDeedRefused: lambda f: f"alert {short(f.alert_id)}, {f.deed} by {f.by}: {f.reason}",
    **dict.fromkeys(
        (AcknowledgementRecorded, AlertAcknowledged), lambda f: f"alert {short(f.alert_id)}, by {f.by}"
    ),
    **dict.fromkeys(
        (SnoozeRecorded, AlertSnoozed),
        lambda f: f"alert {short(f.alert_id)} until {f.until:%Y-%m-%d}, by {f.by}",
    ),
    **dict.fromkeys(
        (OutcomeRecorded, AlertOutcomeRecorded),
        lambda f: f"alert {short(f.alert_id)}: {f.outcome}, by {f.by or 'what came of it'}",
    ),
}


def title(fact: Fact) -> str:
    """`conversion.customer_won` is `customer won`; of a signal both words are said: `order paid`."""
    of, _, name = fact.type.partition(".")
    return name.replace("_", " ") if of in STAGES else f"{of} {name}".replace("_", " ")


def words(fact: Fact) -> str:
    """Its key figures; all of them for a fact that nobody has put in words yet."""
    said = WORDS.get(type(fact))
    if said:
        return said(fact)
    return " ".join(f"{name}={value}" for name, value in fact.model_dump(mode="json").items())


def money(amount: int, currency: str) -> str:
    """1250 EUR is `12.50 EUR`; minor units stay as they are in a currency that ISO 4217 does not know."""
    try:
        return f"{major_units(amount, currency)} {currency}"
    except Unpriced:
        return f"{amount} minor units of {currency}"


def clause(one: Clause) -> str:
    """`p_silent 0.7503 >= 0.75`."""
    return f"{one.name} {one.value:.4f} {one.operator} {one.bound:g}"


def short(alert_id: str) -> str:
    """Enough of an id to tell the alerts of one customer apart."""
    return alert_id[:8]


def _order(fact: CustomerWon | OrderRepeated) -> str:
    return f"{money(fact.amount, fact.currency)}, order {fact.order_id}"


def _points(fact: LeadQualified) -> str:
    return ", ".join(f"{each.reason} {each.points}" for each in fact.because)


def _named(name: str, value: str | None) -> str | None:
    return f"{name} {value}" if value else None


def _listed(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
