"""Policies in the log of insight: read, decided upon, written so that the relay publishes them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

import asyncpg
from pydantic import ValidationError

from deploy.errors import Trouble
from deploy.events.trace import traceparent
from deploy.provisioning.databases import shown
from services.insight.policies.commands import Command, Refused
from services.insight.policies.policy import POLICY, Fact, Policies, policy_stream
from shared.contracts.characters import acting
from shared.contracts.event import Event, fact_id
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import recall
from shared.core.outbox import stored
from shared.core.store import Changes, Conflict
from shared.storage.postgres import PostgresStore

INSIGHT_SOURCE = "/evergreen/insight"
PARTITION = 0
"""Of what is no customer's, as the models are."""
TRIES = 5
"""Somebody else may write to the same stream in between: the service itself, or another owner."""


class Told(NamedTuple):
    """The policies of a rule, and the events that they come from."""

    policies: Policies
    events: Sequence[Event]


@asynccontextmanager
async def opened(database: str) -> AsyncIterator[PostgresStore]:
    """The store of insight's database. Errors: `Trouble` when it does not answer, or refuses."""
    try:
        async with asyncpg.create_pool(database, min_size=1, max_size=1, timeout=10) as pool:
            yield PostgresStore(pool)
    except (OSError, asyncpg.PostgresError) as error:
        raise Trouble(f"the database at {shown(database)} can't be used: {error}") from error


async def read(store: PostgresStore, rule: str) -> Told:
    """All that was told of a rule's policies."""
    stream = policy_stream(rule)
    bodies = (await store.bodies([stream])).get(stream, ())
    events = [recall(body, INSIGHT) for body in bodies]
    return Told(POLICY.replay(event.data for event in events), events)  # type: ignore[misc]


async def tell(store: PostgresStore, command: Command, now: datetime) -> Sequence[Fact]:
    """Decide and write, in one transaction. Errors: `Trouble` for what is refused."""
    for _ in range(TRIES):
        before = await read(store, command.rule)
        try:
            facts = POLICY.decide(before.policies, command, now)
        except Refused as error:
            raise Trouble(str(error)) from None
        except ValidationError as error:
            raise Trouble("; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())) from None
        try:
            await _write(store, command.rule, len(before.events), facts, now)
        except Conflict:
            continue
        return facts
    raise Trouble(f"others write policies of {command.rule} all the while: try again")


async def _write(store: PostgresStore, rule: str, version: int, facts: Sequence[Fact], now: datetime) -> None:
    """A fact of this stream under the next version that is there already is a conflict."""
    stream, cause = policy_stream(rule).text, str(uuid4())
    rows = []
    for number, fact in enumerate(facts, version + 1):
        name = fact_id("insight", stream, number)
        trace = traceparent(INSIGHT_SOURCE, name, 1)
        event = Event(name, INSIGHT_SOURCE, "", now, fact, now, cause, cause, number, trace)
        if hidden := acting(event):
            raise Trouble(f"{hidden} holds a control character or a line break: nobody could read it")
        rows.append(stored(event, stream, PARTITION, None))
    if rows:
        await store.commit(Changes(facts=rows))
