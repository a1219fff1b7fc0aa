"""What a customer's stream answers to deeds that were heard, in the order in which they were."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.insight.lifecycle.alerts import evolve, replay
from services.insight.lifecycle.deeds import Deed, Fact, decide
from shared.contracts.event import Event


class Answer(NamedTuple):
    """A fact for the customer's stream, of the deed's moment, because of the deed."""

    fact: Fact
    deed: Event


def answers(stream: Iterable[Event], heard: Iterable[Event]) -> Iterator[Answer]:
    """`stream` is all that was said of the customer's alerts; of what was heard only deeds are answered."""
    alerts = replay(stream)
    for event in heard:
        if not isinstance(event.data, Deed):
            continue
        for fact in decide(alerts, event.data, event.time):
            alerts = evolve(alerts, fact, event.time)
            yield Answer(fact, event)
