"""An alert with all that was said of it: raised, resolved, withdrawn, perhaps raised again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.contracts.event import Event
from shared.contracts.insight import (
    ChurnRiskEased,
    ChurnRiskEscalated,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
)

State = Literal["standing", "resolved", "withdrawn"]
STATES: dict[type, State] = {
    ChurnRiskRaised: "standing",
    ChurnRiskEscalated: "standing",
    ChurnRiskEased: "standing",
    ChurnRiskResolved: "resolved",
    ChurnRiskWithdrawn: "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Episode:
    """The facts of one alert, in the order in which they were said."""

    alert_id: str
    said: tuple[Event, ...]

    @property
    def state(self) -> State:
        """What the last fact left."""
        return STATES[type(self.said[-1].data)]

    @property
    def raised(self) -> ChurnRiskRaised:
        """The judgement as it was last raised."""
        return next(event.data for event in reversed(self.said) if isinstance(event.data, ChurnRiskRaised))


def episodes(said: Iterable[Event]) -> tuple[Episode, ...]:
    """Every alert raised, in the order in which they first were; a stream's facts come in its order."""
    found: dict[str, tuple[Event, ...]] = {}
    for event in said:
        match event.data:
            case ChurnRiskRaised(alert_id=alert_id):
                found[alert_id] = (*found.get(alert_id, ()), event)
            case (
                ChurnRiskEscalated(alert_id=alert_id)
                | ChurnRiskEased(alert_id=alert_id)
                | ChurnRiskResolved(alert_id=alert_id)
                | ChurnRiskWithdrawn(alert_id=alert_id)
            ):
                if alert_id in found:
                    found[alert_id] = (*found[alert_id], event)
            case _:
                continue
    return tuple(Episode(alert_id, each) for alert_id, each in found.items())
