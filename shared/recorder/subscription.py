"""Following a log: the next fact once it is settled, by asking again, less often while nothing happens."""

import logging
from collections import deque
from collections.abc import Sequence
from threading import Event

from eventsourcing.persistence import ApplicationRecorder, Notification, OperationalError, Subscription

from shared.recorder.log import AT_MOST, Log

log = logging.getLogger(__name__)
SOON, LATEST = 0.01, 0.25
"""Seconds between two questions. NOTIFY would be quicker, and make the service's commits wait in a row."""
FAILURES = 120
"""In a row, half a minute at least: an outage is waited out, not for ever."""


class LogSubscription(Subscription[ApplicationRecorder]):
    """Blocks for the next notification until stopped, by any thread.

    It remembers how far it has looked, so that a rare type costs no more than a frequent one.
    Errors: `OperationalError` when the database stays away.
    """

    def __init__(
        self, recorder: ApplicationRecorder, log: Log, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._log, self._looked, self._failures = log, gt or 0, 0
        self._waiting: deque[Notification] = deque()
        self._stopped = Event()

    def stop(self) -> None:
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        pause = SOON
        while not self._waiting and not self._stopped.is_set():
            if not self._look():
                self._stopped.wait(pause)
                pause = min(pause * 2, LATEST)
        if self._stopped.is_set():
            raise StopIteration
        return self._waiting.popleft()

    def _look(self) -> bool:
        """Whether there was anything to look at."""
        try:
            page = self._log.page(self._looked, self._topics, AT_MOST)
        except OperationalError as error:
            self._fail(error)
            return False
        moved, self._looked, self._failures = page.end > self._looked, page.end, 0
        self._waiting.extend(page.notifications)
        return moved

    def _fail(self, error: OperationalError) -> None:
        self._failures += 1
        if self._failures == 1:
            log.warning("following pauses: %s", error)
        if self._failures == FAILURES:
            raise error
