"""The example's rules failing for some or for all; and what /readyz says of the consumer that bears it."""

import json
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from shared.consume.consumer import Consumer
from shared.observe.health import Health, answer
from shared.service.monitor import Monitor
from shared.service.stage import StageHandler
from tests.shared.core.reminders import DECIDED, react
from tests.system.reminder_service import ReminderService, until

UNKNOWN = b'{"type": "reminder.read", "data": {}}'
"""A fact of a newer release."""


@dataclass
class FailingRules:
    """Rules that fail for requests of these ids, or for all."""

    bad: set[str] = field(default_factory=set)
    broken: bool = False

    def react(self, event: Any) -> Any:
        routed = react(event)
        if routed and (self.broken or event.id in self.bad):
            raise ZeroDivisionError("no channel left")
        return routed

    def handler(self, service: ReminderService) -> StageHandler:
        made = service.handler
        return StageHandler(replace(made.stage, react=self.react), DECIDED, made.context)


async def holds(consumer: Consumer, why: str) -> None:
    """Returns once /readyz says so."""

    async def said() -> bool:
        return why in not_ready(consumer).get("held", "")

    await until(said)


async def goes_on(consumer: Consumer) -> None:
    async def nothing() -> bool:
        return "held" not in not_ready(consumer)

    await until(nothing)


def not_ready(consumer: Consumer) -> dict[str, str]:
    """What /readyz says of the consumer that the monitor has looked at."""
    health = Health(monotonic())
    Monitor(health)._look_at_consumer(consumer)
    status, _, body = answer("/readyz", health, monotonic())
    said: dict[str, str] = json.loads(body)["not_ready"]
    assert status == 503 or not said
    return said
