"""The log of one service as it lies in PostgreSQL, read page by page in commit order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.persistence import Notification, StoredEvent

from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.notification_id import last_of_its_transaction, notification_id, place
from shared.storage.sql import statements

SQL = statements(Path(__file__).with_name("recorder.sql"))
AT_MOST = 500
"""Facts looked at in one statement."""
EVERY_VERSION = 2**31 - 1


class Page(NamedTuple):
    """What was wanted among the facts looked at: up to `end` nothing is left, after a `full` one is more."""

    notifications: Sequence[Notification]
    end: int
    full: bool


class Log:
    """Reads through a pool that somebody else closes; any thread may ask. Errors: the pool's."""

    def __init__(self, pool: BlockingPool) -> None:
        self._pool = pool

    def is_foreign(self) -> bool:
        """Whether new facts would come before old ones, as in a database restored on another server."""
        return bool(self._pool.fetchval(SQL["foreign"]))

    def knows(self, id: int) -> bool:
        """False for an id that this server can't have given yet."""
        return place(id)[0] < int(self._pool.fetchval(SQL["next_xid"]))

    def events(
        self, stream: str, after: int, until: int | None, limit: int | None, backwards: bool
    ) -> Sequence[StoredEvent]:
        """The facts of a stream whose version is above `after` and not above `until`."""
        statement = SQL["stream_backwards" if backwards else "stream"]
        last = EVERY_VERSION if until is None else until
        rows = self._pool.fetch(statement, stream, after, last, limit)
        return [StoredEvent(stream, row["version"], row["type"], row["body"]) for row in rows]

    def page(self, after: int, types: Sequence[str], at_most: int) -> Page:
        """Looks at so many settled facts after this id; no types are all types.

        A page that isn't full ends with its last transaction, whose facts the next one needn't rank again.
        """
        xid, rank = place(max(after, 0) + 1)
        rows = self._pool.fetch(SQL["from_place"], str(xid), rank, list(types), at_most)
        wanted = [_notification(row) for row in rows if row["body"] is not None]
        full = len(rows) == at_most
        end = _id(rows[-1]) if rows else after
        return Page(wanted, end if full or not rows else last_of_its_transaction(end), full)

    def newest(self) -> int | None:
        """The id of the last settled fact."""
        rows = self._pool.fetch(SQL["newest"])
        return _id(rows[0]) if rows else None


def _id(row: Any) -> int:
    return notification_id(int(row["xid"]), row["rank"])


def _notification(row: Any) -> Notification:
    return Notification(row["stream"], row["version"], row["type"], row["body"], id=_id(row))
