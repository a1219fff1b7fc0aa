"""Whether Kafka answers polls, by a clock that nobody sets."""

from collections.abc import Mapping

from shared.core.store import TopicPartition

LATELY = 10.0
"""Seconds."""


class Polls:
    """The client stamps each partition's last answer by the wall clock, which may be set back: what counts is
    when a stamp was last seen to change."""

    def __init__(self) -> None:
        self._seen: dict[TopicPartition, tuple[int | None, float]] = {}

    def lately(self, stamps: Mapping[TopicPartition, int | None], now: float) -> bool:
        """Whether Kafka has answered for every partition lately, and there are some.

        `now` in monotonic seconds. To be asked every second or oftener.
        """
        self._seen = {
            place: seen if (seen := self._seen.get(place)) and seen[0] == stamp else (stamp, now)
            for place, stamp in stamps.items()
        }
        answered = [now - since < LATELY and bool(stamp) for stamp, since in self._seen.values()]
        return bool(answered) and all(answered)
