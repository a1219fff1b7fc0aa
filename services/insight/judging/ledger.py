"""What the judge keeps: every customer as judged so far, and how far each partition is. Statements."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.insight.judging.evidence import Evidence, Question
from services.insight.judging.frontier import Frontier
from services.insight.judging.people import CATEGORY, FORMER, HEARD, Row, row, stored, stream
from services.insight.policies.policy import policy_stream
from services.insight.risk.carry import Coming, coming
from shared.contracts.event import Event
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import recall
from shared.contracts.topics import VOCABULARIES
from shared.core.store import Conflict
from shared.core.stream import StreamName
from shared.storage.sql import columns, statements

SQL = statements(Path(__file__).with_name("ledger.sql"))
PAGE = 20_000
"""Customers that are read at once."""


async def people(connection: Any, customers: Collection[str]) -> dict[str, Row]:
    """These customers as they were left; those never heard of are left out."""
    return _people(await connection.fetch(SQL["people"], sorted(customers)))


async def watched(connection: Any, partition: int) -> AsyncIterator[dict[str, Row]]:
    """Everyone on a partition, a page at a time."""
    last = ""
    while rows := await connection.fetch(SQL["watched"], partition, last, PAGE):
        last = rows[-1]["customer"]
        yield _people(rows)


def _people(rows: Iterable[Any]) -> dict[str, Row]:
    return {customer: row(*said) for customer, *said in rows}


async def remember(connection: Any, people: Mapping[str, Row]) -> None:
    """Keep them as they are now."""
    if people:
        rows = [stored(customer, each) for customer, each in sorted(people.items())]
        await connection.execute(SQL["remember"], *columns(rows, 9))


async def answered(connection: Any, people: Mapping[str, Row]) -> None:
    """Of these more was said, and nothing was judged."""
    rows = [(customer, each.version, each.over) for customer, each in sorted(people.items())]
    await connection.execute(SQL["answered"], *columns(rows, 3))


async def heard(connection: Any, customers: Collection[str]) -> dict[str, list[Coming]]:
    """All that a rule hears of these customers."""
    found: dict[str, list[Coming]] = {customer: [] for customer in customers}
    for customer, known, topic, body in await connection.fetch(
        SQL["heard"], sorted(customers), sorted(HEARD)
    ):
        found[customer].append(coming(recall(body, VOCABULARIES[topic]), known))
    return found


async def told(connection: Any, customers: Collection[str]) -> dict[str, list[Event]]:
    """All that was said of these customers, in the order in which it was."""
    found: dict[str, list[Event]] = {customer: [] for customer in customers}
    for category in (FORMER, CATEGORY):
        names = [StreamName(category, customer).text for customer in sorted(customers)]
        for name, body in await connection.fetch(SQL["told"], names):
            found[StreamName.parse(name).id].append(recall(body, INSIGHT))
    return found


async def evidence(connection: Any, asked: Sequence[Question], most: int) -> list[list[Evidence]]:
    """For each question the newest events, oldest first."""
    found: list[list[Evidence]] = [[] for _ in asked]
    rows = [(place, *question) for place, question in enumerate(asked)]
    for place, *each in await connection.fetch(SQL["evidence"], *columns(rows, 5), most):
        found[place].append(Evidence(*each))
    return [sorted(each, key=lambda one: (one.happened, one.id)) for each in found]


async def paid(connection: Any, asked: Sequence[Question]) -> list[list[tuple[int, str]]]:
    """For each question what had been paid within the year before, amounts with their currencies."""
    found: list[list[tuple[int, str]]] = [[] for _ in asked]
    rows = [(place, *question[:3]) for place, question in enumerate(asked)]
    for place, currency, amount in await connection.fetch(SQL["paid"], *columns(rows, 4)):
        found[place].append((int(amount), currency))
    return found


async def frontiers(connection: Any) -> dict[int, Frontier]:
    """How far every partition has been judged, this process's own or not."""
    return {row[0]: Frontier(row[1], row[2]) for row in await connection.fetch(SQL["frontiers"])}


async def advance(connection: Any, further: Mapping[int, Frontier]) -> None:
    """These partitions are judged further now."""
    rows = [(partition, *to) for partition, to in sorted(further.items())]
    await connection.execute(SQL["advance"], *columns(rows, 3))


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


async def policies(store: Any, rules: Sequence[str]) -> dict[str, list[Any]]:
    """What was decided of each rule, in order."""
    found = await store.bodies([policy_stream(rule) for rule in rules])
    return {
        rule: [recall(body, INSIGHT).data for body in found.get(policy_stream(rule), ())] for rule in rules
    }
