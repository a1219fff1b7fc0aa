"""`signals`: facts from outside, as they happened, written by other systems."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.fact import Currency, Fact, Minor, Moment, Text, vocabulary

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""No source vouches for a time before: no log is older, and a clock that was never set says 1970 or 1900."""


class TouchRecorded(Fact):
    """A person met us: a page seen, an ad clicked, a letter answered."""

    type = "touch.recorded"
    channel: Text
    campaign: Text | None = None
    referrer: Text | None = None


class UserSignedUp(Fact):
    """A person opened a free account."""

    type = "user.signed_up"
    plan: Text = "free"


class OrderPaid(Fact):
    """Money came in for an order."""

    type = "order.paid"
    order_id: Text
    amount: Minor
    currency: Currency


class UsageRecorded(Fact):
    """What we sell was used, so much of one behaviour: documents opened, episodes seen, hours, calls."""

    type = "usage.recorded"
    behaviour: Text
    quantity: Annotated[int, Field(ge=1, le=10**9)] = 1


class PaymentFailed(Fact):
    """Money that was due did not come in; tried again, it fails again under the same `invoice`."""

    type = "payment.failed"
    invoice: Text
    reason: Text | None = None


class PaymentRecovered(Fact):
    """It came in after all."""

    type = "payment.recovered"
    invoice: Text


class SubscriptionCancelled(Fact):
    """A subscription has ended: by the customer's wish, or because it was not paid."""

    type = "subscription.cancelled"
    by_wish: bool = True
    reason: Text | None = None


class AcknowledgementRecorded(Fact):
    """Somebody of ours has seen an alert and looks after that customer."""

    type = "alert.acknowledged"
    alert_id: Text
    by: Text


class SnoozeRecorded(Fact):
    """Somebody of ours does not want to hear of an alert until then."""

    type = "alert.snoozed"
    alert_id: Text
    until: Moment
    by: Text


class OutcomeRecorded(Fact):
    """Somebody of ours knows what became of it: the customer was saved, has left, or came back unasked."""

    type = "alert.outcome_recorded"
    alert_id: Text
    outcome: Literal["saved", "churned", "returned"]
    by: Text


class SourceHeartbeat(Fact):
    """A source vouches: all that happened before `time - allowed_lateness_seconds` is published.

    Written by each source to every partition, without a key. `closed` says that nothing more will come.
    A time before 1980 is refused: it is that of a clock that was never set.
    A source that was silent for longer than `lease_seconds`, by the time that the others tell, is not waited
    for until it has caught up. 0, which only Evergreen's own stages may say: it is waited for in any case.
    """

    type = "source.heartbeat"
    allowed_lateness_seconds: Annotated[int, Field(ge=0, le=366 * 86_400)] = 0
    closed: bool = False
    lease_seconds: Annotated[int, Field(ge=0, le=366 * 86_400)] = 2 * 86_400


def objection(heartbeat: SourceHeartbeat, time: datetime) -> str | None:
    """Why it is not taken from a source that is no stage of ours; None when it is."""
    if heartbeat.lease_seconds == 0:
        return "lease_seconds is 0: say for how long this source may be silent"
    if time < EARLIEST:
        return f"time {time:%Y-%m-%d} is before 1980: set the clock of the sender"
    return None


DEEDS = vocabulary(AcknowledgementRecorded, SnoozeRecorded, OutcomeRecorded)
"""What people of ours do about an alert: nothing that the customer has done."""

SIGNALS = {
    **vocabulary(
        TouchRecorded,
        UserSignedUp,
        OrderPaid,
        UsageRecorded,
        PaymentFailed,
        PaymentRecovered,
        SubscriptionCancelled,
        SourceHeartbeat,
    ),
    **DEEDS,
}
