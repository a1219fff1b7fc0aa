"""How many records each service has not taken yet."""

import asyncio

from deploy.local.house.house import House
from deploy.provisioning import topics
from deploy.recovery.positions import Standing, lying, read_positions
from shared.core.store import Position


async def by_service(house: House) -> dict[str, int]:
    """Records on the topics that each service reads, past those it has taken."""
    # Positions first: one is never ahead of an end that was read later.
    taken = await asyncio.gather(*(read_positions(each.database_url) for each in house.services.values()))
    logs = await lying(house.kafka.address, [(t, p) for t in house.topics for p in range(house.partitions)])
    return {
        name: sum(
            Standing(place, mine.get(place, Position(log.beginning)), log).behind
            for place, log in logs.items()
            if place[0] in heard(name)
        )
        for name, mine in zip(house.services, taken, strict=True)
    }


def heard(service: str) -> set[str]:
    """The topics that it reads, by their pages."""
    return {page["topic"] for page in topics.pages() if service in page["read_by"]}
