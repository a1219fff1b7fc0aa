"""Which failures are nobody's fault and pass: an outage must never drain a topic into the dead letters."""

import asyncpg

from shared.core.store import Conflict, Fenced


class Outage(Exception):
    """The work was given up for now; nothing was written, it will come again."""


PASSING = (
    Conflict,
    Fenced,
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


def is_outage(error: BaseException) -> bool:
    """True for what waiting can heal; asyncpg's `DataError` is an `InterfaceError` that it cannot."""
    return isinstance(error, PASSING) and not isinstance(error, asyncpg.DataError | ValueError)
