"""Which event is which: however partitions are interleaved, cut and shared out, the same events are taken.

Senders number as they like: here every id is given to several customers, and sent again.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.batch import Batch, Heard
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import DECIDED, NOON, reminder, reminder_stage, requested
from tests.shared.core.test_split import cut

PLACES = {"short": 0, "long": 0, "green": 1, "blue": 1}

requests = st.lists(
    st.tuples(st.sampled_from(sorted(PLACES)), st.sampled_from(["1", "2", "3"]), st.integers(0, 9)),
    max_size=30,
)


def lying(sent: Sequence[tuple[str, str, int]]) -> list[Heard]:
    """As they lie on their partitions."""
    events = [(PLACES[who], requested(name, who, at)) for who, name, at in sent]
    return [Heard("requests", partition, n, event) for n, (partition, event) in enumerate(events)]


def facts(*shares: Sequence[Sequence[Heard]]) -> Any:
    """Every stream's facts, after each process in turn has taken its share in batches, on one database."""
    return asyncio.run(_facts(shares))


async def _facts(shares: Sequence[Sequence[Sequence[Heard]]]) -> Any:
    store = MemoryStore()
    for share in shares:
        process = Transactor(reminder_stage(), DECIDED, store)
        for batch in share:
            await process.transact(Batch(batch), NOON, lambda cause, _: cause)
    bodies = await store.bodies([reminder(name) for name in PLACES])
    return {stream: [orjson.loads(body) for body in told] for stream, told in bodies.items()}


@given(requests, st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30)))
@settings(deadline=None)
def test_two_processes_in_either_order_take_what_one_takes(
    sent: list[tuple[str, str, int]], cuts: list[int], others: list[int]
) -> None:
    heard = lying(sent)
    zero, one = ([each for each in heard if each.partition == number] for number in (0, 1))
    alone = facts([heard])
    assert facts(cut(zero, cuts), cut(one, others)) == alone
    assert facts(cut(one, others), cut(zero, cuts)) == alone


@given(requests)
@settings(deadline=None)
def test_each_customer_takes_the_first_of_each_id_and_no_other(sent: list[tuple[str, str, int]]) -> None:
    first = {(who, name): at for who, name, at in reversed(sent)}
    taken = {
        (fact["subject"], fact["causationid"]): fact["time"]
        for told in facts([lying(sent)]).values()
        for fact in told
    }
    assert taken == {name: f"2026-01-01T12:{at:02}:00Z" for name, at in first.items()}
