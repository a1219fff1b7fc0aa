"""`signals`: facts from outside, as they happened, written by other systems."""

from typing import Annotated

from pydantic import Field

from shared.contracts.fact import Currency, Fact, Minor, Text, vocabulary


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


class SourceHeartbeat(Fact):
    """A source vouches: all that happened before `time - allowed_lateness_seconds` is published.

    Written by each source to every partition, without a key. `closed` says that nothing more will come.
    A source that was silent for longer than `lease_seconds`, by the time that the others tell, is not waited
    for until it has caught up. 0, which only Evergreen's own stages may say: it is waited for in any case.
    """

    type = "source.heartbeat"
    allowed_lateness_seconds: Annotated[int, Field(ge=0, le=366 * 86_400)] = 0
    closed: bool = False
    lease_seconds: Annotated[int, Field(ge=0, le=366 * 86_400)] = 2 * 86_400


SIGNALS = vocabulary(TouchRecorded, UserSignedUp, OrderPaid, SourceHeartbeat)
