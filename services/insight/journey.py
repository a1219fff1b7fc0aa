"""A customer's journey: how far it has come. Progress merges in any order, so arrival does not matter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.acquisition import LeadCaptured, LeadQualified
from shared.contracts.conversion import CustomerWon, OrderRepeated, UserJoined
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.signals import DEEDS, SIGNALS, OrderPaid

MILESTONES: Mapping[type[Fact], str] = {
    LeadCaptured: "captured",
    LeadQualified: "qualified",
    UserJoined: "joined",
    CustomerWon: "won",
    OrderRepeated: "repeated",
}
STAGES = (
    ("repeated", "regular"),
    ("won", "customer"),
    ("joined", "user"),
    ("qualified", "qualified lead"),
    ("captured", "lead"),
)


@dataclass(slots=True)
class Progress:
    """First and last seen, purchases, money per currency in minor units, and when milestones were reached.

    The last that was seen is what another system said: what we made of it, our alerts, and what people of
    ours did about those are our own doing.
    """

    first_seen: datetime
    last_seen: datetime | None = None
    purchases: int = 0
    spent: dict[str, int] = field(default_factory=dict)
    reached: dict[str, datetime] = field(default_factory=dict)

    @property
    def stage(self) -> str:
        """The furthest stage reached."""
        return next((stage for milestone, stage in STAGES if milestone in self.reached), "stranger")

    def hear(self, event: Event) -> None:
        """Take one event, in any order; each event once."""
        time, data = event.time, event.data
        self.first_seen = min(self.first_seen, time)
        if data.type in SIGNALS and data.type not in DEEDS:
            self.last_seen = max(self.last_seen or time, time)
        if isinstance(data, OrderPaid):
            self.purchases += 1
            self.spent[data.currency] = self.spent.get(data.currency, 0) + data.amount
        elif milestone := MILESTONES.get(type(data)):
            self.reached[milestone] = min(time, self.reached.get(milestone, time))


def progress(events: Iterable[Event]) -> dict[str, Progress]:
    """The progress that these events alone make, per customer."""
    made: dict[str, Progress] = {}
    for event in events:
        step = made.get(event.subject)
        if step is None:
            step = made[event.subject] = Progress(event.time)
        step.hear(event)
    return made
