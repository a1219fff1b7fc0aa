"""A dead letter is kept once an attempt."""

from dataclasses import replace

from shared.core.store import Changes, Store
from tests.shared.storage.changes import dead_letters, letter


async def test_a_record_that_failed_twice_in_one_attempt_is_one_dead_letter(store: Store) -> None:
    await store.commit(Changes(dead_letters=[letter(4), letter(5)]))
    await store.commit(Changes(dead_letters=[letter(4, "again"), letter(6)]))
    assert await dead_letters(store) == [(4, "not JSON"), (5, "not JSON"), (6, "not JSON")]


async def test_a_record_that_failed_in_two_attempts_is_two(store: Store) -> None:
    await store.commit(Changes(dead_letters=[letter(4)]))
    await store.commit(Changes(dead_letters=[replace(letter(4, "not JSON either"), attempt=2)]))
    assert await dead_letters(store) == [(4, "not JSON"), (4, "not JSON either")]
