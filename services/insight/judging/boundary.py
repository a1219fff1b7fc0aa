"""A week's boundary: what it teaches each rule under the policy that it judges by from there on."""

import asyncio
from collections.abc import Sequence
from typing import Any

from services.insight.judging import calibration, ledger
from services.insight.judging.model import settled
from services.insight.policies.in_force import in_force
from services.insight.risk.standards import Standards
from shared.contracts.fact import Fact


async def taught(store: Any, standards: Standards, week: int) -> Sequence[Fact]:
    """The facts of the boundary; learnt in a thread, so that whoever asks meanwhile is answered."""
    rules = standards.rules
    policies = in_force(
        await ledger.policies(store, [rule.name for rule in rules]),
        rules,
        standards.calendar.boundary(week),
    )
    seen = await calibration.known(store.pool, standards.calendar, week)
    return await asyncio.to_thread(settled, seen, standards, policies)
