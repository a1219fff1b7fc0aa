"""What the judge keeps: every buyer as judged so far, and how far each partition is. Statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from services.insight.alerts import Purchase
from services.insight.churn.buyer import Buyer, Judged
from services.insight.churn.silence import Silence
from services.insight.judgement import Person, stream
from services.insight.risk.mbg.histories import Seen
from shared.core.store import Conflict
from shared.core.stream import StreamName
from shared.storage.sql import columns, statements

SQL = statements(Path(__file__).with_name("ledger.sql"))


async def buyers(connection: Any, customers: Collection[str]) -> dict[str, Person]:
    """These customers as they were left; those never judged are left out."""
    return _people(await connection.fetch(SQL["buyers"], sorted(customers)))


async def watched(connection: Any, partitions: Collection[int]) -> dict[str, Person]:
    """Everyone on these partitions whose silence may still come to an alert."""
    return _people(await connection.fetch(SQL["watched"], sorted(partitions)))


def _people(rows: Iterable[Any]) -> dict[str, Person]:
    return {row["customer"]: Person(row["partition"], _buyer(row), row["version"]) for row in rows}


def _buyer(row: Any) -> Buyer:
    begun = row["first_day"] is not None
    silence = Silence(row["first_day"], row["last_day"], row["repeats"]) if begun else None
    return Buyer(silence, row["raised"], row["alert"], tuple(row["ahead"]))


async def remember(connection: Any, people: Mapping[str, Person]) -> None:
    """Keep them as they are now."""
    if people:
        rows = [_row(customer, person) for customer, person in sorted(people.items())]
        await connection.execute(SQL["remember"], *columns(rows, 9))


def _row(customer: str, person: Person) -> Sequence[Any]:
    buyer, silence = person.buyer, person.buyer.silence
    known = (silence.first, silence.last, silence.repeats) if silence else (None, None, 0)
    ahead = "{" + ",".join(day.isoformat() for day in buyer.ahead) + "}"  # asyncpg knows no array of arrays
    return (customer, person.partition, *known, buyer.raised, buyer.alert, ahead, person.version)


async def days(connection: Any, customers: Collection[str]) -> dict[str, list[date]]:
    """All the days on which these customers bought, in order."""
    rows = await connection.fetch(SQL["days"], sorted(customers)) if customers else ()
    return {row["customer"]: row["days"] for row in rows}


async def calibration(connection: Any, boundary: date) -> list[tuple[Seen, int]]:
    """What a fit at this boundary sees, and of how many customers."""
    return [(Seen(*row[:5]), row[5]) for row in await connection.fetch(SQL["histories"], boundary)]


async def judged(connection: Any) -> dict[int, Judged]:
    """How far every partition has been judged, this process's own or not."""
    return {row[0]: Judged(row[1], row[2]) for row in await connection.fetch(SQL["judged"])}


async def judge(connection: Any, further: Mapping[int, Judged]) -> None:
    """These partitions are judged further now."""
    rows = [(partition, to.through, to.week) for partition, to in sorted(further.items())]
    await connection.execute(SQL["judge"], *columns(rows, 3))


async def versions(connection: Any) -> dict[int, int]:
    """How often every partition has been changed."""
    return {row[0]: row[1] for row in await connection.fetch(SQL["versions"])}


async def claim(connection: Any, seen: Mapping[int, int]) -> None:
    """The first write of a transaction on these partitions. Errors: `Conflict`, somebody else changed one."""
    if not seen:
        return
    status = await connection.execute(SQL["claim"], *columns(sorted(seen.items()), 2))
    if int(status.split()[-1]) != len(seen):
        raise Conflict(f"one of the partitions {sorted(seen)} was changed by somebody else")


async def released(connection: Any, partitions: Collection[int]) -> dict[str, int]:
    """The customers whom an operator released, each with their partition."""
    rows = await connection.fetch(SQL["released"], sorted(partitions))
    return {StreamName.parse(row[0]).id: row[1] for row in rows}


async def readmit(connection: Any, customers: Collection[str]) -> None:
    """They are set aside no longer."""
    await connection.execute(SQL["readmit"], [stream(customer).text for customer in sorted(customers)])


async def evidence(connection: Any, customers: Collection[str]) -> dict[str, list[Purchase]]:
    """The purchases that judgements of these customers rest on, oldest first."""
    found: dict[str, list[Purchase]] = {}
    for customer, *purchase in await connection.fetch(SQL["evidence"], sorted(customers)):
        found.setdefault(customer, []).append(Purchase(*purchase))
    return found
