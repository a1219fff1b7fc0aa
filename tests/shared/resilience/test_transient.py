"""Every error that PostgreSQL has a name for is sorted: it passes, is mended, or may be a value's."""

import inspect
from collections.abc import Iterator

import asyncpg
import pytest

from shared.contracts.reading import Unknown
from shared.core.store import Conflict, Fenced
from shared.core.stream import StreamName, UnreadableStream
from shared.resilience.transient import Outage, is_outage, may_be_its_own, passes


def named() -> Iterator[type[asyncpg.PostgresError]]:
    for each in vars(asyncpg.exceptions).values():
        if inspect.isclass(each) and issubclass(each, asyncpg.PostgresError) and each.sqlstate:
            yield each


def test_only_four_classes_may_be_the_fault_of_what_was_written() -> None:
    own = {each.sqlstate[:2] for each in named() if may_be_its_own(each(""))}
    assert own == {"21", "22", "23", "54"}
    assert all(is_outage(each("")) != may_be_its_own(each("")) for each in named())


def test_what_a_schema_a_grant_or_a_standby_refuses_is_waited_out_and_does_not_pass_by_itself() -> None:
    for error in (
        asyncpg.UndefinedColumnError(""),
        asyncpg.UndefinedTableError(""),
        asyncpg.DatatypeMismatchError(""),
        asyncpg.InsufficientPrivilegeError(""),
        asyncpg.ReadOnlySQLTransactionError(""),
        asyncpg.RaiseError(""),
        asyncpg.DataCorruptedError(""),
        asyncpg.UnknownPostgresError(""),
    ):
        assert is_outage(error), error
        assert not passes(error), error


@pytest.mark.parametrize(
    "error",
    [Conflict(), Fenced(), Outage(), OSError(), TimeoutError(), asyncpg.InterfaceError(""),
     asyncpg.DiskFullError(""), asyncpg.CannotConnectNowError(""), asyncpg.DeadlockDetectedError("")],
)  # fmt: skip
def test_what_passes_by_itself_is_nobodys_fault(error: Exception) -> None:
    assert passes(error)
    assert is_outage(error)


def test_a_row_for_which_a_table_has_no_partition_is_not_at_fault() -> None:
    assert not may_be_its_own(asyncpg.CheckViolationError("no partition of relation found for row"))
    named = asyncpg.CheckViolationError("violates check constraint")
    named.constraint_name = "amount_is_positive"
    assert may_be_its_own(named)


def test_what_pure_code_says_of_an_event_may_be_its_own_and_what_it_says_of_a_stored_fact_is_not() -> None:
    assert all(
        may_be_its_own(each) for each in (ZeroDivisionError(), KeyError(), AssertionError(), ValueError())
    )
    for error in (
        UnreadableStream(StreamName("reminder", "1"), ""),
        Unknown(""),
        MemoryError(),
        ImportError(),
    ):
        assert not may_be_its_own(error)
        assert not is_outage(error)


def test_a_value_that_the_client_refuses_before_the_server_sees_it_may_be_its_own() -> None:
    refused = asyncpg.exceptions._base.DataError("value out of int32 range")
    assert may_be_its_own(refused)
    assert not is_outage(refused)
