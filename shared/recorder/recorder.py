"""A service's log as an `ApplicationRecorder` of `eventsourcing`: all that reads, nothing that writes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    DataError,
    Notification,
    NotSupportedError,
    OperationalError,
    StoredEvent,
)

from shared.recorder.log import AT_MOST, Log
from shared.recorder.subscription import LogSubscription

READ_ONLY = "this log is written by its service alone: publish an event that the service hears"
FOREIGN = (
    "this log was restored from another server, whose transactions are ahead of this one's: what is written "
    "now would stand before what is there. Run `evergreen rebase` before anybody follows"
)


class LogRecorder(ApplicationRecorder):
    """Reads one log; may be used from any thread. Errors: those of `BlockingPool`."""

    def __init__(self, log: Log) -> None:
        """Errors: `OperationalError` for a log in which new facts would come before old ones."""
        self._log = log
        if log.is_foreign():
            raise OperationalError(FOREIGN)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Errors: `NotSupportedError`, always."""
        raise NotSupportedError(READ_ONLY)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """A stream's facts; the originator is the stream's name, such as `customer-C-7`."""
        return self._log.events(str(originator_id), gt or 0, lte, limit, desc)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """What is settled from `start` on, in commit order; ids grow with gaps."""
        found: list[Notification] = []
        after = (start or 0) - inclusive_of_start
        while len(found) < limit:
            page = self._log.page(after, topics, AT_MOST if topics else min(AT_MOST, limit - len(found)))
            found += page.notifications
            after = page.end
            if not page.full or (stop is not None and after >= stop):
                break
        return [each for each in found if stop is None or each.id <= stop][:limit]

    def max_notification_id(self) -> int | None:
        """The last settled fact's id: what was committed behind an older running transaction isn't yet."""
        return self._log.newest()

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LogSubscription:
        """Errors: `DataError` for an id that this server can't have given."""
        if gt is not None and not self._log.knows(gt):
            raise DataError(f"notification {gt} is not of this log: begin to follow anew, in a new view")
        return LogSubscription(self, self._log, gt, topics)
