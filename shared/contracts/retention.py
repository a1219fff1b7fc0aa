"""`retention`: the relationship after the first purchase."""

from typing import Literal

from shared.contracts.fact import Fact, Moment, Text, Whole, vocabulary
from shared.contracts.signals import SourceHeartbeat


class RelationshipOpened(Fact):
    """A customer was won: the relationship begins with this order."""

    type = "retention.relationship_opened"
    order_id: Text
    purchased_at: Moment


class RepeatPurchaseRecorded(Fact):
    """The customer came back, `days_since_last` days of event time after the latest purchase known.

    Negative for a purchase that is heard of late; `latest_purchase_at` then stays where it was.
    """

    type = "retention.repeat_purchase_recorded"
    order_id: Text
    number: Whole
    days_since_last: float
    latest_purchase_at: Moment


class CarePlayOpened(Fact):
    """Someone should care for this customer, because of this alert."""

    type = "retention.care_play_opened"
    alert_id: Text
    rule: Text


class CarePlayClosed(Fact):
    """The reason to care is gone: the customer returned, or the alert was taken back."""

    type = "retention.care_play_closed"
    alert_id: Text
    outcome: Literal["returned", "withdrawn"]


RETENTION = vocabulary(
    RelationshipOpened, RepeatPurchaseRecorded, CarePlayOpened, CarePlayClosed, SourceHeartbeat
)
