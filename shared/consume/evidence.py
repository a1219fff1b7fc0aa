"""Whether a record alone is at fault: others of its type were written since it failed. Pure."""

from collections import deque
from collections.abc import Mapping

from shared.consume.admission import Record

LAST, FEW = 100, 10
"""Of the last hundred records of a type no more become dead letters than were written, ten aside."""

Place = tuple[str, int, int]
"""Topic, partition, offset."""


def place_of(record: Record) -> Place:
    """Where it lies."""
    return (record.topic, record.partition, record.offset)


def written(place: Place) -> str:
    """As an operator names it."""
    return "{}/{}@{}".format(*place)


class Evidence:
    """Counts nothing until something fails; `turn` numbers the failures.

    Only what a service's own work made of a record counts: no duplicate, and no record of another type, which
    may need nothing of what is broken.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._failing = False
        self._failed_at: dict[Place, int] = {}
        self._written_at: dict[str, int] = {}
        self._recent: dict[str, deque[bool]] = {}

    @property
    def wanted(self) -> bool:
        """Something has failed: what is written from now on matters."""
        return self._failing or bool(self._failed_at or self._recent)

    def begin(self) -> int:
        """A poll has failed; what is written from here on was written after it."""
        self._failing = True
        self._turn += 1
        return self._turn

    def end(self) -> None:
        """All of that poll is settled, or held."""
        self._failing = False

    def written(self, types: Mapping[str, int]) -> None:
        """So many records of each type were written."""
        for type_, number in types.items():
            self._written_at[type_] = self._turn
            if (recent := self._recent.get(type_)) is not None:
                recent.extend([False] * min(number, LAST))
                if len(recent) == LAST and not any(recent):
                    del self._recent[type_]

    def failed(self, place: Place, turn: int) -> None:
        """This record failed by itself, first in this turn unless it had failed before."""
        self._failed_at.setdefault(place, turn)

    def speaks(self, place: Place, type_: str) -> bool:
        """Another record of the type was written after this one had failed."""
        return self._written_at.get(type_, -1) >= self._failed_at[place]

    def most_fail(self, type_: str) -> str | None:
        """In words, when so many of a type failed of late that it cannot be the records."""
        recent = self._recent.get(type_, ())
        failed = sum(recent)
        if failed < max(FEW, len(recent) - failed):
            return None
        return f"{failed} of the last {len(recent)} {type_} failed"

    def isolated(self, place: Place, type_: str | None) -> None:
        """It has become a dead letter; what has no type says nothing of others."""
        if type_ is not None:
            self._recent.setdefault(type_, deque(maxlen=LAST)).append(True)
        del self._failed_at[place]

    def settled(self, partition: int) -> None:
        """Whatever had failed on a partition was taken since, or is another process's now."""
        self._failed_at = {place: at for place, at in self._failed_at.items() if place[1] != partition}
