"""What acquisition does about what it hears: every sign of a person is a notice for their lead."""

from collections.abc import Sequence

from services.acquisition.lead import Notice
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, TouchRecorded, UserSignedUp
from shared.core.decider import Routed
from shared.core.stream import StreamName


def react(event: Event) -> Sequence[Routed[Notice]]:
    match event.data:
        case TouchRecorded(channel=channel, campaign=campaign):
            notice = Notice("touch", channel, campaign)
        case UserSignedUp():
            notice = Notice("signed_up", "sign-up")
        case OrderPaid():
            notice = Notice("paid", "purchase")
        case _:
            return []  # not a sign of a person
    return [Routed(StreamName("lead", event.subject), notice)]
