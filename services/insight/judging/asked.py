"""Of whom judging was asked, and of whom it failed: what it raises of one customer is theirs alone. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from services.insight.judging.people import Row, stream
from services.insight.risk.population import coming
from services.insight.risk.standards import Segment, Standards
from services.insight.risk.walk import Person
from shared.contracts.reading import Unknown
from shared.core.quarantine import Quarantine, reason_of

AT_FAULT = (ImportError, MemoryError, Unknown)
"""The release or the machine is, and no customer."""


class Asked:
    """`failed` has the partition of each customer of whom judging raised, and why."""

    def __init__(self) -> None:
        self.failed: dict[str, tuple[int, Exception]] = {}
        self.asked: dict[str, None] = {}

    @contextmanager
    def asking(self, customer: str, partition: int) -> Iterator[None]:
        """Errors: those of the release or the machine; any other is kept as this customer's."""
        self.asked[customer] = None
        try:
            yield
        except AT_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - whatever judging one customer raises
            self.failed[customer] = (partition, error)
            self.drop(customer)

    def drop(self, customer: str) -> None:
        """Nothing comes of one who failed."""

    def version(self, customer: str) -> int:
        """How many facts a customer's stream had before."""
        raise NotImplementedError

    @property
    def outcomes(self) -> list[bool]:
        """Of everyone asked, whether it failed."""
        return [customer in self.failed for customer in self.asked]

    def set_aside(self, since: datetime) -> list[Quarantine]:
        """Those that failed; the store knows their timers."""
        return [
            Quarantine(stream(customer), partition, None, self.version(customer), reason_of(error), since)
            for customer, (partition, error) in self.failed.items()
        ]


def going_on(people: Mapping[str, Row], aside: Collection[str]) -> dict[str, Row]:
    """Those who are not set aside."""
    return {customer: row for customer, row in people.items() if customer not in aside}


def may_speak(persons: Sequence[Person], segment: Segment, standards: Standards) -> Sequence[int]:
    """The places of those of whom something may be said in a segment.

    All are named where asking them together fails: then each is asked alone.
    """
    try:
        return coming(persons, segment.until, segment, standards.rules, standards.calendar)
    except AT_FAULT:
        raise
    except Exception:  # noqa: BLE001 - whatever one of many makes a rule raise
        return range(len(persons))
