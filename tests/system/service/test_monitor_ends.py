"""The monitor does not end for a figure, and when it ends the process does: else nobody would watch."""

import asyncio
from time import monotonic
from typing import Any

import asyncpg
import pytest

from shared.observe.health import Health
from shared.service import monitor as module
from shared.service.monitor import Monitor
from shared.service.runtime import _serve
from tests.system.reminder_service import ReminderService
from tests.system.service.reminder_process import service as reminders


def broken(*_: Any) -> None:
    raise ZeroDivisionError("no such figure")


async def test_a_figure_that_cannot_be_told_is_said_and_the_others_go_on(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health(monotonic())
    with monkeypatch.context() as patch:
        patch.setattr(Monitor, "_look_at_clocks", broken)
        await Monitor(health)._ask(pool)
    assert "ZeroDivisionError: no such figure" in health.attention(monotonic())["figures"]
    assert "database" not in health.ready(monotonic())[1]
    await Monitor(health)._ask(pool)
    assert "figures" not in health.attention(monotonic())


@pytest.mark.parametrize("look", ["_show_conditions", "_look_at_relay"])
async def test_when_it_ends_the_service_ends_with_what_ended_it(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """At the start, and once the service works."""
    monkeypatch.setattr(Monitor, look, broken)
    monkeypatch.setattr(module, "start_logging", lambda _: None)
    monkeypatch.setattr(module, "start_telemetry", lambda _: lambda: None)
    async with asyncio.timeout(40):
        with pytest.raises(ZeroDivisionError, match="no such figure"):
            await _serve(reminders(service.topic), service.settings)
