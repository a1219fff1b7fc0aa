"""Whose fault a failure is: named faults of a value may be a record's own, all else in SQL is waited out.

An outage, an old schema, a missing grant, a standby that only reads: none of it is the fault of what was to
be written, and none of it may drain a topic into the dead letters. `docs/decisions` has PostgreSQL's classes.
"""

import asyncpg

from shared.contracts.reading import Unreadable
from shared.core.quarantine import StreamsFail
from shared.core.store import Conflict, Fenced, NeedsRebase
from shared.core.stream import UnreadableStream


class Outage(Exception):
    """The work was given up for now; nothing was written, it will come again."""


PASSING = (
    Conflict,
    Fenced,
    NeedsRebase,
    Outage,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.TransactionRollbackError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ObjectInUseError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""These pass by themselves."""

OF_A_VALUE = (
    asyncpg.CardinalityViolationError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
"""Classes 21, 22, 23 and 54: what PostgreSQL says of the values it was given, or of how many they were."""

OF_THE_RELEASE = (UnreadableStream, StreamsFail, Unreadable, ImportError, MemoryError, SystemError)
"""What a service cannot do whatever it is given; `Unreadable` beyond admission is said of a stored fact."""


def is_outage(error: BaseException) -> bool:
    """True for what is waited out: it passes, or somebody mends the database."""
    return (passes(error) or isinstance(error, asyncpg.PostgresError)) and not is_of_a_value(error)


def passes(error: BaseException) -> bool:
    """True for what nobody need mend."""
    return isinstance(error, PASSING) and not is_of_a_value(error)


def is_of_a_value(error: BaseException) -> bool:
    """True when PostgreSQL, or the client before it, refuses a value.

    A table without a partition for a row is said by a check violation that names no constraint.
    """
    if isinstance(error, asyncpg.InterfaceError):
        return isinstance(error, ValueError)
    if isinstance(error, asyncpg.UniqueViolationError):
        return False
    if isinstance(error, asyncpg.CheckViolationError) and not error.constraint_name:
        return False
    return isinstance(error, OF_A_VALUE)


def may_be_its_own(error: BaseException) -> bool:
    """True when a record may be at fault: a value was refused, or pure code could not take the event."""
    return not is_outage(error) and not isinstance(error, OF_THE_RELEASE)
